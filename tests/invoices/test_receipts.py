"""The receipt of what was paid: the same figures as JSON and on paper, and they add up."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest
from flask.testing import FlaskClient
from hypothesis import given, strategies as st

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.core.money import display
from qiaojiejie.identity.models import Account
from qiaojiejie.invoices import rules
from qiaojiejie.invoices.rules import receipts
from qiaojiejie.invoices.rules.paper import during, pdf
from tests import factories
from tests.family import Family
from tests.invoices.scene import NOW, TOTAL, Scene, payment, refund
from tests.refunds.test_grants import grant, serve, settle

PHONE, NAME = "13612345678", "诸葛明月"
LINES = [{"line": "wage", "name": "服务人员劳务费", "amount": 12000},
         {"line": "firm_fee", "name": "企业服务费", "amount": 2300},
         {"line": "discount", "name": "新客优惠券", "amount": -500, "by": "platform"}]


def printed(content: bytes) -> str:
    """Everything on the paper, without blanks."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def paper(scene: Scene) -> bytes:
    """The receipt on paper."""
    answer = scene.client.get(f"/api/v1/bookings/{scene.booking.id}/receipt.pdf", headers=scene.household)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return bytes(answer.data)


def fen(answer: Any, *names: str) -> list[int]:
    """Amounts of a receipt."""
    return [answer[name]["amount"] for name in names]


@pytest.fixture()
def rich(client: FlaskClient) -> Scene:
    """A visit with a discount, a deposit and a balance, of which two refunds went back and one is on its way."""
    with clock.frozen(NOW):
        scene = Scene(client, lines=LINES, refund_fen=4_321)
        who = db.session.get_one(Account, scene.booking.household.account_id)
        who.phone, who.name = PHONE, NAME  # type: ignore[assignment]
        scene.payment.amount_fen, scene.payment.part = 3_000, "deposit"
        balance = payment(scene.booking, 10_800, "balance", "wechat_pay", clock.now() - timedelta(hours=1))
        refund(balance, 1_234, settled_at=clock.now(), because="test.money")
        refund(balance, 987, "failed", because="test.money")
        refund(balance, 987, "replaced", because="test.money")
        refund(scene.payment, 1_000, "pending", because="test.money")
        db.session.commit()
    return scene


def test_a_receipt_says_what_came_what_went_back_and_what_is_kept_to_the_fen(rich: Scene) -> None:
    told = rich.receipt()
    assert fen(told, "price", "discount", "total") == [14_300, 500, TOTAL]
    assert fen(told, "paid", "refunded", "kept") == [TOTAL, 4_321, TOTAL - 4_321]
    assert [each["amount"]["amount"] for each in told["payments"]] == [3_000, 10_800]
    assert [(each["amount"]["amount"], each["state"]) for each in told["refunds"]] == [
        (1_234, "succeeded"), (987, "failed"), (1_000, "pending"), (1_100, "due")], "1,100 were decided, not begun"
    assert told["number"] == f"SJ-{str(rich.booking.id).upper()}"
    assert told["payer"] == "诸*** 136****5678" and told["worker_called"] == "王阿姨"
    assert rich.ask()["amount"]["amount"] == told["kept"]["amount"], "the invoice covers the same"


def test_the_paper_holds_every_figure_and_nobodys_phone(rich: Scene) -> None:
    content, told = paper(rich), rich.receipt()
    text = printed(content)
    amounts = re.findall(r"'display': '([^']+)'", str(told))
    assert len(amounts) == 15
    for said in (*amounts, told["number"], told["payer"], told["firm_name"], told["worker_called"], "2026-11-28",
                 "定金", "尾款", "支付宝", "微信支付", "新客优惠券", "退款失败", "待发起", "不是发票", "notaxinvoice", "第1页",
                 told["sha256"]):
        assert re.sub(r"\s", "", said) in text, said
    assert PHONE not in text and NAME not in text and NAME.encode() not in content


def test_the_same_receipt_is_the_same_bytes_and_another_is_not(rich: Scene) -> None:
    with clock.frozen(NOW):
        first = paper(rich)
    with clock.frozen(NOW + timedelta(days=3)):
        assert paper(rich) == first
    before = rich.receipt()["sha256"]
    refund(rich.payment, 1, because="test.money")
    db.session.commit()
    assert paper(rich) != first and rich.receipt()["sha256"] != before


