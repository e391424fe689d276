"""What firms may offer, how families compare it, and what an order makes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qiaojiejie.booking.models import Booking, Quote
from qiaojiejie.calendars import queries as calendars
from qiaojiejie.calendars import service as calendars_service
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.ledger import queries as ledger
from tests import factories
from tests.needs.conftest import Bid
from tests.needs.scene import Bidder, Seeker, refused, stamp

HOUR = timedelta(hours=1)


def amounts(lines: list[dict[str, Any]]) -> dict[str, int]:
    """Lines of a price by name, in fen."""
    return {line["line"]: line["amount"]["amount"] for line in lines}


def test_a_quote_names_a_worker_at_a_wage_of_its_own_and_the_fees_are_those_of_every_price(
        family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need()
    made = ours.quote(need, price=5000, message="自带工具").json
    listed = family.client.post("/api/v1/quotes", headers=family.headers, json={
        "worker_id": str(bidder(services={"cleaning": 5000}).worker.id), "service_code": "cleaning", "minutes": 180,
        "address_id": str(family.address.id), "start": stamp(family.start)}).json
    assert amounts(made["lines"]) == amounts(listed["lines"]) and amounts(made["lines"])["wage"] == 15000
    assert made["total"] == listed["total"] and (made["state"], made["state_name"]) == ("offered", "有效")
    assert made["worker_called"] == "王阿姨" and made["message"] == "自带工具"
    assert family.told(family.household.account_id) == ["need_quoted"]


def test_who_is_not_eligible_not_free_or_not_of_the_staff_is_not_offered(family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need()
    assert refused(ours.quote(need, worker=bidder().worker)) == (404, "WorkerNotFound")
    assert refused(ours.quote(need, worker=ours.hire({"cooking": 5000}))) == (409, "ServiceNotOffered")
    late = ours.hire()
    late.insured_until = clock.today()
    unlisted = ours.hire()
    unlisted.listed = False
    db.session.flush()
    assert refused(ours.quote(need, worker=late)) == (409, "WorkerNotEligible")
    assert refused(ours.quote(need, worker=unlisted)) == (409, "WorkerNotBookable")
    factories.booking("confirmed", by=ours.worker, start=family.start + HOUR)
    assert refused(ours.quote(need)) == (409, "SlotTaken")


def test_one_quote_stands_for_each_worker_and_five_are_made_at_most(family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need()
    first = ours.quote(need).json["id"]
    assert refused(ours.quote(need, price=3900)) == (409, "AlreadyQuoted")
    for _ in range(4):
        assert ours.withdraw(first).status_code == 200
        first = ours.quote(need, price=3900).json["id"]
    assert ours.withdraw(first).status_code == 200
    assert refused(ours.withdraw(first)) == (409, "StepNotPossible")
    assert refused(ours.quote(need)) == (409, "QuotesUsedUp")
    assert family.show(need)["quotes"] == 0
    assert bidder().quote(need).status_code == 201, "each firm has five of its own"


def test_another_firm_takes_no_quote_back(family: Seeker, bidder: Bid) -> None:
    made = bidder().quote(family.need()).json["id"]
    assert refused(bidder().withdraw(made)) == (404, "NeedQuoteNotFound")


def test_the_firm_keeps_to_the_time_that_is_asked_or_to_its_days(family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need()
    other = stamp(family.start + HOUR)
    assert refused(ours.quote(need, start=other)) == (409, "StartNotAsked")
    assert ours.quote(need, start=stamp(family.start)).status_code == 201
    day = clock.local(family.start).date()
    open_days = family.need(start=None, from_day=day.isoformat(), to_day=(day + timedelta(days=2)).isoformat())
    assert refused(ours.quote(open_days)) == (409, "StartNotAsked")
    assert refused(ours.quote(open_days, start=stamp(family.start + timedelta(days=3)))) == (409, "StartNotAsked")
    made = ours.quote(open_days, start=stamp(family.start + timedelta(days=1)))
    assert made.json["start"] == stamp(family.start + timedelta(days=1))


def test_a_quote_is_good_until_an_hour_before_the_start_at_most_and_then_lapses(
        family: Seeker, bidder: Bid, sweep: Callable[[str], None]) -> None:
    ours, need = bidder(), family.need()
    for wrong in (family.start, clock.now() - HOUR):
        assert refused(ours.quote(need, good_until=stamp(wrong))) == (409, "GoodUntilDoesNotFit")
    made = ours.quote(need, good_until=stamp(clock.now() + HOUR)).json["id"]
    with clock.frozen(clock.now() + 2 * HOUR):
        assert family.compare(need)["items"] == []
        assert refused(family.order(need, made)) == (409, "NeedQuoteOver")
        sweep("needs.tasks.lapse")
    assert ours.states() == ["lapsed"] and family.show(need)["state"] == "open"
    assert refused(family.order(need, made)) == (409, "StepNotPossible")


def test_a_quote_is_good_for_as_long_as_its_worker_can_be_had(family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need()
    calendars_service.set_terms(worker_no=ours.worker.no, terms=Terms(notice_minutes=600))
    late = ours.quote(need, good_until=stamp(family.start - 9 * HOUR))
    assert refused(late) == (409, "GoodUntilDoesNotFit") and late.json["params"]["minutes"] == 600
    assert ours.quote(need, good_until=stamp(family.start - 10 * HOUR)).status_code == 201


def three(family: Seeker, bidder: Bid) -> tuple[str, list[Bidder], list[str]]:
    """A need with three quotes: dear and good, cheap, between."""
    need = family.need(budget_fen=14000)
    firms = [bidder(score=850, grade="AAA"), bidder(score=640), bidder(score=720)]
    made = [firm.quote(need, price=price) for firm, price in zip(firms, (5000, 3800, 4200), strict=True)]
    assert [each.status_code for each in made] == [201] * 3
    return need, firms, [each.json["id"] for each in made]


def test_quotes_stand_side_by_side_with_the_cards_and_what_differs(family: Seeker, bidder: Bid) -> None:
    need, firms, made = three(family, bidder)
    seen = family.compare(need)
    assert [row["quote"]["id"] for row in seen["items"]] == [made[1], made[2], made[0]]
    totals = [row["quote"]["total"]["amount"] for row in seen["items"]]
    assert [row["above_least"]["amount"] for row in seen["items"]] == [total - totals[0] for total in totals]
    assert [row["within_budget"] for row in seen["items"]] == [total <= 14000 for total in totals]
    card = seen["items"][2]["worker"]
    assert (card["score"], card["grade"], card["completed"], card["certificates"]) == (850, "AAA", 0, [])
    assert card["distance_m"] is not None
    assert {"total", "wage", "score", "grade", "firm"} <= set(seen["differs"])
    assert not {"start", "completed", "certificates", "distance"} & set(seen["differs"])
    assert family.compare(need, limit=1)["differs"] == seen["differs"], "also of those on other pages"
    best = family.compare(need, sort="score")["items"]
    assert [row["quote"]["id"] for row in best] == [made[0], made[2], made[1]]
    assert [firm.states() for firm in firms] == [["offered"]] * 3


@pytest.mark.parametrize("sort", ["total", "score"])
def test_quotes_are_walked_page_by_page_also_where_they_tie(family: Seeker, bidder: Bid, sort: str) -> None:
    need = family.need()
    made = {bidder(score=700).quote(need).json["id"] for _ in range(5)}
    found, cursor = list[str](), ""
    while cursor is not None:
        page = family.compare(need, sort=sort, limit=2, **({"cursor": cursor} if cursor else {}))
        found, cursor = found + [row["quote"]["id"] for row in page["items"]], page["next_cursor"]
    assert len(found) == 5 and set(found) == made


def test_an_order_is_a_held_booking_with_those_lines_and_the_others_are_told(family: Seeker, bidder: Bid) -> None:
    need, firms, made = three(family, bidder)
    offered = family.compare(need)["items"][1]["quote"]
    booked = family.order(need, made[2])
    assert booked.status_code == 201, booked.json
    assert (booked.json["state"], booked.json["answer"]) == ("held", None)
    assert booked.json["total"] == offered["total"] and amounts(booked.json["lines"]) == amounts(offered["lines"])
    booking = db.session.get_one(Booking, booked.json["id"])
    assert calendars.interval_of(booking.ref) is not None
    assert db.session.get_one(Quote, booking.quote_id).total_fen == booking.total_fen
    own = family.show(need)
    assert (own["state"], own["booking_id"], own["quotes"]) == ("ordered", str(booking.id), 0)
    assert [firm.states() for firm in firms] == [["passed_over"], ["passed_over"], ["chosen"]]
    assert [family.told(firm.account.id) for firm in firms] == [
        ["need_quote_passed_over"], ["need_quote_passed_over"], ["need_quote_chosen"]]
    assert refused(family.order(need, made[0])) == (409, "NeedNotOpen")
    facts = [entry.fact for entry in ledger.about(f"need:{need}")]
    assert sorted(facts[4:]) == ["need.ordered", "need.quote_chosen", "need.quote_passed_over",
                                 "need.quote_passed_over"]


def test_whom_another_family_took_meanwhile_is_not_ordered_and_all_stays_as_it_was(family: Seeker, bidder: Bid) -> None:
    need, firms, made = three(family, bidder)
    factories.booking("held", by=firms[1].worker, start=family.start)
    db.session.commit()
    assert refused(family.order(need, made[1])) == (409, "SlotTaken")
    db.session.rollback()
    assert family.show(need)["state"] == "open" and [firm.states() for firm in firms] == [["offered"]] * 3
    assert family.order(need, made[2]).status_code == 201


def test_who_changed_her_firm_is_not_ordered_through_the_old_one(family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need()
    made = ours.quote(need).json["id"]
    ours.worker.firm_id = factories.firm().id
    db.session.flush()
    assert refused(family.order(need, made)) == (409, "WorkerNotBookable")


def test_a_quote_of_another_need_is_not_ordered(family: Seeker, bidder: Bid) -> None:
    ours, need, other = bidder(), family.need(), family.need()
    made = ours.quote(other).json["id"]
    assert refused(family.order(need, made)) == (404, "NeedQuoteNotFound")


def test_days_of_care_are_quoted_with_their_plan_and_their_deposit_is_due(family: Seeker, bidder: Bid) -> None:
    nurse = {"maternity_nurse": 50_000}
    ours = bidder(services=nurse)
    ours.worker.certificates = [{"title": "maternity_carer", "occupation": "maternity_carer", "level": 5,
                                 "verified": True, "valid_until": None}]
    db.session.flush()
    start = factories.tomorrow(9, days=20)
    need = family.need(service_code="maternity_nurse", minutes=None, days=26, start=stamp(start))
    made = ours.quote(need, price=48_000)
    assert made.status_code == 201, made.json
    booked = family.order(need, made.json["id"]).json
    assert booked["days"] == 26 and booked["due"]["part"] == "deposit"
    assert amounts(booked["lines"])["wage"] >= 26 * 48_000


def test_the_note_reaches_the_worker_through_the_booking_alone(family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need(note="钥匙在邻居家", member_id=str(family.member.id))
    made = ours.quote(need)
    assert "邻居" not in str(made.json)
    booked = family.order(need, made.json["id"]).json
    assert (booked["note"], booked["member_id"]) == ("钥匙在邻居家", str(family.member.id))
