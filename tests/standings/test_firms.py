"""A firm's standing: from its workers and its own points, computed again every day; and rules that come into force."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from qiaojiejie.booking import facts as booking
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import queries as credit_queries, rules, service as credit
from qiaojiejie.firms import facts as firm_facts
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.standings import facts, queries
from qiaojiejie.standings.models import Standing
from qiaojiejie.workers import facts as worker_facts
from tests import factories
from tests.standings.scene import (
    NOON, assert_all_replays, complete, firm_standing, parties, review, standing, tell, verify)

pytestmark = pytest.mark.usefixtures("world")
Run = Callable[[], int]
Sweep = Callable[[str], None]


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is noon in Suqian."""
    with clock.frozen(NOON):
        yield


def test_a_firm_has_a_standing_as_soon_as_an_event_speaks_of_it(run_jobs: Run, sweep: Sweep) -> None:
    firm, unheard = factories.firm(), factories.firm()
    tell(firm_facts.ACCEPTED, f"firm:{firm.id}", valid_until="2030-01-01")
    run_jobs()
    sweep("turn_the_day")
    assert queries.find_firm(unheard.id) is None
    db.session.refresh(firm)
    assert (firm.score, firm.grade) == (firm_standing(firm.id).score, firm_standing(firm.id).grade)
    told = db.session.scalars(sa.select(LedgerEntry.data).where(
        LedgerEntry.fact == facts.FIRM_PUBLISHED, LedgerEntry.subject == f"firm:{firm.id}")).all()
    assert [each["grade"] for each in told] == [firm.grade]
    assert_all_replays()


def test_what_its_workers_do_moves_it_and_stays_with_the_firm_she_leaves_for(run_jobs: Run, sweep: Sweep) -> None:
    worker, other = factories.worker(), factories.firm()
    assert worker.firm_id is not None
    verify(worker)
    for _ in range(4):
        family = factories.household().id
        review(worker, family, complete(worker, family), 2)
    tell(firm_facts.ACCEPTED, f"firm:{other.id}", valid_until=None)
    run_jobs()
    sweep("turn_the_day")
    before, elsewhere = firm_standing(worker.firm_id).score, firm_standing(other.id).score
    assert before < 800 == elsewhere
    tell(worker_facts.JOINED, f"worker:{worker.id}", firm=str(other.id))
    run_jobs()
    sweep("turn_the_day")
    assert (firm_standing(worker.firm_id).score, firm_standing(other.id).score) == (elsewhere, before)
    assert_all_replays()


def test_what_a_firm_cancelled_counts_for_a_year(run_jobs: Run, sweep: Sweep) -> None:
    worker = factories.worker()
    assert worker.firm_id is not None
    tell(booking.DECLINED, f"booking:{uuid4()}", by="firm", **parties(worker, factories.household().id))
    run_jobs()
    for days, points in ((0, -8), (365, -8), (366, None)):
        with clock.frozen(NOON + timedelta(days=days)):
            sweep("turn_the_day")
            sweep("publish_the_month")
            run_jobs()
            sweep("turn_the_day")
            assert firm_standing(worker.firm_id).explanation["factors"].get("G11") == points


def test_a_licence_that_ends_caps_it_at_the_next_midnight(run_jobs: Run, sweep: Sweep) -> None:
    firm = factories.firm()
    tell(firm_facts.ACCEPTED, f"firm:{firm.id}", valid_until="2026-11-20")
    run_jobs()
    sweep("turn_the_day")
    assert firm_standing(firm.id).score == 800
    with clock.frozen(clock.midnight(date(2026, 11, 21)) - timedelta(seconds=1)):
        sweep("turn_the_day")
        assert firm_standing(firm.id).score == 800
    with clock.frozen(clock.midnight(date(2026, 11, 21))):
        sweep("turn_the_day")
        assert (firm_standing(firm.id).score, firm_standing(firm.id).grade) == (299, "D")
        assert_all_replays()


def test_a_sudden_collapse_is_told_to_her_firm_once_and_is_no_part_of_the_score(run_jobs: Run) -> None:
    worker = factories.worker()
    assert worker.firm_id is not None
    manager = factories.member("firm_manager", worker.firm_id)  # type: ignore[arg-type]
    verify(worker)
    for mark in (*[5] * 8, *[1] * 4):
        family = factories.household().id
        review(worker, family, complete(worker, family), mark)
        run_jobs()
    alarm = standing(worker).alarm
    assert alarm is not None and alarm["bad"] >= 3
    told = db.session.scalars(sa.select(Notification.data).where(
        Notification.account_id == manager.id, Notification.kind == "credit_alarm")).all()
    assert len(told) == 1 and told[0]["called"] == worker.called


def other_rule() -> rules.RuleSet:
    """The rule with a lower start, adopted."""
    data = rules.load(rules.V1.data).data
    return credit.adopt(data={**data, "version": "v1-low", "prior": {**data["prior"], "x": -450}})


def test_another_rule_scores_everyone_from_the_day_it_is_in_force(run_jobs: Run, sweep: Sweep) -> None:
    worker, rule = factories.worker(), other_rule()
    verify(worker)
    run_jobs()
    credit.activate(version=rule.version, from_day=date(2026, 12, 20), by="system")
    run_jobs()
    with clock.frozen(NOON + timedelta(days=10)):
        verify(worker)  # something happens meanwhile; she is due on the day all the same
        sweep("publish_the_month")
        run_jobs()
        sweep("turn_the_day")
        assert (standing(worker).due_on, standing(worker).rule) == (date(2026, 12, 20), "v1")
        assert standing(worker).score == 712
    for at, version, score in ((clock.midnight(date(2026, 12, 20)) - timedelta(seconds=1), "v1", 712),
                               (clock.midnight(date(2026, 12, 20)), "v1-low", 687)):
        with clock.frozen(at):
            sweep("turn_the_day")
            assert (standing(worker).rule, standing(worker).score) == (version, score)
            assert firm_standing(worker.firm_id).rule == version  # type: ignore[arg-type]
            assert credit_queries.rule_on(clock.today()).version == version
    assert db.session.scalars(sa.select(Standing.rule)).all() == ["v1-low"]


def test_a_version_is_itself_for_ever() -> None:
    rule = other_rule()
    assert credit.adopt(data=rule.data).hash == rule.hash
    with pytest.raises(Exception, match="v1-low"):
        credit.adopt(data={**rule.data, "late_x": -1})
    with pytest.raises(Exception, match="version"):
        credit.activate(version="v9", from_day=date(2027, 1, 1), by="system")
    assert [each["version"] for each in credit_queries.versions()][0] == "v1-low"
