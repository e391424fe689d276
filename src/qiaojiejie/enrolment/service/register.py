"""Enter what a survey found, strike out what was wrong, match entries to the firms that applied."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import bulk, clock, ids, sheets
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.enrolment import facts
from qiaojiejie.enrolment.errors import EntryKnown, EntryStruck, SurveyRowsWrong
from qiaojiejie.enrolment.models import RegisterEntry
from qiaojiejie.enrolment.queries import register as queries
from qiaojiejie.enrolment.rules import surveys
from qiaojiejie.firms.models import Firm
from qiaojiejie.ledger import service as ledger

#: how many wrong rows an answer lists
MOST_PROBLEMS = 200
_KNOWN = ("uq_register_entry_uscc", "uq_register_entry_nameless")


def import_survey(*, actor: Actor, content: bytes) -> dict[str, int]:
    """Take a survey's list in, all of it or nothing: how many firms were ``added``, ``known`` already, ``matched``.

    A firm the register has already stays as it stands there, so the same file changes nothing the second time.
    Raises ``core.sheets``' refusals, NoSurveyHeader, NoSurveyRows, SurveyRowsWrong.
    """
    entries, problems = surveys.read(sheets.read(content), surveys.by_word(catalog.regions()), clock.today())
    if problems:
        wrong = {each["pointer"].split("/")[1] for each in problems}
        raise SurveyRowsWrong(errors=list(problems[:MOST_PROBLEMS]), rows=len(wrong))
    moment = clock.now()
    rows = [{"id": ids.new(), **entry, "entered_by": actor.account_id, "entered_at": moment} for entry in entries]
    added = bulk.insert(RegisterEntry, rows, returning=["id"], skip_conflicts=True)
    counts = {"added": len(added), "known": len(rows) - len(added)}
    ledger.append(facts.IMPORTED, subject="register:all", actor=actor.ref, data=counts)
    return {**counts, "matched": _match(RegisterEntry.id.in_([each.id for each in added]))}


def enter(*, actor: Actor, **entry: Any) -> RegisterEntry:
    """Enter one firm. Raises UnknownRegion, EntryKnown."""
    catalog.region(entry["region_code"])
    made = RegisterEntry(**entry, entered_by=actor.account_id, entered_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) not in _KNOWN:
            raise
        raise EntryKnown() from error
    ledger.append(facts.ENTERED, subject=f"register:{made.id}", actor=actor.ref)
    _match(RegisterEntry.id == made.id)
    db.session.expire(made)
    return made


def strike(*, actor: Actor, entry_id: UUID, reason: str) -> RegisterEntry:
    """Strike a wrong entry out; it stays to be read, with the reason. Raises EntryNotFound, EntryStruck."""
    entry = queries.get(entry_id, lock=True)
    if entry.struck_at is not None:
        raise EntryStruck()
    entry.struck_at, entry.struck_by, entry.struck_because = clock.now(), actor.account_id, reason
    ledger.append(facts.STRUCK, subject=f"register:{entry.id}", actor=actor.ref)
    return entry


def match(*, firm_id: UUID) -> None:
    """Point the register's entry at a firm that applied or was accepted, by its credit code; again changes nothing."""
    _match(Firm.id == firm_id)


def _match(which: sa.ColumnElement[bool]) -> int:
    """How many live entries now point at the firm of their code. A closed application gives its code free."""
    stmt = (sa.update(RegisterEntry).values(firm_id=Firm.id, matched_at=clock.now())
            .where(which, RegisterEntry.uscc == Firm.uscc, Firm.state != "closed", RegisterEntry.struck_at.is_(None),
                   RegisterEntry.firm_id.is_distinct_from(Firm.id))
            .returning(RegisterEntry.id).execution_options(synchronize_session=False))
    return len(db.session.execute(stmt).all())
