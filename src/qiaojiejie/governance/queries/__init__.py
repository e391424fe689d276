"""Read proposals and rollbacks, and lock them; how they stand in the public log."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION
from qiaojiejie.core.db import db
from qiaojiejie.credit import queries as credit, rules as credit_rules
from qiaojiejie.credit.models import AdoptedRule, RuleActivation
from qiaojiejie.governance.errors import ProposalNotFound, RollbackNotFound
from qiaojiejie.governance.facts import NOTICED
from qiaojiejie.governance.models import RuleProposal, RuleRollback
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency.rules import Leaf

#: fact → type of leaf
LEAVES = {"rule.drafted": "rule_drafted", NOTICED: "rule_noticed", "rule.withdrawn": "rule_withdrawn",
          "rule.rolled_back": "rule_rollback"}


def get(proposal_id: UUID, lock: bool = False) -> RuleProposal:
    """A proposal. Raises ProposalNotFound."""
    found = db.session.get(RuleProposal, proposal_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise ProposalNotFound()
    return found


def page(*, cursor: str | None, limit: int, state: str | None = None) -> paging.Page:
    """Proposals, newest first, one page."""
    stmt = sa.select(RuleProposal)
    if state is not None:
        stmt = stmt.where(RuleProposal.state == state)
    return paging.keyset(stmt, [RuleProposal.id], scope=paging.scope_of("proposals", state), cursor=cursor, limit=limit)


def due(today: date) -> Sequence[RuleProposal]:
    """Proposals whose day has come, the earliest first, locked."""
    stmt = sa.select(RuleProposal).where(RuleProposal.state == "noticed", RuleProposal.from_day <= today)
    return db.session.scalars(stmt.order_by(RuleProposal.from_day, RuleProposal.id)
                              .with_for_update(skip_locked=True)).all()


def rollback(rollback_id: UUID, lock: bool = False) -> RuleRollback:
    """A rollback. Raises RollbackNotFound."""
    found = db.session.get(RuleRollback, rollback_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise RollbackNotFound()
    return found


def rollbacks(*, cursor: str | None, limit: int) -> paging.Page:
    """Rollbacks, newest first, one page."""
    return paging.keyset(sa.select(RuleRollback), [RuleRollback.id], scope=paging.scope_of("rollbacks"), cursor=cursor,
                         limit=limit)


def known() -> list[credit_rules.RuleSet]:
    """Every rule set there is: a draft has the shape of one of them."""
    adopted = db.session.scalars(sa.select(AdoptedRule.version)).all()
    return [*credit_rules.packaged().values(), *(credit.rule_set(version) for version in adopted)]


def was_in_force(version: str, today: date) -> bool:
    """Whether a version was in force on some day up to today."""
    if version == credit_rules.V1.version:
        return True
    return bool(db.session.scalar(sa.select(sa.exists().where(
        RuleActivation.version == version, RuleActivation.from_day <= today))))


def officers() -> list[UUID]:
    """The accounts of the federation's officers."""
    return sorted({account for role in FEDERATION for account in identity.accounts_with(role)})


def leaves(entries: Sequence[LedgerEntry]) -> dict[int, Leaf]:
    """How drafts, notices, withdrawals and rollbacks stand in the public log."""
    return {entry.id: Leaf(LEAVES[entry.fact], dict(entry.data)) for entry in entries}
