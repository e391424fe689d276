"""Going back to a former version at once."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.credit import queries as credit_queries, service as credit
from qiaojiejie.governance import queries
from qiaojiejie.governance.errors import NotAFormerVersion, RollbackOpen, SameOfficer
from qiaojiejie.governance.facts import ROLLBACK_PROPOSED
from qiaojiejie.governance.lifecycle import ROLLBACK
from qiaojiejie.governance.models import RuleRollback
from qiaojiejie.ledger import service as ledger


def propose_rollback(*, actor: Actor, version: str, reason: str) -> RuleRollback:
    """Ask for going back to a version that was in force before.

    Raises RuleNotFound, NotAFormerVersion, RollbackOpen.
    """
    rule, replaces = credit_queries.rule_set(version), credit_queries.version_on(clock.today())
    if version == replaces or not queries.was_in_force(version, clock.today()):
        raise NotAFormerVersion()
    made = RuleRollback(version=rule.version, replaces=replaces, reason=reason, state=ROLLBACK.initial,
                        proposed_by=actor.account_id, proposed_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_rule_rollback_open":
            raise
        raise RollbackOpen() from error
    _record(ROLLBACK_PROPOSED, made, actor)
    return made


def confirm_rollback(*, actor: Actor, rollback_id: UUID) -> RuleRollback:
    """Go back, at once: another officer than who proposed it.

    Raises RollbackNotFound, SameOfficer, StepNotPossible, NotAFormerVersion.
    """
    found = queries.rollback(rollback_id, lock=True)
    party = _party(found, actor)
    if party == "first":
        raise SameOfficer()
    ROLLBACK.find("confirm", state=found.state, party=party)
    if credit_queries.version_on(clock.today()) != found.replaces:
        raise NotAFormerVersion()
    row = ROLLBACK.move(found, "confirm", party=party)
    found.confirmed_by, found.closed_at = actor.account_id, clock.now()
    credit.activate(version=found.version, from_day=clock.today(), by=actor.ref)
    _record(row.fact, found, actor)
    return found


def withdraw_rollback(*, actor: Actor, rollback_id: UUID) -> RuleRollback:
    """Give a rollback up. Raises RollbackNotFound, StepNotPossible."""
    found = queries.rollback(rollback_id, lock=True)
    row = ROLLBACK.move(found, "withdraw", party=_party(found, actor))
    found.closed_at = clock.now()
    _record(row.fact, found, actor)
    return found


def _party(found: RuleRollback, actor: Actor) -> str:
    return "first" if actor.account_id == found.proposed_by else "second"


def _record(fact: str, found: RuleRollback, actor: Actor) -> None:
    db.session.flush()
    ledger.append(fact, subject=found.ref, actor=actor.ref, data={
        "version": found.version, "hash": credit_queries.rule_set(found.version).hash, "replaces": found.replaces})
