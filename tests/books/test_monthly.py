"""The monthly report, recomputed by SQL from everything but the books, in a month in which everything happens."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.books import rules
from qiaojiejie.books import service as books
from qiaojiejie.clearing import service as clearing
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.payouts.service import sending
from tests import factories
from tests.books.monthly import kinds, recomputed, reported
from tests.disputes.conftest import Bank
from tests.family import LINES, Family
from tests.payouts.conftest import Desk
from tests.payouts.test_payouts import STRIPE, fund
from tests.prepaid.scene import TOTAL, Holder
from tests.refunds.test_grants import grant, settle
from tests.sandbox.shop import Shop
from tests.stripe_sandbox import StripeSandbox, serve

SOURCE = Path(__file__).parents[2] / "src" / "qiaojiejie"
#: what the rooms book, read off the calls that do; of another kind this file knows nothing, and says so
_BOOKED = re.compile(r'kind="(\w+)",\s*(?:ref|lines)=')
COUPON = [*LINES, {"line": "discount", "name": "优惠券", "amount": -2000, "by": "platform", "coupon": "of the platform"}]


def every_kind() -> set[str]:
    """Every kind of movement some room books."""
    files = [path for path in SOURCE.rglob("*.py") if "sandbox" not in path.parts]
    return {kind for path in files for kind in _BOOKED.findall(path.read_text())}


@pytest.fixture()
def stripe_server(tmp_path: Path) -> Iterator[StripeSandbox]:
    """A stand-in at which nothing has moved."""
    yield from serve(tmp_path)


class Month:
    """Families and firms to whom things happen, from the second of next month on."""

    def __init__(self, client: FlaskClient, stripe: StripeSandbox, run_jobs: Callable[[], int], world: sa.Connection,
                 sweep: Callable[[str], None]) -> None:
        self.client, self.stripe, self.run_jobs, self.world, self.sweep = client, stripe, run_jobs, world, sweep

    def family(self, lines: list[dict[str, Any]] = LINES, of: Booking | None = None) -> Family:
        """A family about to pay; ``of``: a booking whose worker it takes, another day."""
        made = Family(self.client, self.stripe, self.run_jobs)
        total = sum(line["amount"] for line in lines)
        made.booking = factories.booking("held", lines=lines, total_fen=total, by=of.worker if of else None,
                                         start=factories.tomorrow(9, days=2 if of else 1),
                                         of=made.booking.household)
        return made

    def done(self, family: Family) -> None:
        """Its visit is over for two days, and the money released."""
        self.world.execute(sa.text("UPDATE booking SET state = 'served', started_at = confirmed_at,"
                                   " ended_at = confirmed_at WHERE id = :id"), {"id": family.booking.id})
        db.session.expire_all()
        with clock.frozen(clock.now() + timedelta(hours=49)):
            self.sweep("complete_served")
            self.run_jobs()
        assert family.state() == "completed"

    def desk(self, **account: str) -> Desk:
        """A firm that was earned something and has a verified account."""
        found = Desk(self.family(), self.world, self.sweep)
        found.family.paid()
        self.done(found.family)
        found.account(**account)
        return found


@pytest.fixture()
def start() -> Iterator[datetime]:
    """The second day of next month at ten: what happens within days of it is of one month."""
    first = clock.midnight((clock.today().replace(day=1) + timedelta(days=32)).replace(day=1))
    with clock.frozen(first + timedelta(days=1, hours=10)) as now:
        yield now or clock.now()


@pytest.fixture()
def month(start: datetime, client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
          world: sa.Connection, sweep: Callable[[str], None]) -> Month:
    """Nothing has happened yet."""
    return Month(client, stripe_sandbox, run_jobs, world, sweep)


def pay_by_bank(month: Month) -> None:
    """A batch is refused; the next fails at the bank, the next comes back, the next arrives; then the firm owes."""
    desk = month.desk()
    batch = desk.batch(3)
    desk.post(f"/payout-batches/{batch['id']}/rejections", desk.second)
    month.run_jobs()
    for day, steps in ((3, ("failures",)), (4, ("bank-references", "reversals")), (5, ("bank-references",))):
        batch = desk.batch(day)
        desk.approve(batch)
        [item] = desk.items(batch)
        for step in steps:
            desk.post(f"/payout-items/{item['id']}/{step}", desk.maker,
                      **({"reference": f"ICBC{day}"} if step == "bank-references" else {"reason": "账户已销户"}))
    desk.give_back(6_900)
    desk.post(f"/firms/{desk.firm}/write-offs", desk.maker, amount_fen=700, reason="企业已注销，无财产可供执行")
    again = month.family(of=desk.family.booking)
    again.paid()
    month.done(again)
    desk.approve(desk.batch(6))
    assert desk.get(f"/firms/{desk.firm}/balance", desk.manager)["receivable"]["amount"] == 0


def pay_by_stripe(month: Month) -> None:
    """A transfer arrives and is taken back in two parts."""
    desk = month.desk(**STRIPE)
    fund(desk)
    batch = desk.batch(7)
    desk.approve(batch)
    [item] = [each for each in desk.items(batch) if each["firm_id"] == str(desk.firm)]
    shop = Shop(month.stripe.url)
    for amount in (5_000, 8_400):
        shop.take_back(item["reference"], amount=amount)
        sending.look_at(transfer_id=item["reference"])
    payout = shop.sweep(3_000)["id"]
    shop.sweep(2_000)
    month.stripe.fail_payout(payout)
    shop.close()


def fail_refunds(month: Month) -> None:
    """One refund comes back and is tried again, one is repaid by transfer."""
    for path, body in (("retries", {}), ("repayments", {"reference": "2026112800012"})):
        family = month.family()
        family.paid()
        month.stripe.control(refund_fail=1)
        family.cancel(13_800)
        settle(family)
        month.stripe.control()
        [failed] = [each["id"] for each in family.refunds() if each["state"] == "failed"]
        desk = Desk(family, month.world, month.sweep)
        desk.post(f"/refunds/{failed}/{path}", desk.second, **body)
        settle(family)


def dispute(month: Month) -> None:
    """One dispute is won, one lost whose money had been released, one open of a visit still to come."""
    for verdict in ("won", "lost"):
        bank = Bank(month.family())
        month.done(bank.family)
        bank.decide(bank.disputed(), verdict)
    Bank(month.family()).disputed()
    month.family().paid()


def use_a_coupon(month: Month) -> None:
    """The platform's coupon takes something off; a part goes back, in two grants that are rounded."""
    family = month.family(COUPON)
    family.paid()
    month.done(family)
    for amount in (333, 1_001):
        assert grant(family, amount) == (201, "")
        settle(family)


