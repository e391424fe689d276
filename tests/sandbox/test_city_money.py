"""The money of the sample city: all of it, right, and recomputed by a stranger to the fen."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from qiaojiejie.payouts.queries import items, statements
from tests.books.monthly import kinds, recomputed, reported
from tests.sandbox.town import rows, value

#: what happens to money in the city's year; what else may happen is in tests/books/test_monthly.py
KINDS = {"charged", "redeemed", "swept", "stripe_fee", "released", "recalled", "refunded", "offset", "set_aside",
         "paid_out", "payout_failed", "payout_reversed", "disputed", "dispute_won", "dispute_lost"}
MONTHS = [f"{year}-{month:02}" for year, months in ((2025, (10, 11, 12)), (2026, range(1, 13))) for month in months]


@pytest.mark.parametrize("month", MONTHS)
def test_every_month_is_what_the_rows_say_without_the_books(town: Flask, month: str) -> None:
    assert recomputed(month) == reported(month)


def test_the_year_has_everything_that_is_compared(town: Flask) -> None:
    assert kinds() == KINDS
    busy = [recomputed(month) for month in MONTHS[2:-2]]
    assert all(month[name] for month in busy for name in ("taken", "released", "platform_fees", "stripe_fees"))
    assert sum(1 for month in busy if month["paid_out"]) >= 9
    assert all(sum(abs(month[name]) for month in busy) for name in ("recalled", "promotions", "refunded"))


def test_no_view_of_the_health_of_money_has_a_row(town: Flask) -> None:
    views = [row.viewname for row in rows(
        "SELECT viewname FROM pg_views WHERE viewname LIKE '%_health' AND schemaname = current_schema()")]
    assert {"ledger_health", "payouts_health", "coupons_health", "attendance_health", "clearing_health"} <= set(views)
    for view in views:
        assert rows(f"SELECT * FROM {view}") == []
    assert rows("SELECT * FROM clearing_source WHERE kind IS NOT NULL") == []


def test_firms_are_paid_every_month_and_the_last_whole_month_waits_for_a_person(town: Flask) -> None:
    batches = rows("SELECT through, made_by, decided_by, state FROM payout_batch ORDER BY through")
    assert [batch.through for batch in batches][-3:] == [date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)]
    assert all(batch.state == "approved" and batch.made_by != batch.decided_by for batch in batches)
    assert {row.role for row in rows("SELECT role FROM membership JOIN payout_batch ON made_by = account_id")} == {
        "federation_admin"}  # nobody else may
    assert value("SELECT count(*) FROM payout_item WHERE state = 'paid'") > 40
    assert value("SELECT count(*) FROM posting_tx WHERE kind = 'released' AND at >= '2026-09-30 16:00Z'") > 50
    assert value("""SELECT count(*) FROM payout_line JOIN posting_tx tx ON tx.id = tx_id
                    WHERE tx.at >= '2026-09-30 16:00Z'""") == 0


def test_each_statement_is_the_sum_of_its_lines_and_follows_from_the_one_before(town: Flask) -> None:
    assert value("""
        SELECT count(*) FROM payout_item item WHERE movements_fen <> (
            SELECT coalesce(-sum(p.amount_fen), 0) FROM payout_line line JOIN posting p ON p.tx_id = line.tx_id
            AND p.account = 'firm_payable:' || item.firm_id WHERE line.item_id = item.id)""") == 0
    assert value("""
        SELECT count(*) FROM payout_item item JOIN payout_item last ON last.firm_id = item.firm_id
        AND last.number = item.number - 1 WHERE item.opening_fen <> last.carried_fen OR item.since <= last.through
        """) == 0
    assert value("""
        SELECT count(*) FROM posting_tx tx JOIN posting p ON p.tx_id = tx.id AND p.account LIKE 'firm_%'
        WHERE tx.at < '2026-09-30 16:00Z' AND tx.kind NOT IN ('offset', 'set_aside', 'set_back')
        AND EXISTS (SELECT FROM payout_item WHERE firm_id::text = split_part(p.account, ':', 2))
        AND NOT EXISTS (SELECT FROM payout_line WHERE tx_id = tx.id)""") == 0


@pytest.mark.parametrize(("state", "kind"), [("failed", "payout_failed"), ("reversed", "payout_reversed")])
def test_what_failed_or_came_back_is_paid_with_the_next_statement(town: Flask, state: str, kind: str) -> None:
    [ended] = rows(f"SELECT id, firm_id, number, amount_fen FROM payout_item WHERE state = '{state}'")
    [after] = rows(f"SELECT id, state, amount_fen FROM payout_item WHERE firm_id = '{ended.firm_id}'"
                   f" AND number = {ended.number + 1}")
    assert after.state == "paid" and after.amount_fen >= ended.amount_fen
    assert value(f"SELECT item_id FROM payout_line JOIN posting_tx tx ON tx.id = tx_id"
                 f" WHERE tx.kind = '{kind}'") == after.id
    assert value(f"SELECT count(*) FROM payout_line WHERE carrier_id = '{ended.id}'") == 0


def test_a_firm_that_gave_back_more_than_it_had_pays_it_off_with_its_next_visits(town: Flask) -> None:
    owed = rows("""SELECT split_part(account, ':', 2) AS firm, sum(amount_fen) FILTER (WHERE amount_fen > 0) AS debt,
                   sum(amount_fen) AS now FROM posting WHERE account LIKE 'firm_receivable:%' GROUP BY 1""")
    assert any(firm.debt > 0 and firm.now == 0 for firm in owed)
    for firm in owed:
        assert value(f"SELECT sum(offset_fen) FROM payout_item WHERE firm_id = '{firm.firm}'") == firm.debt - firm.now


def test_coupons_and_a_rate_of_its_own_stand_in_the_prices(town: Flask) -> None:
    used = {row.payer: row.used for row in rows(
        "SELECT payer, sum(used) AS used FROM coupon GROUP BY payer")}
    assert used["platform"] > 20 and used["firm"] >= 1
    assert value("SELECT count(*) FROM coupon_use WHERE state = 'returned'") > 0
    assert value("""SELECT count(*) FROM coupon_grant g JOIN account a ON a.phone_index = g.phone_index
                    JOIN household h ON h.account_id = a.id JOIN coupon c ON c.id = g.coupon_id
                    AND c.audience = 'granted' AND c.state = 'live' AND c.valid_until > '2026-11-20'""") == 1
    [rule] = rows("SELECT firm_id, permille, valid_from FROM fee_rule WHERE firm_id IS NOT NULL")
    charged = rows(f"""
        SELECT DISTINCT (quote.created_at AT TIME ZONE 'Asia/Shanghai')::date >= '{rule.valid_from}' AS own,
            round(1000.0 * (fee ->> 'amount')::int / (wage ->> 'amount')::int) AS permille
        FROM booking JOIN quote ON quote.id = booking.quote_id, jsonb_array_elements(booking.lines) fee,
            jsonb_array_elements(booking.lines) wage
        WHERE booking.firm_id = '{rule.firm_id}' AND fee ->> 'line' = 'platform_fee' AND wage ->> 'line' = 'wage'""")
    assert {(row.own, int(row.permille)) for row in charged} == {(False, 20), (True, 10)}


def test_banks_took_card_payments_back_and_half_of_them_for_good(town: Flask) -> None:
    assert {row.state for row in rows("SELECT state FROM dispute")} == {"won", "lost"}
    assert value("SELECT sum(lost_fen) FROM payment") == value(
        "SELECT sum(held_fen) FROM dispute WHERE state = 'lost'") == value(
        "SELECT sum(amount_fen) FROM posting JOIN posting_tx t ON t.id = tx_id WHERE kind = 'dispute_lost'"
        " AND account LIKE 'escrow:%'") > 0


def test_invoices_are_in_every_state_a_firm_may_leave_them_in(town: Flask) -> None:
    states = {row.state: row.number for row in rows("SELECT state, count(*) AS number FROM invoice_request GROUP BY 1")}
    assert set(states) == {"requested", "issued", "refused"} and states["issued"] > 15
    assert value("SELECT count(*) FROM invoice_request WHERE state = 'requested' AND due_on < '2026-11-20'"
                 " AND overdue_at IS NOT NULL") >= 1
    assert value("""SELECT count(*) FROM invoice_request r JOIN booking b ON b.id = r.booking_id
                    WHERE r.amount_fen <> b.paid_fen - b.refund_fen OR r.asked_at < b.closed_at""") == 0


def test_a_statement_names_each_day_a_nurse_worked(town: Flask) -> None:
    [booking, _] = rows("SELECT id, firm_id, plan FROM booking WHERE service_code = 'maternity_nurse'"
                        " ORDER BY lower(during)")
    ids = [row.id for row in rows(f"SELECT id FROM payout_item WHERE firm_id = '{booking.firm_id}' ORDER BY number")]
    listed = [line for id in ids for line in statements.paper(items.get(id)).lines if line.booking == str(booking.id)]
    assert len(listed) > 5
    planned = {each["day"] for each in booking.plan["days"]}
    named = [str(line.served_on) for line in listed]
    assert set(named) <= planned and len(set(named)) == len(named)
    assert all(line.served_on is not None and line.served_on <= line.on for line in listed)


def test_two_nurses_by_days_one_done_and_one_with_a_day_for_the_mediator(town: Flask) -> None:
    done, going = rows("SELECT id, state, paid_fen, refund_fen, total_fen FROM booking"
                       " WHERE service_code = 'maternity_nurse' ORDER BY lower(during)")
    assert (done.state, going.state) == ("completed", "under_way")

    def days(booking: Any) -> dict[str, tuple[int, int]]:
        return {row.state: (row.days, row.fen) for row in rows(
            "SELECT state, count(*) AS days, sum(fen) AS fen FROM workday"
            f" WHERE booking_id = '{booking.id}' GROUP BY 1")}

    def released(booking: Any) -> int:
        return int(value(f"""SELECT sum(amount_fen) FROM posting p JOIN posting_tx t ON t.id = p.tx_id AND
                             t.kind = 'released' WHERE p.account = 'escrow:{booking.id}'"""))

    [(state, (number, worth))] = days(done).items()
    assert (state, number) == ("agreed", 26)
    assert released(done) == worth == done.paid_fen - done.refund_fen < done.paid_fen
    assert {state: number for state, (number, _) in days(going).items()} == {
        "agreed": 11, "contested": 1, "recorded": 1}
    assert released(going) == days(going)["agreed"][1]