@pytest.mark.parametrize("path", ["receipt", "receipt.pdf"])
def test_there_is_none_before_anything_was_paid_nor_for_anybody_else(scene: Scene, path: str) -> None:
    held = factories.booking("held", scene.booking.household, start=factories.tomorrow(days=4))
    assert scene.call("GET", f"/bookings/{held.id}/{path}", scene.household, 409)["code"] == "NothingPaid"
    where = f"/bookings/{scene.booking.id}/{path}"
    assert scene.call("GET", where, scene.stranger, 404)["code"] == "BookingNotFound"
    assert scene.call("GET", where, scene.firm, 403)["code"] == "RoleRequired"


def test_what_was_paid_at_stripe_and_given_back_stands_on_the_receipt_with_its_reason(family: Family,
                                                                                      world: Any) -> None:
    family.paid("wechat_pay")
    serve(world)
    for amount in (100, 250):
        assert grant(family, amount) == (201, "")
    settle(family)
    told = family.client.get(f"/api/v1/bookings/{family.booking.id}/receipt", headers=family.headers).json
    assert [(each["amount"]["amount"], each["reason"], each["state"]) for each in told["refunds"]] == [
        (100, "企业退款（服务质量）", "succeeded"), (250, "企业退款（服务质量）", "succeeded")]
    assert fen(told, "paid", "refunded", "kept") == [TOTAL, 350, TOTAL - 350]


@pytest.mark.parametrize(("because", "data", "said"), [
    ("booking.cancelled", {"by": "household"}, "家庭取消预约"), ("booking.cancelled", {"by": "worker"}, "服务人员退单"),
    ("booking.declined", {"reason": "overbooked"}, "企业未能接单"), ("payment.overtaken", {}, "付款时预约已失效"),
    ("booking.refund_granted", {"reason": "goodwill"}, "企业退款（企业让利）"), ("something.else", {}, "退款"),
    ("booking.days_unworked", {"refund": 1}, "退还未上工的天数"),
    ("booking.ended_early", {"by": "household"}, "提前结束，退还其余天数")])
def test_why_money_went_back_is_said_in_a_familys_words(because: str, data: dict[str, str], said: str) -> None:
    assert receipts.why(because, data) == said


def test_an_engagement_by_days_ends_with_its_last_day_and_a_visit_at_its_hour() -> None:
    start = datetime(2026, 11, 16, 1, tzinfo=UTC)
    assert during(start, datetime(2026, 12, 11, 16, tzinfo=UTC)) == "2026-11-16 09:00 – 2026-12-11"
    assert during(start, datetime(2026, 11, 16, 16, tzinfo=UTC)) == "2026-11-16 09:00 – 2026-11-17 00:00"


class Row:
    """A payment or refund."""

    state, part, method, because = "succeeded", "full", "card", "booking.cancelled"
    succeeded_at = created_at = settled_at = datetime(2026, 11, 1, tzinfo=UTC)
    id = UUID(int=1)

    def __init__(self, amount: int) -> None:
        self.amount_fen = amount


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=3), st.lists(st.integers(1, 10**6), max_size=4),
       st.integers(0, 10**7))
def test_the_figures_of_every_receipt_add_up(paid: list[int], back: list[int], decided: int) -> None:
    made = rules.receipt(booking_id=UUID(int=1), lines=[{"line": "wage", "name": "费", "amount": 500}, {
        "line": "discount", "name": "惠", "amount": -20}], total_fen=480, decided_fen=decided,
        paid=[Row(each) for each in paid], back=[(Row(each), {}) for each in back], about={})
    assert made["price_fen"] - made["discount_fen"] == made["total_fen"]
    assert made["paid_fen"] == sum(paid)
    assert made["refunded_fen"] == sum(each["amount_fen"] for each in made["refunds"])
    assert made["kept_fen"] == made["paid_fen"] - made["refunded_fen"]
    assert max(0, made["kept_fen"]) == rules.kept(paid=sum(paid), refunded=sum(back), decided=decided)


def test_a_long_receipt_goes_over_pages_and_numbers_them() -> None:
    about = {"payer": "王** 138****0001", "firm_name": "<b>公司&", "worker_called": "王阿姨", "service_name": "保洁",
             "start": Row.created_at, "end": Row.created_at, "state": "completed", "state_name": "已完成"}
    made = rules.receipt(booking_id=UUID(int=1), lines=LINES, total_fen=TOTAL, decided_fen=0, paid=[Row(TOTAL)],
                         back=[(Row(each), {}) for each in range(1, 61)], about=about)
    content = pdf(made, sha256="0" * 64)
    text = printed(content)
    assert "第2页" in text and "<b>公司&" in text and all(display(each) in text for each in range(1, 61))
