"""A series ends: exactly the rest is cancelled, for exactly what was quoted; or all its visits are over."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts as credit
from qiaojiejie.ledger import queries as ledger
from tests.series.scene import DAY, HOUR, PRICE, SECOND, Weekly

Family = Callable[..., Weekly]
Sweep = Callable[[str], None]


def given_back(it: Weekly) -> int:
    """Fen the books gave back of the visits of the family, in all."""
    return int(db.session.execute(sa.text("SELECT coalesce(sum(amount_fen), 0) FROM refund")).scalar_one())


def test_indico_6550_the_rest_is_cancelled_and_exactly_the_rest(family: Family) -> None:
    it = family(count=6).standing()
    before = it.occurrences()[:3]
    quoted = it.done("cancellation-quotes", scope="following", day=it.said(4))
    assert [each["day"] for each in quoted["visits"]] == [it.said(4), it.said(5), it.said(6)]
    assert (quoted["fee"]["amount"], quoted["refund"]["amount"]) == (0, 0)
    said = it.done("cancellations", scope="following", day=it.said(4), expected_refund=0)
    assert [each["day"] for each in said["changed"]] == [it.said(4), it.said(5), it.said(6)]
    assert it.occurrences()[:3] == before and it.states()[3:] == ["cancelled"] * 3
    assert it.engaged() == [it.at(1), it.at(2), it.at(3)] and it.series.state == "confirmed"
    it.run_jobs()
    assert it.notices().count("series_cancelled") == 1


def test_the_sum_quoted_is_what_comes_back_each_by_its_own_policy(family: Family) -> None:
    it = family(count=4).standing()
    with clock.frozen(it.at(2) - 2 * DAY):
        it.pay(it.booking(2).id)
    with clock.frozen(it.at(2) - 10 * HOUR):
        quoted = it.done("cancellation-quotes", scope="following", day=it.said(2))
        assert [each["fee"]["amount"] for each in quoted["visits"]] == [PRICE * 3 // 10, 0, 0]
        assert [each["refund"]["amount"] for each in quoted["visits"]] == [PRICE - PRICE * 3 // 10, 0, 0]
        refused = it.edit("cancellations", scope="following", day=it.said(2), expected_refund=PRICE)
        assert refused.json["code"] == "CancellationQuoteChanged" and it.states()[2:] == ["held", "held"]
        it.done("cancellations", scope="following", day=it.said(2), expected_refund=quoted["refund"]["amount"])
        it.run_jobs()
        assert given_back(it) == quoted["refund"]["amount"]
    assert it.states() == ["confirmed", "cancelled", "cancelled", "cancelled"]


def test_all_that_is_ahead_is_cancelled_and_what_is_over_stays(family: Family) -> None:
    it = family(count=4).standing()
    with clock.frozen(it.at(1)):
        door = it.booking(1).door_code.reveal()
        assert it.post(f"/bookings/{it.booking(1).id}/check-ins", {"door_code": door}, it.cleaner).status_code == 200
        it.done("cancellations", scope="all", expected_refund=0)
        it.run_jobs()
    assert it.states() == ["under_way", "cancelled", "cancelled", "cancelled"] and it.series.state == "ended"
    again = it.edit("cancellations", scope="all", expected_refund=0)
    assert again.json["code"] == "StepNotPossible"


def test_a_series_nobody_paid_yet_is_cancelled_for_nothing(family: Family) -> None:
    it = family(count=3).make()
    it.done("cancellations", scope="all", expected_refund=0)
    it.run_jobs()
    assert it.states() == ["cancelled"] * 3 and it.engaged() == [] and it.series.state == "ended"


def test_a_series_whose_visits_are_over_is_ended(family: Family, sweep: Sweep) -> None:
    it = family(count=3).standing()
    it.serve(1)
    it.done("cancellations", scope="one", day=it.said(2), expected_refund=0)
    it.done("skips", day=it.said(3))
    with clock.frozen(it.at(3) + 3 * HOUR - SECOND):
        sweep("finish_series")
        assert it.series.state == "confirmed", "the third can still be brought back before it would have begun"
    with clock.frozen(it.at(3) + 3 * HOUR):
        sweep("finish_series")
        sweep("finish_series")
        it.run_jobs()
        assert it.series.state == "ended" and it.states() == ["completed", "cancelled", "skipped"]
        assert it.edit("cancellations", scope="all", expected_refund=0).json["code"] == "StepNotPossible"
    [told] = ledger.about(it.series.ref, "series.finished")
    assert (told.data["days"], told.data["visits"]) == ([it.said(1)], 1)
    assert it.notices().count("series_cancelled") == 1


def test_a_paid_visit_that_is_moved_past_the_last_of_its_rule_keeps_the_series_going(
        family: Family, sweep: Sweep) -> None:
    it = family(count=2).standing()
    with clock.frozen(it.at(2) - 2 * DAY):
        it.pay(it.booking(2).id)
        later = {"start": (it.at(2) + DAY).isoformat(), "expected_difference": 0}
        assert it.post(f"/bookings/{it.booking(2).id}/reschedules", later).status_code == 201
    for ends, state in ((it.at(2), "confirmed"), (it.at(2) + DAY, "ended")):
        with clock.frozen(ends + 3 * HOUR):
            sweep("finish_series")
            assert it.series.state == state
    it.run_jobs()


def test_there_is_nothing_to_cancel_twice(family: Family) -> None:
    it = family(count=3).standing()
    it.done("cancellations", scope="following", day=it.said(2), expected_refund=0)
    for what in ("cancellation-quotes", "cancellations"):
        body = {"scope": "following", "day": it.said(2)} | ({"expected_refund": 0} if what == "cancellations" else {})
        assert it.edit(what, **body).json["code"] == "NothingToChange"


@pytest.mark.parametrize(("what", "reason", "state"), [("withdrawals", "ill", "cancelled"),
                                                       ("declines", "worker_ill", "declined")])
def test_worker_and_firm_give_an_unpaid_visit_back_and_the_rest_stands(
        family: Family, what: str, reason: str, state: str) -> None:
    it = family(count=3).standing()
    who = it.cleaner if what == "withdrawals" else it.firm
    gone = it.post(f"/bookings/{it.booking(2).id}/{what}", {"reason": reason}, who)
    assert (gone.status_code, gone.json["state"]) == (200, state), gone.json
    it.run_jobs()
    assert it.states() == ["confirmed", state, "held"] and it.engaged() == [it.at(1), it.at(3)]
    assert it.notices().count("series_visit_turned_down") == 1 and f"booking_{state}" not in it.notices()
    assert it.done("restorations", day=it.said(2))["booking"]["state"] == "held"


def test_giving_a_visit_back_counts_once_the_family_could_pay_for_it(family: Family) -> None:
    it = family(count=3).standing()
    for number, late in ((2, True), (3, False)):
        with clock.frozen(it.at(number) - 3 * DAY + (SECOND if late else -SECOND)):
            booking = it.booking(number)
            it.post(f"/bookings/{booking.id}/declines", {"reason": "overbooked"}, it.firm)
            [told] = ledger.about(booking.ref, "booking.declined")
            assert ("early" in told.data) is not late
            read = credit.made_of(told.id, told.at, told.fact, told.subject, told.data)
            assert (read is not None and read["type"] == "cancel_firm") is late


def test_a_visit_that_is_being_paid_and_is_given_back_costs_nothing(family: Family) -> None:
    it = family(count=2).standing()
    with clock.frozen(it.at(2) - 2 * DAY):
        booking = it.booking(2).id
        assert it.post(f"/bookings/{booking}/payment", {"method": "alipay"}).status_code == 201
        assert it.post(f"/bookings/{booking}/withdrawals", {"reason": "ill"}, it.cleaner).status_code == 200
        it.run_jobs()
        it.hear(booking)
        assert it.states() == ["confirmed", "cancelled"]
        assert it.stripe is not None
        assert it.stripe.get(f"/v1/payment_intents/{it.intent(booking)}")["status"] == "canceled"


def test_a_hold_that_is_paid_at_once_is_given_back_by_the_family_alone(family: Family) -> None:
    it = family(count=2).make()
    first = it.booking(1).id
    for what, who in (("withdrawals", it.cleaner), ("declines", it.firm)):
        assert it.post(f"/bookings/{first}/{what}", {"reason": "other"}, who).json["code"] == "StepNotPossible"
        assert not {"withdraw", "decline"} & set(it.get(f"/bookings/{first}", who).json["steps"])
