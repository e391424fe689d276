"""A period's figures to the unit, its editions, and that it is published once."""

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.ids import new
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.publications import facts, queries, rules, service as publications
from qiaojiejie.publications.errors import NothingToCorrect, PublicationNotFound
from qiaojiejie.publications.models import Publication
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.rules import Leaf, canonical
from tests import factories
from tests.publications.conftest import City, at

OCTOBER = rules.Period("monthly", date(2026, 10, 1))


def figures(period: rules.Period = OCTOBER) -> dict[str, Any]:
    """A period's figures as they are published."""
    return queries.count(period, clock.midnight(period.known_until))


def bad(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """(orders, bad ones) by grade, where there are any."""
    return {row["grade"]: (row["n"], row["bad"]) for row in found["bad_jobs"] if row["n"]}


def administrator() -> Actor:
    """The federation's."""
    return Actor(factories.member(Role.FEDERATION_ADMIN).id, new(), Role.FEDERATION_ADMIN, None)


def test_a_job_is_bad_once_by_any_of_three_causes(town: City) -> None:
    with at("2026-10-05T12:00:00"):
        her = town.worker(1, "AA")
        for _ in range(3):
            town.order(her)
        town.rate(town.order(her), 12)
        town.rate(town.order(her), 13)
        town.rate(town.order(her), 5, side="worker")
        town.order(her, "worker_absent")
        three = town.order(her, "worker_absent")
        town.complain(three, 3)
        town.rate(three, 5)
        town.complain(town.order(her), 1)
    found = next(row for row in figures()["bad_jobs"] if row["grade"] == "AA")
    assert found == {"grade": "AA", "n": 9, "bad": 4, "worker_absent": 2, "complaint": 2, "low_marks": 2,
                     **rules.rate(4, 9)}
    assert bad(figures())["all"] == (9, 4)


def test_the_grade_is_the_one_published_before_the_order(town: City) -> None:
    with at("2026-10-05T12:00:00"):
        her, new_one = town.worker(1, "A"), town.worker(2, None)
        ordered = town.paid(her)
        town.grade(her, "C")
        town.end(ordered, her, "completed")
        town.order(her)
        unknown = town.paid(new_one)
        town.grade(new_one, "B")
        town.end(unknown, new_one, "completed")
    assert bad(figures()) == {"A": (1, 0), "C": (1, 0), "none": (1, 0), "all": (3, 0)}


def test_what_an_appeal_voids_never_was(town: City) -> None:
    with at("2026-10-05T12:00:00"):
        her = town.worker(1, "A")
        town.void(town.complain(town.order(her), 2))
        town.void(town.rate(town.order(her), 5))
        absent = town.paid(her)
        town.void(town.end(absent, her, "worker_absent"))
    found = figures()
    assert bad(found) == {"A": (2, 0), "all": (2, 0)}
    assert found["complaints"]["voided"] == 1 and found["complaints"]["severity_2"] == 1


def test_a_complaint_that_was_opened_again_and_dismissed_is_not_counted(town: City) -> None:
    with at("2026-10-05T12:00:00"):
        her = town.worker(1, "A")
        booking = town.order(her)
        town.complain(booking, 2)
        assert bad(figures())["A"] == (1, 1)
        town.tell("complaint.reopened", booking, complaint=f"of {booking}")
        assert bad(figures())["A"] == (1, 0)
        town.tell("complaint.substantiated", booking, complaint=f"of {booking}", severity=1)
        assert bad(figures())["A"] == (1, 1)
        town.tell("complaint.reopened", booking, complaint=f"of {booking}")
        town.tell("complaint.dismissed", booking, complaint=f"of {booking}")
        assert bad(figures())["A"] == (1, 0)


@pytest.mark.parametrize("moment, month, quarter", [
    ("2026-09-30T23:59:59", "2026-09", "2026-Q3"), ("2026-10-01T00:00:00", "2026-10", "2026-Q4"),
    ("2026-12-31T23:59:59", "2026-12", "2026-Q4"), ("2027-01-01T00:00:00", "2027-01", "2027-Q1")])
def test_a_period_ends_at_midnight_in_china(town: City, moment: str, month: str, quarter: str) -> None:
    with at(moment):
        town.order(town.worker(1, "A"))
    for kind, name in (("monthly", month), ("quarterly", quarter)):
        period = queries.period(kind, name)
        assert figures(period)["orders"]["completed"] == 1
        assert figures(period.following)["orders"]["completed"] == 0


def test_what_comes_after_the_figures_stand_does_not_count(town: City) -> None:
    with at("2026-10-31T20:00:00"):
        her = town.worker(1, "A")
        one, other = town.order(her), town.order(her)
    with at("2026-11-15T23:59:59"):
        town.rate(one, 5)
    with at("2026-11-16T00:00:00"):
        town.rate(other, 5)
    assert bad(figures())["A"] == (2, 1)


def test_orders_ratings_complaints_lists_and_audits_are_counted_in_their_period(town: City) -> None:
    with at("2026-10-10T09:00:00"):
        her = town.worker(1, "A")
        for number, ends in enumerate(("completed", "declined", "household_absent", "worker_absent")):
            town.order(her, ends)
        town.tell("booking.cancelled", "booking:90", by="household")
        town.tell("booking.cancelled", "booking:91", by="worker")
        town.rate("booking:1", 25, 5)
        town.rate("booking:2", 20, 4)
        town.complain("booking:1", 4)
        town.tell("complaint.answered", "booking:1", complaint="of booking:1")
        town.tell("list.entered", "worker:1", entry="a", kind="block")
        town.tell("list.entered", "worker:2", entry="b", kind="block")
        town.tell("list.left", "worker:2", entry="b", kind="block", entered=True)
        town.tell("list.left", "worker:3", entry="c", kind="sanction", entered=False)
        town.tell("audit.reported", "audit:1", sampled=59, defects=2, unverifiable=1)
    found = figures()
    assert found["orders"] == {"paid": 4, "completed": 1, "cancelled_by_household": 1, "cancelled_by_worker": 1,
                               "declined_by_firm": 1, "worker_absent": 1, "household_absent": 1}
    assert found["ratings"] == {"number": 2, "by_stars": {"5": 1, "4": 1, "3": 0, "2": 0, "1": 0}}
    assert found["complaints"] == {"opened": 1, "answered": 1, "dismissed": 0, "reopened": 0, "severity_1": 0,
                                   "severity_2": 0, "severity_3": 0, "severity_4": 1, "voided": 0}
    assert found["lists"]["block"] == {"entered": 2, "left": 1, "standing": 1}
    assert found["lists"]["sanction"] == {"entered": 0, "left": 0, "standing": 0}
    assert found["audits"] == {"reported": 1, "sampled": 59, "defects": 2, "unverifiable": 1}
    assert figures(OCTOBER.following)["lists"]["block"] == {"entered": 0, "left": 0, "standing": 1}


def test_what_was_given_up_before_it_was_paid_is_no_order(town: City) -> None:
    with at("2026-10-10T09:00:00"):
        for fact, by in (("cancelled", "household"), ("cancelled", "worker"), ("declined", "firm")):
            for number, (fee, refund) in enumerate(((0, 0), (0, 13_800), (13_800, 0))):
                town.tell(f"booking.{fact}", f"booking:{fact}-{by}-{number}", by=by, fee=fee, refund=refund)
    found = figures()["orders"]
    assert (found["cancelled_by_household"], found["cancelled_by_worker"], found["declined_by_firm"]) == (2, 2, 2)


def test_petitions_tell_how_long_they_took_by_nearest_rank(town: City) -> None:
    with at("2026-10-10T09:00:00"):
        for days in range(1, 11):
            town.tell("petition.opened", f"petition:{days}", kind="appeal")
            town.tell("petition.decided", f"petition:{days}", kind="appeal", days=days,
                      outcome="upheld" if days < 4 else "dismissed")
        town.tell("petition.decided", "petition:99", kind="repair", days=15, outcome="partly_upheld")
        town.tell("petition.withdrawn", "petition:98", kind="objection")
    found = figures()["petitions"]
    assert found["appeal"] == {"opened": 10, "decided": 10, "upheld": 3, "partly_upheld": 0, "dismissed": 7,
                               "withdrawn": 0, "days_median": 5, "days_90th": 9}
    assert (found["all"]["decided"], found["all"]["days_median"], found["all"]["days_90th"]) == (11, 6, 10)
    assert (found["objection"]["withdrawn"], found["objection"]["days_median"]) == (1, None)


def test_grades_at_the_end_are_told_by_firm_without_small_cells(town: City) -> None:
    with at("2026-10-10T09:00:00"):
        hers = [town.worker(no, "AA") for no in range(1, 8)]
        for no in range(10, 16):
            town.worker(no, "AA", town.others)
        for no in range(20, 23):
            town.worker(no, "D", town.others)
    with at("2026-10-31T23:59:59"):
        town.tell("worker.left", f"worker:{hers[0]}", firm=str(town.firm_id))
    with at("2026-11-01T00:00:00"):
        town.grade(hers[1], "D")
        town.tell("worker.left", f"worker:{hers[2]}", firm=str(town.firm_id))
    found = figures()["grades"]
    assert found["firms"][0]["name"] == "明月家政" and found["firms"][1]["name"] == "春风家政"
    told = {row["name"]: {name: row[name] for name in ("AA", "D", "total")} for row in found["firms"]}
    assert found["all"]["D"] is None and told["明月家政"]["D"] is None, "three people are not told"
    for row in (*told.values(), found["all"]):
        assert list(row.values()).count(None) != 1
    assert {row["AA"] for row in told.values()} <= {None, 6}


def test_a_period_is_published_by_itself_and_its_digest_goes_into_the_public_log(
        town: City, sweep: Callable[[str], None]) -> None:
    with at("2026-10-05T12:00:00"):
        town.order(town.worker(1, "AA"))
    with at("2026-11-15T23:59:59"):
        sweep("publish_periods")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Publication)) == 0
    with at("2026-11-16T00:00:00"):
        sweep("publish_periods")
        sweep("publish_periods")
        made = db.session.scalars(sa.select(Publication)).one()
        assert publications.publish(period=OCTOBER) is None
    assert made.sha256 == sha256(made.body.encode()).hexdigest()
    assert made.body.encode() == canonical(json.loads(made.body))
    said = {"kind": "monthly", "period": "2026-10", "edition": 1, "sha256": made.sha256}
    entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.fact == facts.PUBLISHED)).one()
    assert transparency.READERS[facts.PUBLISHED]([entry]) == {entry.id: Leaf("publication", said)}


