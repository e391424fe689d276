"""A rule's way: draft, shadow, notice, its day, and back."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.credit import queries as credit, rules as credit_rules, service as credit_service
from qiaojiejie.credit.errors import RuleNotFound, VersionTaken
from qiaojiejie.governance import facts, queries, service as governance
from qiaojiejie.governance.errors import (NotAFormerVersion, NothingChanges, NoticeTooShort, OneRuleRequired,
                                          RollbackOpen, RuleNotSensible, SameOfficer, ShadowOutdated, VersionProposed)
from qiaojiejie.governance.models import RuleProposal, ShadowScore
from qiaojiejie.governance.service import shadowing
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.messages.models import Notification
from qiaojiejie.standings.models import FirmStanding, Standing
from qiaojiejie.transparency import service as transparency
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.transparency.rules import Leaf, canonical
from qiaojiejie.workers.models import Worker
from tests.governance.conftest import CHRISTMAS_EVE, NOW, Office, moment, rule

Jobs = Callable[[], int]


def told(fact: str) -> list[dict[str, Any]]:
    """What the ledger says by a fact."""
    stmt = sa.select(LedgerEntry.data).where(LedgerEntry.fact == fact)
    return list(db.session.scalars(stmt.order_by(LedgerEntry.id)))


def shadowed(office: Office, run_jobs: Jobs, version: str = "v9", **changes: Any) -> RuleProposal:
    """A draft whose shadow is done."""
    with clock.frozen(NOW):
        made = office.draft(version, **(changes or {"slow_k": 2000}))
        run_jobs()
    return queries.get(made.id)


def noticed(office: Office, run_jobs: Jobs, version: str = "v9", day: date = CHRISTMAS_EVE, **changes: Any,
            ) -> RuleProposal:
    """A draft that was announced at noon of 24 November."""
    made = shadowed(office, run_jobs, version, **changes)
    with clock.frozen(NOW):
        return governance.give_notice(actor=office.other, proposal_id=made.id, from_day=day)


def test_the_same_constants_under_another_name_move_nobody_and_give_what_is_published(
        town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    found = shadowed(office, run_jobs, origin="Another name.").shadow
    assert found is not None
    for kind, table in (("workers", Standing), ("firms", FirmStanding)):
        grades = Counter(db.session.scalars(sa.select(table.grade)))
        assert {grade: found[kind]["displacement"][grade][grade] for grade in credit_rules.GRADES} == {
            grade: grades[grade] for grade in credit_rules.GRADES}
        assert found[kind]["up"] == found[kind]["down"] == []
        assert found[kind]["scored"] == sum(grades.values())
    assert found["workers"]["scored"] == len(town)


def test_displacement_sums_to_the_number_of_workers_and_moves_name_persons_by_opaque_keys(
        town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    known = {row.worker_id: row.score for row in db.session.execute(sa.select(Standing.worker_id, Standing.score))}
    found = shadowed(office, run_jobs, score__centre=760).shadow
    assert found is not None
    counts = [n for row in found["workers"]["displacement"].values() for n in row.values()]
    assert sum(counts) == found["workers"]["scored"] == len(town)
    keys = {opaque("person", worker.id_index.hex()): worker.id for worker in town}
    down = {keys[row["key"]]: (row["before"][0], row["after"][0]) for row in found["workers"]["down"]}
    assert {worker_id: before for worker_id, (before, _) in down.items()}.items() <= known.items()
    uncapped = {worker_id: pair for worker_id, pair in down.items() if worker_id != town[0].id}
    assert len(uncapped) == len(town) - 1 and {before - after for before, after in uncapped.values()} == {40}
    assert found["workers"]["up"] == []


def test_fairness_is_told_by_category_age_home_and_sex_without_small_groups(
        town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    found = shadowed(office, run_jobs, score__centre=760).shadow
    assert found is not None and set(found["fairness"]) == {"sex", "age_band", "home_province", "category"}
    for rows in found["fairness"].values():
        assert sum(row["n"] for row in rows) == len(town)
        assert all(row["n"] >= 10 for row in rows)
    home = {row["group"]: row["n"] for row in found["fairness"]["home_province"]}
    assert home == {"others": 14}, "two are too few beside twelve, so all are told together"


def test_a_shadow_publishes_nothing(town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    def everything() -> list[Any]:
        tables = ("standing", "firm_standing", "calibration", "rater", "credit_event", "rule_activation",
                  "adopted_rule")
        worker = db.session.execute(sa.select(Worker.id, Worker.score, Worker.grade, Worker.card).order_by(Worker.id))
        return [sorted(map(repr, db.session.execute(sa.text(f"SELECT * FROM {name}")))) for name in tables] + [
            list(map(repr, worker)), told("credit.published"), told("credit.firm_published"), told("credit.calibrated")]

    before = everything()
    found = shadowed(office, run_jobs, score__centre=700)
    assert found.state == "shadowed" and everything() == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ShadowScore)) == 0


def test_a_job_that_died_goes_on_where_it_was_and_progress_is_seen(
        town: list[Worker], office: Office, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shadowed(office, run_jobs, "v8", score__centre=760).shadow
    monkeypatch.setattr(shadowing, "AT_ONCE", 3)
    real, calls = shadowing._workers, list[int]()

    def dying(ids: Any, *rest: Any) -> Any:
        calls.append(len(ids))
        if len(calls) == 3:
            raise RuntimeError("killed")
        return real(ids, *rest)

    monkeypatch.setattr(shadowing, "_workers", dying)
    with clock.frozen(NOW):
        made = office.draft("v9", score__centre=760)
        db.session.commit()
        entry_id = db.session.scalar(sa.select(sa.func.max(LedgerEntry.id)).where(LedgerEntry.fact == facts.DRAFTED))
        with pytest.raises(RuntimeError):
            governance.shadow(entry_id=entry_id)
        db.session.rollback()
        seen = queries.get(made.id)
        assert (seen.scored, seen.to_score, seen.state) == (6, len(town) + 2, "drafted")
        governance.shadow(entry_id=entry_id)
        governance.shadow(entry_id=entry_id)
    assert sum(calls) == len(town) + 3
    done = queries.get(made.id)
    assert done.scored == done.to_score and done.shadow is not None and whole is not None
    assert {**done.shadow, "version": ""} == {**whole, "version": ""}
    assert len([1 for each in told(facts.SHADOWED) if each["version"] == "v9"]) == 1


def test_another_officer_announces_it_thirty_days_before(town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    made = shadowed(office, run_jobs)
    assert made.shadow_sha256 == sha256(canonical(made.shadow)).hexdigest()
    with clock.frozen(moment("2026-11-24T23:59:59")):
        with pytest.raises(SameOfficer):
            governance.give_notice(actor=office.one, proposal_id=made.id, from_day=CHRISTMAS_EVE)
        with pytest.raises(NoticeTooShort):
            governance.give_notice(actor=office.other, proposal_id=made.id, from_day=date(2026, 12, 23))
        governance.give_notice(actor=office.other, proposal_id=made.id, from_day=CHRISTMAS_EVE)
    said = {"version": "v9", "hash": made.hash, "from": 20811, "shadow": made.shadow_sha256}
    entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.fact == facts.NOTICED)).one()
    assert transparency.READERS[facts.NOTICED]([entry]) == {entry.id: Leaf("rule_noticed", said)}
    assert credit.rule_set("v9").data == rule("v9", slow_k=2000)


def test_a_minute_after_midnight_the_notice_is_a_day_longer(town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    made = shadowed(office, run_jobs)
    with clock.frozen(moment("2026-11-25T00:00:00")), pytest.raises(NoticeTooShort):
        governance.give_notice(actor=office.other, proposal_id=made.id, from_day=CHRISTMAS_EVE)


def test_it_comes_into_force_on_its_day_at_midnight_once(
        town: list[Worker], office: Office, run_jobs: Jobs, sweep: Callable[[str], None]) -> None:
    made = noticed(office, run_jobs)
    with clock.frozen(moment("2026-12-23T23:59:59")):
        sweep("activate_rules")
        assert credit.rule_on(clock.today()).version == "v1" and queries.get(made.id).state == "noticed"
    with clock.frozen(moment("2026-12-24T00:00:00")):
        sweep("activate_rules")
        sweep("activate_rules")
        assert credit.rule_on(clock.today()).version == "v9" and queries.get(made.id).state == "in_force"
    assert credit.rule_on(date(2026, 12, 23)).version == "v1"
    assert told("credit.rule_activated") == [{"version": "v9", "hash": made.hash, "from": 20811}]


def test_a_sweep_that_comes_late_says_from_which_day_it_was(
        town: list[Worker], office: Office, run_jobs: Jobs, sweep: Callable[[str], None]) -> None:
    noticed(office, run_jobs)
    with clock.frozen(moment("2026-12-26T08:00:00")):
        sweep("activate_rules")
    assert credit.rule_on(date(2026, 12, 25)).version == "v1" and credit.rule_on(date(2026, 12, 26)).version == "v9"


def test_what_is_withdrawn_never_comes_into_force_and_stays_to_be_seen(
        town: list[Worker], office: Office, run_jobs: Jobs, sweep: Callable[[str], None]) -> None:
    made = noticed(office, run_jobs)
    with clock.frozen(NOW):
        governance.withdraw(actor=office.one, proposal_id=made.id, reason="影响过大")
    with clock.frozen(moment("2026-12-24T00:00:00")):
        sweep("activate_rules")
        assert credit.rule_on(clock.today()).version == "v1"
    kept = queries.get(made.id)
    assert (kept.state, kept.withdrawn_because, kept.shadow is not None) == ("withdrawn", "影响过大", True)
    with pytest.raises(StepNotPossible):
        governance.withdraw(actor=office.one, proposal_id=made.id, reason="再一次")


def test_the_shadow_of_a_draft_that_was_withdrawn_is_let_go(town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    with clock.frozen(NOW):
        made = office.draft(slow_k=2000)
        governance.withdraw(actor=office.one, proposal_id=made.id, reason="写错了")
        run_jobs()
    assert queries.get(made.id).shadow is None and queries.get(made.id).state == "withdrawn"


def test_a_shadow_against_a_rule_no_longer_in_force_is_computed_anew_before_notice(
        town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    made = shadowed(office, run_jobs)
    with clock.frozen(NOW):
        credit_service.adopt(data=rule("v7", slow_k=1500))
        credit_service.activate(version="v7", from_day=clock.today(), by="system")
        with pytest.raises(ShadowOutdated):
            governance.give_notice(actor=office.other, proposal_id=made.id, from_day=CHRISTMAS_EVE)
        governance.renew_shadow(actor=office.other, proposal_id=made.id)
        assert run_jobs() and queries.get(made.id).against == "v7"
        governance.give_notice(actor=office.other, proposal_id=made.id, from_day=CHRISTMAS_EVE)


def test_names_of_versions_are_their_own(town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    with clock.frozen(NOW):
        office.draft(slow_k=2000)
        with pytest.raises(VersionProposed):
            office.draft(slow_k=1500)
        with pytest.raises(VersionTaken):
            office.draft("v1", slow_k=1500)
        with pytest.raises(NothingChanges):
            office.draft("v1")
        with pytest.raises(NothingChanges):
            governance.draft(actor=office.one, note="", packaged="v1")
        with pytest.raises(RuleNotFound):
            governance.draft(actor=office.one, note="", packaged="v77")
        for both in ({}, {"packaged": "v1", "rule": rule()}):
            with pytest.raises(OneRuleRequired):
                governance.draft(actor=office.one, note="", **both)
        with pytest.raises(RuleNotSensible, match="slow_k"):
            office.draft("v10", slow_k=-1)


def test_the_other_officers_are_asked_to_act_when_the_shadow_is_done(
        town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    shadowed(office, run_jobs)
    run_jobs()
    asked = db.session.scalars(sa.select(Notification.account_id).where(Notification.kind == "rule_shadowed")).all()
    assert office.auditor.id in asked and office.administrator.id not in asked


def test_going_back_takes_two_and_is_at_once(town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    noticed(office, run_jobs)
    with clock.frozen(moment("2026-12-30T09:00:00")):
        with pytest.raises(NotAFormerVersion):
            governance.propose_rollback(actor=office.one, version="v1", reason="还没有变")
        governance.activate_due()
        with pytest.raises(NotAFormerVersion):
            governance.propose_rollback(actor=office.one, version="v9", reason="就是现行的")
        made = governance.propose_rollback(actor=office.one, version="v1", reason="误伤新人")
        with pytest.raises(RollbackOpen):
            governance.propose_rollback(actor=office.other, version="v1", reason="误伤新人")
        with pytest.raises(SameOfficer):
            governance.confirm_rollback(actor=office.one, rollback_id=made.id)
        assert credit.rule_on(clock.today()).version == "v9"
        governance.confirm_rollback(actor=office.other, rollback_id=made.id)
        assert credit.rule_on(clock.today()).version == "v1"
        with pytest.raises(StepNotPossible):
            governance.confirm_rollback(actor=office.other, rollback_id=made.id)
    assert [each["version"] for each in told("credit.rule_activated")] == ["v9", "v1"]
    entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.fact == facts.ROLLED_BACK)).one()
    assert transparency.READERS[facts.ROLLED_BACK]([entry])[entry.id].payload["replaces"] == "v9"


def test_a_rollback_given_up_changes_nothing_and_lets_another_be_proposed(
        town: list[Worker], office: Office, run_jobs: Jobs) -> None:
    noticed(office, run_jobs)
    with clock.frozen(moment("2026-12-30T09:00:00")):
        governance.activate_due()
        made = governance.propose_rollback(actor=office.one, version="v1", reason="误伤新人")
        governance.withdraw_rollback(actor=office.one, rollback_id=made.id)
        assert credit.rule_on(clock.today()).version == "v9"
        governance.propose_rollback(actor=office.one, version="v1", reason="误伤新人")
