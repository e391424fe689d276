"""A month of money: equal to the books to the fen, cut at Shanghai's midnight."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.books import queries, rules
from qiaojiejie.books import service as books
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from tests import factories

#: the last moment of October and the first of November in Suqian
LAST, FIRST = datetime(2026, 10, 31, 15, 59, 59, 999_999, tzinfo=UTC), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)


def fen(report: dict[str, Any]) -> dict[str, int]:
    """The figures that are not nothing."""
    return {name: value for name, value in report.items() if isinstance(value, int) and value}


@pytest.fixture()
def months(client: FlaskClient) -> None:
    """Paid in October's last moment, released, partly recalled and refunded in November's first, then paid out."""
    booking = factories.booking("completed", total_fen=10_000)
    held, firm = rules.escrow(booking.id), booking.firm_id
    with clock.frozen(LAST):
        books.post(kind="charged", ref="pi_1", booking_id=booking.id, lines=rules.charged(held, 10_000))
    with clock.frozen(FIRST):
        books.post(kind="released", ref="1", booking_id=booking.id,
                   lines=rules.released(booking.id, firm, rules.Share(10_000, 200)))
        books.post(kind="recalled", ref="2", booking_id=booking.id,
                   lines=rules.recalled(booking.id, firm, rules.Share(3_000, 60), payable=1_000))
        books.post(kind="refunded", ref="2", booking_id=booking.id, lines=rules.refunded(held, 2_999))
        books.post(kind="paid_out", ref="3", lines={rules.firm_payable(firm): 8_800, rules.BANK: -8_800})
        books.post(kind="stripe_fee", ref="4", lines={rules.STRIPE_FEES: 220, rules.STRIPE_CLEARING: -220})


def test_a_month_begins_and_ends_at_midnight_in_shanghai(months: None) -> None:
    assert fen(queries.report("2026-09")) == {}
    assert fen(queries.report("2026-10")) == {"taken": 10_000, "held": 10_000}
    assert fen(queries.report("2026-11")) == {
        "held": 1, "released": 10_000, "recalled": 3_000, "firms": 6_860, "platform_fees": 140, "refunded": 2_999,
        "paid_out": 8_800, "stripe_fees": 220}
    assert fen(queries.report("2026-12")) == {"held": 1}


def test_every_account_closes_where_the_next_month_opens_and_all_of_them_sum_to_nothing(months: None) -> None:
    october, november, december = (queries.report(f"2026-{month}")["accounts"] for month in (10, 11, 12))
    for before, after in ((october, november), (november, december)):
        closed = {row["account"]: row["closing"] for row in before}
        assert closed == {row["account"]: row["opening"] for row in after if row["opening"] or row["account"] in closed}
    for month in (october, november, december):
        assert sum(row["closing"] for row in month) == 0
        assert all(row["closing"] == row["opening"] + row["debit"] + row["credit"] for row in month)
    assert {row["account"]: row["closing"] for row in november} == {
        "bank": -8_800, "escrow": -1, "firm_payable": 0, "firm_receivable": 1_940, "platform_fee": -140,
        "stripe_clearing": 6_781, "stripe_fees": 220}


def test_the_federation_reads_it_and_nobody_else(client: FlaskClient, months: None) -> None:
    def ask(role: Role, month: str = "2026-11") -> Any:
        org = factories.firm().id if role == Role.FIRM_MANAGER else None
        return client.get("/api/v1/federation/money-report", query_string={"month": month},
                          headers=factories.headers(factories.member(role, org_id=org)))

    answer = ask(Role.FEDERATION_AUDITOR)
    assert answer.json["platform_fees"] == {"amount": 140, "currency": "CNY", "display": "¥1.40"}
    assert ask(Role.FIRM_MANAGER).status_code == 403
    for month in ("2026-13", "2026-1", "1999-12", ""):
        assert ask(Role.FEDERATION_ADMIN, month).status_code == 422


def test_the_command_prints_the_same_figures(app: Flask, months: None) -> None:
    from qiaojiejie.cli import money

    printed = app.test_cli_runner().invoke(money, ["report", "--month", "2026-11"]).output
    assert "¥68.60" in printed and "firm_receivable" in printed and "¥19.40" in printed