def test_missing_periods_are_made_up_a_few_at_a_time_the_newest_first(town: City) -> None:
    with at("2025-11-20T12:00:00"):
        town.order(town.worker(1, "AA"))
    with at("2026-11-24T12:00:00"):
        assert publications.publish_due() == publications.AT_ONCE
        names = {name for name in db.session.scalars(sa.select(Publication.period))}
        assert names == {"2026-10", "2026-09", "2026-Q3"}
        while publications.publish_due():
            continue
        kinds = db.session.scalars(sa.select(Publication.kind)).all()
    assert (kinds.count("monthly"), kinds.count("quarterly")) == (12, 4)


def test_a_correction_is_a_further_edition_and_the_old_one_stays(town: City) -> None:
    with at("2026-10-05T12:00:00"):
        upheld = town.complain(town.order(town.worker(1, "AA")), 2)
    with at("2026-11-16T08:00:00"):
        publications.publish_due()
        first = queries.get("monthly", "2026-10").body
        with pytest.raises(NothingToCorrect):
            publications.correct(actor=administrator(), kind="monthly", period="2026-10", reason="再算一次")
        town.void(upheld)
    with at("2026-11-20T08:00:00"):
        who = administrator()
        made = publications.correct(actor=who, kind="monthly", period="2026-10", reason="申诉撤销")
    assert (made.edition, made.reason, made.published_by) == (2, "申诉撤销", who.account_id)
    assert queries.get("monthly", "2026-10", 1).body == first
    assert bad(json.loads(first))["AA"] == (1, 1) and bad(json.loads(made.body))["AA"] == (1, 0)
    told = db.session.scalars(sa.select(LedgerEntry.data["edition"].as_integer()).where(
        LedgerEntry.fact == facts.PUBLISHED, LedgerEntry.subject == "publication:monthly:2026-10")).all()
    assert told == [1, 2]
    with pytest.raises(PublicationNotFound):
        queries.get("monthly", "2026-10", 3)


@pytest.mark.parametrize("change", ["UPDATE publication SET period = '2026-09'", "DELETE FROM publication",
                                    "TRUNCATE publication"])
def test_an_edition_is_never_changed(town: City, world: sa.Connection, change: str) -> None:
    with at("2026-10-05T12:00:00"):
        town.order(town.worker(1, "AA"))
    with at("2026-11-16T08:00:00"):
        publications.publish_due()
    with pytest.raises(sa.exc.DBAPIError), world.begin_nested():
        world.execute(sa.text(change))
