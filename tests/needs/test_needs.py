"""What families may look for, which firms see it and how much of it, and how a need ends."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import service as bookings
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.needs.lifecycle import NEED, NEED_QUOTE
from tests import factories
from tests.needs.conftest import Bid
from tests.needs.scene import Seeker, refused, stamp

DAY = timedelta(days=1)


class Thing:
    """Something with a state."""

    def __init__(self, state: str) -> None:
        self.state = state


@pytest.mark.parametrize("lifecycle", [NEED, NEED_QUOTE], ids=lambda each: str(each.name))
def test_what_is_not_in_the_table_is_refused(lifecycle: object) -> None:
    for name, state, party in product(lifecycle.steps, lifecycle.states, ("household", "firm", "system")):
        row, thing = lifecycle.steps[name], Thing(state)
        if party not in row.parties:
            with pytest.raises(NotYourStep):
                lifecycle.move(thing, name, party=party)
        elif state not in row.sources:
            with pytest.raises(StepNotPossible):
                lifecycle.move(thing, name, party=party)
        else:
            assert lifecycle.move(thing, name, party=party).target == thing.state


def test_firms_of_the_district_that_offer_it_see_where_about_and_nothing_that_names_anybody(
        family: Seeker, bidder: Bid) -> None:
    ours, elsewhere, cooks = bidder(), bidder(district="321322"), bidder(services={"cooking": 5000})
    need = family.need(member_id=str(family.member.id), note="钥匙在邻居家", budget_fen=16000)
    (seen,) = ours.wanted()
    assert (seen["id"], seen["district"], seen["budget"]["amount"]) == (need, "321302", 16000)
    assert seen["cared_for"]["words"] == "父母 · 70–79 岁 · 半自理、慢病"
    assert (seen["address_id"], seen["member_id"], seen["note"], seen["quotes"], seen["booking_id"]) == (None,) * 5
    text = str(seen)
    assert not [word for word in ("幸福路", "王桂兰", "王小明", "邻居", "118.2", f"{factories.CELL:x}") if word in text]
    assert elsewhere.wanted() == cooks.wanted() == []
    for stranger in (elsewhere, cooks):
        answer = family.client.get(f"/api/v1/needs/{need}", headers=stranger.headers)
        assert refused(answer) == (404, "NeedNotFound")
        assert refused(stranger.quote(need)) == (404, "NeedNotFound")
    own = family.show(need)
    assert (own["note"], own["address_id"], own["quotes"]) == ("钥匙在邻居家", str(family.address.id), 0)


def test_a_suspended_or_barred_firm_sees_no_need(family: Seeker, bidder: Bid) -> None:
    family.need()
    ours = bidder()
    ours.firm.state = "suspended"
    db.session.flush()
    assert ours.wanted() == []
    ours.firm.state, ours.firm.barred = "on_platform", True
    db.session.flush()
    assert ours.wanted() == []


def test_needs_of_others_are_nobodys_to_read_or_end(family: Seeker, run_jobs: Callable[[], int]) -> None:
    need, other = family.need(), Seeker(family.client, run_jobs)
    assert other.show(need)["code"] == other.compare(need)["code"] == other.close(need).json["code"] == "NeedNotFound"
    assert refused(other.order(need, need)) == (404, "NeedNotFound")
    listed = family.client.get("/api/v1/me/needs", headers=other.headers).json["items"]
    assert listed == []


def test_three_needs_are_open_at_most_and_a_closed_one_makes_way(family: Seeker) -> None:
    made = [family.need() for _ in range(3)]
    assert refused(family.post()) == (429, "TooManyNeeds")
    assert family.close(made[0]).json["state"] == "closed"
    assert family.post().status_code == 201
    assert refused(family.close(made[0])) == (409, "StepNotPossible")


def test_the_list_is_walked_page_by_page(family: Seeker, bidder: Bid) -> None:
    ours, made = bidder(), [family.need() for _ in range(3)]
    for path, headers in (("/me/needs", family.headers), ("/needs", ours.headers)):
        found, cursor = list[str](), ""
        while cursor is not None:
            page = family.client.get(f"/api/v1{path}", headers=headers, query_string={
                "limit": 2, **({"cursor": cursor} if cursor else {})}).json
            found, cursor = found + [row["id"] for row in page["items"]], page["next_cursor"]
        assert found == made[::-1]
    assert ours.wanted(service="cooking") == [] and len(ours.wanted(service="cleaning")) == 3


@pytest.mark.parametrize("changes, code", [
    ({"minutes": 170}, "LengthNotPossible"),
    ({"start": stamp(factories.tomorrow(10, 10, days=3))}, "StartNotOnHalfHour"),
    ({"minutes": None, "days": 3}, "NotByDays"), ({"service_code": "no_such"}, "UnknownService"),
    ({"closes_at": stamp(clock.now() + 8 * DAY)}, "NeedClosesTooLate"),
    ({"closes_at": stamp(clock.now() - DAY)}, "NeedClosesTooLate"),
    ({"start": stamp(factories.tomorrow(10, days=90))}, "BeyondHorizon"),
    ({"start": None, "from_day": "2020-01-01", "to_day": "2020-01-02"}, "NeedDaysDoNotFit")])
def test_what_cannot_be_is_not_asked_for(family: Seeker, changes: dict[str, object], code: str) -> None:
    assert family.post(**changes).json["code"] == code


@pytest.mark.parametrize("changes", [{"days": 3}, {"minutes": None}, {"start": None}, {"from_day": "2026-12-01"},
                                     {"start": None, "from_day": "2026-12-01"}])
def test_it_has_one_length_and_one_time(family: Seeker, changes: dict[str, object]) -> None:
    assert family.post(**changes).status_code == 422


def test_a_need_nobody_ordered_from_lapses_with_its_quotes_and_the_family_is_told(
        family: Seeker, bidder: Bid, sweep: Callable[[str], None]) -> None:
    ours, need = bidder(), family.need()
    assert ours.quote(need).status_code == 201
    with clock.frozen(clock.now() + DAY + timedelta(seconds=1)):
        assert ours.wanted() == [] and refused(ours.quote(need)) == (409, "NeedNotOpen")
        sweep("needs.tasks.lapse")
        sweep("needs.tasks.lapse")
    assert family.show(need)["state"] == "lapsed" and ours.states() == ["lapsed"]
    assert [entry.fact for entry in ledger.about(f"need:{need}")] == [
        "need.posted", "need.quoted", "need.lapsed", "need.quote_lapsed"]
    assert family.told(family.household.account_id) == ["need_quoted", "need_lapsed"]


def test_a_closed_need_tells_the_firms_that_quoted(family: Seeker, bidder: Bid) -> None:
    ours, need = bidder(), family.need()
    ours.quote(need)
    assert family.close(need).status_code == 200
    assert ours.states() == ["passed_over"] and family.told(ours.account.id) == ["need_quote_passed_over"]
    shown = family.client.get(f"/api/v1/needs/{need}", headers=ours.headers)
    assert shown.status_code == 200, "who quoted may read what became of it"


def test_the_note_is_sealed(family: Seeker, world: sa.Connection) -> None:
    family.need(note="钥匙在邻居家")
    db.session.flush()
    kept = bytes(world.execute(sa.text("SELECT note FROM need")).scalar_one())
    assert "钥匙".encode() not in kept


def test_firms_that_may_quote_hear_of_a_new_need_once_and_others_do_not(family: Seeker, bidder: Bid) -> None:
    ours, elsewhere, cooks = bidder(), bidder(district="321322"), bidder(services={"cooking": 5000})
    out = bidder()
    out.firm.state = "suspended"
    family.need()
    assert family.told(ours.account.id, posted=True) == ["need_posted"]
    assert [family.told(each.account.id, posted=True) for each in (elsewhere, cooks, out)] == [[], [], []]


def test_who_leaves_five_news_unread_hears_once_a_day_that_there_is_more(family: Seeker, bidder: Bid) -> None:
    ours = bidder()
    for _ in range(7):
        need = family.need()
        family.run_jobs()
        family.close(need)
    assert family.told(ours.account.id, posted=True) == ["need_posted"] * 5 + ["needs_waiting"]
    newest = family.client.get("/api/v1/me/notifications", headers=ours.headers).json["items"][0]
    read = family.client.post("/api/v1/me/notifications/read", headers=ours.headers, json={"through": newest["id"]})
    assert read.status_code == 200, read.json
    family.need()
    assert family.told(ours.account.id, posted=True)[-1] == "need_posted"


@pytest.mark.parametrize("in_time", [True, False])
def test_what_is_ordered_and_not_paid_is_quoted_for_again_while_there_is_time(
        family: Seeker, bidder: Bid, sweep: Callable[[str], None], in_time: bool) -> None:
    ours, other = bidder(), bidder()
    need = family.need(closes_at=stamp(clock.now() + (DAY if in_time else timedelta(minutes=8))))
    made = ours.quote(need, good_until=stamp(clock.now() + DAY)).json["id"]
    other.quote(need)
    assert family.order(need, made).status_code == 201
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        sweep("expire_holds")
        family.run_jobs()
        seen = family.show(need)
        assert (seen["state"], seen["booking_id"]) == ("open" if in_time else "lapsed", None)
        assert family.told(family.household.account_id)[-1] == ("need_reopened" if in_time else "need_lapsed")
        if in_time:
            assert [family.told(each.account.id)[-1] for each in (ours, other)] == ["need_reopened"] * 2
            again = ours.quote(need)
            assert again.status_code == 201 and family.order(need, again.json["id"]).status_code == 201


def test_a_need_that_opens_again_is_never_a_fourth(family: Seeker, bidder: Bid, sweep: Callable[[str], None]) -> None:
    ours = bidder()
    needed = [family.need() for _ in range(3)]
    quotes = [ours.quote(need, worker=ours.hire()).json["id"] for need in needed]
    assert family.order(needed[0], quotes[0]).status_code == 201
    assert refused(family.post()) == (429, "TooManyNeeds"), "it is not paid yet"
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        sweep("expire_holds")
        assert refused(family.post()) == (429, "TooManyNeeds"), "the job that opens it comes"
        family.run_jobs()
        assert [family.show(need)["state"] for need in needed] == ["open"] * 3
        again = ours.quote(needed[0], worker=ours.hire()).json["id"]
        booking = family.order(needed[0], again).json["id"]
        assert bookings.confirm_payment(booking_id=booking)
        assert family.post().status_code == 201, "what is paid counts no more"