def use_cards(month: Month) -> None:
    """A visit is paid from a card and goes back onto it; of another card the bank takes the price back, and what comes
    back of its visit later makes good a part of the loss."""
    holder = Holder(month.client, month.stripe, month.run_jobs)
    holder.holds_card()
    holder.paid_with_card()
    holder.cancel(TOTAL)
    month.run_jobs()
    holder.holds_card(TOTAL + 1_000, method="card")
    holder.paid_with_card(days=2)
    holder.decided(holder.disputed(), "lost")
    month.sweep("settle_unsettled")
    month.run_jobs()
    holder.cancel(TOTAL)
    month.run_jobs()
    assert ("recovered", -TOTAL) in holder.moves()


def test_a_month_in_which_everything_happened_is_what_the_rows_say(month: Month) -> None:
    for happens in (pay_by_bank, pay_by_stripe, fail_refunds, dispute, use_a_coupon, use_cards):
        happens(month)
    clearing.fetch()
    db.session.flush()
    assert every_kind() - kinds() == set(), "of these no movement is compared"
    assert kinds() - every_kind() == set(), "these nobody books"
    name = f"{clock.today():%Y-%m}"
    found = recomputed(name)
    assert found == reported(name)
    nothing = {figure for figure, fen in found.items() if not fen}
    assert nothing == set(), "a figure of nothing shows nothing"
    assert month.world.execute(sa.text("SELECT * FROM ledger_health")).all() == []


def test_a_movement_without_a_cause_shows_as_a_difference(month: Month) -> None:
    family = month.family()
    family.paid()
    month.done(family)
    name = f"{clock.today():%Y-%m}"
    assert recomputed(name) == reported(name)
    firm = rules.firm_payable(family.booking.firm_id)
    books.post(kind="paid_out", ref="nobody's", lines={firm: 1, rules.BANK: -1})
    told, found = reported(name), recomputed(name)
    assert {figure for figure in told if told[figure] != found[figure]} == {
        "paid_out", "account bank", "account firm_payable, firm_receivable and payout"}
