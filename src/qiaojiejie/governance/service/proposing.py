"""A proposal from its draft to its day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.core import clock
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.credit import facts as credit_facts, queries as credit_queries, rules as credit_rules, service as credit
from qiaojiejie.credit.errors import RuleNotFound, VersionTaken
from qiaojiejie.governance import facts, queries, rules
from qiaojiejie.governance.errors import (NothingChanges, OneRuleRequired, RuleNotSensible, SameOfficer, ShadowOutdated,
                                          VersionProposed)
from qiaojiejie.governance.lifecycle import PROPOSAL
from qiaojiejie.governance.models import RuleProposal
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.messages import service as messages


def draft(*, actor: Actor, note: str, rule: Mapping[str, Any] | None = None,
          packaged: str | None = None) -> RuleProposal:
    """Propose a rule set, or a version that comes with the product; its shadow is computed by a job.

    Raises OneRuleRequired, RuleNotFound, RuleNotSensible, VersionTaken, NothingChanges, VersionProposed.
    """
    found = _read(rule, packaged)
    in_force = credit_queries.rule_on(clock.today())
    if found.hash == in_force.hash:
        raise NothingChanges()
    made = RuleProposal(version=found.version, hash=found.hash, data=found.data, note=note, state=PROPOSAL.initial,
                        drafted_by=actor.account_id, drafted_at=clock.now(), **_to_shadow())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) != "uq_rule_proposal_version":
            raise
        raise VersionProposed(version=found.version) from error
    _record(facts.DRAFTED, made, actor.ref)
    return made


def _read(rule: Mapping[str, Any] | None, packaged: str | None) -> credit_rules.RuleSet:
    if (rule is None) == (packaged is None):
        raise OneRuleRequired()
    if packaged is not None:
        if packaged not in credit_rules.packaged():
            raise RuleNotFound()
        return credit_rules.packaged()[packaged]
    assert rule is not None
    found = rules.faults(rule, queries.known())
    if found:
        raise RuleNotSensible(field=found[0].field)
    read = credit_rules.load(rule)
    if any(read.version == other.version and read.hash != other.hash for other in queries.known()):
        raise VersionTaken(version=read.version)
    return read


def _to_shadow() -> dict[str, Any]:
    """A shadow to be computed: as of yesterday, the last day that is whole, against the rule in force now."""
    return {"against": credit_queries.rule_on(clock.today()).version, "as_of": clock.today() - timedelta(days=1),
            "scored": 0, "to_score": None, "shadow": None, "shadow_sha256": None, "shadowed_at": None}


def renew_shadow(*, actor: Actor, proposal_id: UUID) -> RuleProposal:
    """Have a shadow computed anew, on the newest data against the rule now in force.

    Raises ProposalNotFound, StepNotPossible.
    """
    proposal = queries.get(proposal_id, lock=True)
    row = PROPOSAL.move(proposal, "renew", party=_party(proposal, actor))
    for name, value in _to_shadow().items():
        setattr(proposal, name, value)
    _record(row.fact, proposal, actor.ref)
    return proposal


def give_notice(*, actor: Actor, proposal_id: UUID, from_day: date) -> RuleProposal:
    """Announce a change of the rule: another officer than who drafted it, 30 days or more before its day.

    Raises ProposalNotFound, SameOfficer, StepNotPossible, NoticeTooShort, NoticeTooLong, ShadowOutdated, VersionTaken.
    """
    proposal = queries.get(proposal_id, lock=True)
    party = _party(proposal, actor)
    if party == "first":
        raise SameOfficer()
    PROPOSAL.find("notice", state=proposal.state, party=party)
    rules.check_notice(from_day=from_day, today=clock.today())
    if proposal.against != credit_queries.rule_on(clock.today()).version:
        raise ShadowOutdated()
    if proposal.version not in credit_rules.packaged():
        credit.adopt(data=proposal.data)
    row = PROPOSAL.move(proposal, "notice", party=party)
    proposal.noticed_by, proposal.noticed_at, proposal.from_day = actor.account_id, clock.now(), from_day
    _record(row.fact, proposal, actor.ref, **{"from": credit_facts.day_number(from_day)},
            shadow=proposal.shadow_sha256)
    return proposal


def withdraw(*, actor: Actor, proposal_id: UUID, reason: str) -> RuleProposal:
    """Give a proposal up before its day; it stays to be seen, with the reason.

    Raises ProposalNotFound, StepNotPossible.
    """
    proposal = queries.get(proposal_id, lock=True)
    row = PROPOSAL.move(proposal, "withdraw", party=_party(proposal, actor))
    proposal.withdrawn_by, proposal.withdrawn_at = actor.account_id, clock.now()
    proposal.withdrawn_because = reason
    _record(row.fact, proposal, actor.ref)
    return proposal


def activate_due() -> int:
    """Put in force the proposals whose day has come; how many."""
    found = queries.due(clock.today())
    for proposal in found:
        row = PROPOSAL.move(proposal, "activate", party="system")
        proposal.activated_at = clock.now()
        credit.activate(version=proposal.version, from_day=clock.today(), by=ledger.SYSTEM)
        _record(row.fact, proposal, ledger.SYSTEM)
    return len(found)


def _party(proposal: RuleProposal, actor: Actor) -> str:
    return "first" if actor.account_id == proposal.drafted_by else "second"


def _record(fact: str, proposal: RuleProposal, by: str, /, **more: Any) -> None:
    db.session.flush()
    ledger.append(fact, subject=proposal.ref, actor=by,
                  data={"version": proposal.version, "hash": proposal.hash, **more})


#: fact → the kind of notification that asks the other officers to act
NEWS = {facts.SHADOWED: "rule_shadowed", facts.ROLLBACK_PROPOSED: "rule_rollback_proposed"}


def tell(*, entry_id: int) -> None:
    """Another officer has to act: those of the federation who did not draft or propose it are told, once each."""
    entry = ledger_queries.get(entry_id)
    about = UUID(entry.subject.partition(":")[2])
    first = (queries.get(about).drafted_by if entry.fact == facts.SHADOWED else queries.rollback(about).proposed_by)
    for account_id in queries.officers():
        if account_id != first:
            messages.notify(account_id=account_id, kind=NEWS[entry.fact], key=f"ledger:{entry_id}",
                            data={"version": entry.data["version"], "about": str(about)})
