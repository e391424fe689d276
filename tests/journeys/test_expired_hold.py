"""A hold that runs out: unpaid it is let go, paid in time it stands, and money that comes too late goes back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from tests.family import books_balance  # noqa: F401
from tests.journeys.visits import Booked
from tests.stripe_sandbox import StripeSandbox

pytestmark = pytest.mark.usefixtures("books_balance")
Sweep = Callable[[str], None]
SECOND = timedelta(seconds=1)


@pytest.fixture()
def visit(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int]) -> Booked:
    """A family with a held booking."""
    made = Booked(client, stripe_sandbox, run_jobs)
    assert made.answer.status_code == 201 and made.answer.json["state"] == "held", made.answer.json
    return made


@pytest.fixture()
def ten_minutes_pass(visit: Booked, sweep: Sweep) -> Callable[[], None]:
    """The hold is over, and everything that happens by itself has happened."""
    def run() -> None:
        with clock.frozen(visit.booking.expires_at):
            for name in ("expire_holds", "close_overdue"):
                sweep(name)
                visit.run_jobs()
    return run


def another(visit: Booked) -> Booked:
    """Another family asks for the same worker at the same time."""
    return Booked(visit.client, visit.stripe, visit.run_jobs, worker=visit.worker)


def test_a_hold_nobody_pays_is_let_go_and_another_family_gets_the_hours(
        visit: Booked, sweep: Sweep, ten_minutes_pass: Callable[[], None]) -> None:
    assert another(visit).answer.json["code"] == "SlotTaken"
    with clock.frozen(visit.booking.expires_at - SECOND):
        sweep("expire_holds")
        assert visit.state() == "held"
    ten_minutes_pass()
    assert visit.state() == "expired" and visit.history() == ["booking.held", "booking.expired"]
    assert "booking_expired" in visit.notices()
    assert visit.begin().json["code"] == "StepNotPossible"
    assert another(visit).answer.status_code == 201


def test_paying_begun_too_late_is_refused_in_words(visit: Booked) -> None:
    with clock.frozen(visit.booking.expires_at):
        answer = visit.begin()
    assert (answer.status_code, answer.json["code"]) == (409, "HoldExpired")


def test_a_payment_begun_and_left_is_closed_at_stripe_before_the_hours_are_given_away(
        visit: Booked, ten_minutes_pass: Callable[[], None]) -> None:
    assert visit.begin().status_code == 201
    ten_minutes_pass()
    payment = visit.payment()
    assert (visit.state(), payment["state"], payment["next_action"]) == ("expired", "cancelled", None)
    assert visit.stripe.act(visit.intent()).status_code == 400, "nobody can pay for hours that were given away"
    assert visit.balances() == {}
    assert another(visit).answer.status_code == 201


def test_while_stripe_cannot_be_asked_the_hours_stay_held(visit: Booked, sweep: Sweep,
                                                          ten_minutes_pass: Callable[[], None]) -> None:
    visit.begin()
    visit.stripe.control(down=1)
    with pytest.raises(Exception, match="provider"):
        ten_minutes_pass()
    assert visit.state() == "held" and another(visit).answer.json["code"] == "SlotTaken"
    visit.stripe.control()
    ten_minutes_pass()
    assert visit.state() == "expired"


def test_money_that_came_in_the_last_second_confirms_though_nobody_heard_of_it(
        visit: Booked, ten_minutes_pass: Callable[[], None]) -> None:
    visit.begin()
    visit.press()
    ten_minutes_pass()
    assert visit.state() == "confirmed"
    assert visit.balances() == {"stripe_clearing": visit.total, "escrow": -visit.total}


def test_a_declined_family_has_until_the_end_of_the_hold_and_no_longer(visit: Booked,
                                                                       ten_minutes_pass: Callable[[], None]) -> None:
    visit.begin("alipay")
    visit.press("decline")
    visit.hear()
    assert visit.payment()["decline_code"] == "insufficient_funds" and "payment_failed" in visit.notices()
    ten_minutes_pass()
    assert visit.state() == "expired"
    assert visit.begin("alipay").status_code == 409 and visit.refunds() == []


def test_money_that_comes_after_the_family_gave_the_hold_up_goes_back_whole(visit: Booked) -> None:
    visit.begin()
    visit.press()
    visit.cancel(0)
    other = another(visit)
    assert other.answer.status_code == 201, "her time is free at once"
    visit.run_jobs()
    visit.hear()
    assert visit.state() == "cancelled"
    assert [(row["amount"]["amount"], row["because"], row["state"]) for row in visit.refunds()] == [
        (visit.total, "payment.overtaken", "succeeded")]
    assert visit.balances() == {} and other.state() == "held"
