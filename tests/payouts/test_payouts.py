"""Firms are paid what the books owe them: once, by two people, to an account somebody verified."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa

from qiaojiejie.books import rules
from qiaojiejie.books import service as books
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.payouts.conftest import NET, NUMBER, Desk
from tests.sandbox.shop import CARD, Shop

ELSE = {"platform_fee": -400, "stripe_clearing": 13_800}


def test_a_firm_is_paid_by_bank_and_its_statement_says_for_what(desk: Desk) -> None:
    item = desk.approved()
    assert desk.balances() == {**ELSE, "payout": -NET}
    paid = desk.post(f"/payout-items/{item}/bank-references", desk.maker, reference="ICBC20261128001")
    assert (paid["state"], paid["amount"]["amount"], paid["reference"]) == ("paid", NET, "ICBC20261128001")
    assert desk.balances() == {**ELSE, "bank": -NET}
    statement = desk.get(f"/firms/{desk.firm}/statements/{item}", desk.manager)
    assert statement["totals"]["gross"]["amount"] == 13_800 and statement["totals"]["fee"]["amount"] == 400
    assert statement["totals"]["net"]["amount"] == NET and NUMBER not in str(statement)
    [line] = desk.get(f"/firms/{desk.firm}/statements/{item}/lines", desk.manager)["items"]
    assert line["booking_id"] == str(desk.family.booking.id) and line["net"]["amount"] == NET
    balance = desk.get(f"/firms/{desk.firm}/balance", desk.manager)
    assert [balance[name]["amount"] for name in ("payable", "receivable", "set_aside")] == [0, 0, 0]


def test_the_bank_reference_is_one_transfers_and_is_recorded_once(desk: Desk) -> None:
    item = desk.approved()
    path = f"/payout-items/{item}/bank-references"
    desk.post(path, desk.manager, 403, reference="ICBC20261128001")
    desk.post(path, desk.maker, 422, reference="x")
    desk.post(path, desk.maker, reference="ICBC20261128001")
    assert desk.post(path, desk.maker, 409, reference="ICBC20261128002")["code"] == "StepNotPossible"
    assert desk.balances() == {**ELSE, "bank": -NET}


def test_who_made_a_batch_does_not_approve_it_and_the_database_would_not_have_it(desk: Desk) -> None:
    desk.earn()
    desk.account()
    batch = desk.batch()
    assert batch["state"] == "waiting" and batch["amount"]["amount"] == NET
    refused = desk.post(f"/payout-batches/{batch['id']}/approvals", desk.maker, 409)
    assert refused["code"] == "SecondPersonRequired"
    with pytest.raises(sa.exc.IntegrityError, match="second_person"), desk.world.begin_nested():
        desk.world.execute(sa.text("UPDATE payout_batch SET state = 'approved', decided_by = made_by"))
    assert desk.post("/payout-batches", desk.second, 409, through=clock.today().isoformat())["code"] == "BatchWaiting"


def test_a_refused_batch_pays_nothing_and_owes_everything_again(desk: Desk) -> None:
    desk.earn()
    desk.account()
    batch = desk.batch()
    assert desk.balances() == {**ELSE, "payout": -NET}
    desk.post(f"/payout-batches/{batch['id']}/rejections", desk.second)
    desk.family.run_jobs()
    assert desk.balances() == {**ELSE, "firm_payable": -NET}
    again = desk.batch()
    desk.approve(again)
    [item] = desk.items(again)
    assert item["amount"]["amount"] == NET and item["number"] == 1


@pytest.mark.parametrize("verified", [False, None])
def test_where_nobody_verified_nothing_is_paid_and_it_waits(desk: Desk, verified: bool | None) -> None:
    desk.earn()
    if verified is False:
        desk.account(verified=False)
    batch = desk.batch()
    assert desk.items(batch) == [] and desk.balances() == {**ELSE, "firm_payable": -NET}
    desk.approve(batch)
    waiting = desk.get("/payout-accounts", desk.maker)["items"]
    assert len(waiting) == (verified is False)


def test_an_account_that_was_changed_before_the_approval_is_not_paid(desk: Desk) -> None:
    desk.earn()
    desk.account()
    batch = desk.batch()
    desk.account(verified=False, kind="bank", bank_name="农业银行", branch="沭阳支行", number="6228480400112233440")
    desk.approve(batch)
    assert desk.items(batch) == [] and desk.balances() == {**ELSE, "firm_payable": -NET}


def test_a_failed_transfer_is_owed_again_and_paid_by_the_next_batch(desk: Desk) -> None:
    item = desk.approved()
    failed = desk.post(f"/payout-items/{item}/failures", desk.maker, reason="户名与账号不符")
    assert failed["state"] == "failed" and desk.balances() == {**ELSE, "firm_payable": -NET}
    desk.post(f"/payout-items/{item}/reversals", desk.maker, 409, reason="x")
    batch = desk.batch(day=4)
    [again] = desk.items(batch)
    assert (again["number"], again["amount"]["amount"]) == (2, NET)


def test_what_the_bank_sends_back_is_owed_again(desk: Desk) -> None:
    item = desk.approved()
    desk.post(f"/payout-items/{item}/bank-references", desk.maker, reference="ICBC20261128001")
    desk.post(f"/payout-items/{item}/reversals", desk.maker, reason="账户已销户")
    assert desk.balances() == {**ELSE, "firm_payable": -NET}
    desk.post(f"/payout-items/{item}/reversals", desk.maker, 409, reason="账户已销户")
    assert desk.balances() == {**ELSE, "firm_payable": -NET}


def test_a_refund_after_the_payout_is_the_firms_debt_and_is_offset_and_shown(desk: Desk) -> None:
    item = desk.approved()
    desk.post(f"/payout-items/{item}/bank-references", desk.maker, reference="ICBC20261128001")
    desk.give_back(6_900)
    assert desk.balances() == {"stripe_clearing": 6_900, "bank": -NET, "firm_receivable": 6_700, "platform_fee": -200}
    balance = desk.get(f"/firms/{desk.firm}/balance", desk.manager)
    assert (balance["payable"]["amount"], balance["receivable"]["amount"]) == (0, 6_700)
    owe(desk, 10_000)
    batch = desk.batch(day=4)
    assert desk.items(batch) == []  # 33 yuan are less than what is paid out at least
    balance = desk.get(f"/firms/{desk.firm}/balance", desk.manager)
    assert (balance["payable"]["amount"], balance["receivable"]["amount"]) == (3_300, 0)
    desk.approve(batch)
    owe(desk, 20_000)
    batch = desk.batch(day=5)
    [paid] = desk.items(batch)
    assert (paid["offset"]["amount"], paid["amount"]["amount"], paid["carried"]["amount"]) == (6_700, 23_300, 0)


def test_what_is_owed_beyond_a_debt_is_paid_in_the_batch_that_cancels_the_debt(desk: Desk) -> None:
    item = desk.approved()
    desk.post(f"/payout-items/{item}/bank-references", desk.maker, reference="ICBC20261128001")
    desk.give_back(6_900)
    owe(desk, 20_000)
    [paid] = desk.items(desk.batch(day=4))
    assert (paid["offset"]["amount"], paid["amount"]["amount"], paid["carried"]["amount"]) == (6_700, 13_300, 0)


def owe(desk: Desk, fen: int) -> None:
    """The books owe the firm ``fen`` more, from nowhere in particular."""
    books.post(kind="adjusted", ref=str(fen), lines={rules.firm_payable(desk.firm): -fen, rules.BANK: fen})


def test_what_is_set_aside_no_refund_touches(desk: Desk) -> None:
    item = desk.approved()
    desk.give_back(6_900)
    assert desk.balances() == {"stripe_clearing": 6_900, "payout": -NET, "firm_receivable": 6_700,
                               "platform_fee": -200}
    desk.post(f"/payout-items/{item}/bank-references", desk.maker, reference="ICBC20261128001")
    assert desk.balances()["bank"] == -NET


@pytest.mark.parametrize("who", [role for role in Role if role != Role.FEDERATION_ADMIN])
def test_only_administrators_make_batches_and_take_the_banks_list(desk: Desk, who: Role) -> None:
    item = desk.approved()
    org = desk.firm if who in (Role.FIRM_MANAGER, Role.BROKER) else None
    org = factories.station().id if who in (Role.STATION_CLERK, Role.TRAINER) else org
    stranger = factories.headers(factories.member(who, org_id=org))
    desk.post("/payout-batches", stranger, 403, through=clock.today().isoformat())
    for path in ("bank-references", "failures", "reversals"):
        desk.ask("POST", f"/payout-items/{item}/{path}", stranger, 403, reference="12345", reason="12345")


def test_the_banks_list_has_whole_numbers_and_the_look_is_recorded(desk: Desk) -> None:
    item = desk.approved()
    [shown] = desk.get(f"/firms/{desk.firm}/payout-accounts", desk.manager)["items"]
    assert NUMBER not in str(shown)
    batch = desk.world.execute(sa.text("SELECT batch_id FROM payout_item WHERE id = :id"), {"id": item}).scalar_one()
    answer = desk.client.get(f"/api/v1/payout-batches/{batch}/transfers.xlsx", headers=desk.maker)
    sheet: Any = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert NUMBER in cells and any("134" in cell for cell in cells)
    looks = desk.world.execute(sa.text("SELECT count(*) FROM look WHERE field = 'bank_account'"))
    assert looks.scalar_one() >= 1


def test_a_statement_as_workbook_and_paper_has_the_same_sums(desk: Desk) -> None:
    item = desk.approved()
    path = f"/api/v1/firms/{desk.firm}/statements/{item}"
    book: Any = openpyxl.load_workbook(io.BytesIO(desk.client.get(f"{path}.xlsx", headers=desk.manager).data))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"138", "134"} <= {cell.removesuffix(".0") for cell in cells}
    paper = desk.client.get(f"{path}.pdf", headers=desk.manager).data
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert "138.00" in text and "134.00" in text
    assert desk.client.get(f"{path}.pdf", headers=desk.manager).data == paper
    other = factories.headers(factories.member(Role.FIRM_MANAGER, org_id=factories.firm().id))
    for suffix in ("", "/lines", ".xlsx", ".pdf"):
        assert desk.client.get(f"{path}{suffix}", headers=other).status_code in (403, 404)


def test_a_worker_sees_what_she_earned_and_when_her_firm_was_paid_it(desk: Desk) -> None:
    desk.earn()
    desk.family.booking.worker.account_id = factories.member(Role.WORKER).id
    db.session.flush()
    her = factories.headers(db.session.get_one(Account, desk.family.booking.worker.account_id))
    [before] = desk.get("/me/wages", her)["items"]
    assert (before["wage"]["amount"], before["earned"]["amount"], before["paid_at"]) == (12_000, 12_000, None)
    desk.account()
    batch = desk.batch()
    desk.approve(batch)
    desk.post(f"/payout-items/{desk.items(batch)[0]['id']}/bank-references", desk.maker, reference="ICBC1")
    [after] = desk.get("/me/wages", her)["items"]
    assert after["paid_at"] is not None
    desk.give_back(6_900)
    [half] = desk.get("/me/wages", her)["items"]
    assert half["earned"]["amount"] == 6_000


STRIPE = {"kind": "stripe", "stripe_account": "acct_1QiaoJieJie"}


def fund(desk: Desk) -> None:
    """Stripe's balance holds enough to transfer."""
    shop = Shop(desk.family.stripe.url)
    shop.sell(**{**CARD, "amount": 99_000_00})
    shop.close()


@pytest.mark.parametrize("fault", [{}, {"lose_answer": 1, "times": 1}, {"fail_before": 1, "times": 1},
                                   {"down": 1, "times": 1}])
def test_stripe_transfers_once_however_it_behaves(desk: Desk, sweep: Callable[[str], None],
                                                  fault: dict[str, float]) -> None:
    fund(desk)
    desk.earn()
    desk.account(**STRIPE)
    batch = desk.batch()
    desk.post(f"/payout-batches/{batch['id']}/approvals", desk.second)
    desk.family.stripe.control(**fault)
    if fault and "fail_before" not in fault:
        with pytest.raises(Exception, match="Stripe|provider"):
            desk.family.run_jobs()
    else:
        desk.family.run_jobs()
    desk.family.stripe.control()
    for minutes in (1, 2, 3):
        with clock.frozen(clock.now() + timedelta(minutes=minutes)):
            sweep("payouts.tasks.send_again")
            desk.family.run_jobs()
    [item] = desk.items(batch)
    assert item["state"] == "paid", item
    made = desk.family.stripe.get("/v1/transfers", transfer_group=item["id"])["data"]
    assert [each["amount"] for each in made] == [NET]
    assert desk.balances() == {"stripe_clearing": 13_800 - NET, "platform_fee": -400}
