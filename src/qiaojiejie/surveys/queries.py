"""Read surveys, draw their frames, count answers."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.models import RegisterEntry
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Household
from qiaojiejie.surveys.errors import InvitationNotFound, ResultsNotReady, SeriesNotFound, SurveyNotFound
from qiaojiejie.surveys.models import Survey, SurveyAnswer, SurveyInvitation
from qiaojiejie.surveys.rules import results

#: so many years of a series at most
YEARS = 40
PUBLIC = ("open", "closed")


def get(survey_id: UUID, lock: bool = False) -> Survey:
    """A survey. Raises SurveyNotFound."""
    found = db.session.get(Survey, survey_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise SurveyNotFound()
    return found


def seen(visitor: Actor | None, survey_id: UUID) -> Survey:
    """A survey as anybody may see it; drafts are the federation's. Raises SurveyNotFound."""
    found = get(survey_id)
    if found.state not in PUBLIC and (visitor is None or visitor.role not in FEDERATION):
        raise SurveyNotFound()
    return found


def page(visitor: Actor | None, *, cursor: str | None = None, limit: int, code: str | None = None) -> paging.Page:
    """A page of surveys, newest year first; drafts are shown to the federation alone."""
    stmt, officer = sa.select(Survey), visitor is not None and visitor.role in FEDERATION
    if not officer:
        stmt = stmt.where(Survey.state.in_(PUBLIC))
    if code is not None:
        stmt = stmt.where(Survey.code == code)
    return paging.keyset(stmt, (Survey.year, Survey.id), cursor=cursor, limit=limit,
                         scope=paging.scope_of("surveys", [officer, code]))


_FAMILIES = """
    SELECT DISTINCT ON (b.household_id) b.household_id AS id, a.region_code AS stratum
    FROM booking b JOIN address a ON a.id = b.address_id
    WHERE b.state = 'completed' AND b.closed_at >= :since AND b.closed_at < :until
    ORDER BY b.household_id, b.closed_at DESC, b.id
"""
_FIRMS = "SELECT id, region_code AS stratum FROM register_entry WHERE struck_at IS NULL"
_REGIONS = sa.text("SELECT code, name FROM region WHERE code = ANY(:codes)")


def frame(survey: Survey) -> list[tuple[UUID, str]]:
    """Everybody who could be drawn, with the region that is the stratum.

    Families with a visit completed in the period, by the home of the newest; firms of the register.
    """
    if survey.frame_from is not None and survey.frame_until is not None:
        rows = db.session.execute(sa.text(_FAMILIES), {
            "since": clock.midnight(survey.frame_from), "until": clock.midnight(survey.frame_until)})
    else:
        rows = db.session.execute(sa.text(_FIRMS))
    return [(row.id, row.stratum) for row in rows]


def region_names(codes: Sequence[str]) -> dict[str, str]:
    """Names of regions by code."""
    return {row.code: row.name for row in db.session.execute(_REGIONS, {"codes": list(codes)})}


def invitation(invitation_id: UUID) -> SurveyInvitation:
    """An invitation. Raises InvitationNotFound."""
    found = db.session.get(SurveyInvitation, invitation_id)
    if found is None:
        raise InvitationNotFound()
    return found


def by_token(token: str, lock: bool = False) -> SurveyInvitation:
    """The invitation whose link carries a token, with its survey. Raises InvitationNotFound."""
    stmt = sa.select(SurveyInvitation).where(SurveyInvitation.token_hash == sha256(token.encode()).digest())
    stmt = stmt.options(joinedload(SurveyInvitation.survey)).execution_options(populate_existing=lock)
    found = db.session.scalars(stmt.with_for_update(of=SurveyInvitation) if lock else stmt).one_or_none()
    if found is None:
        raise InvitationNotFound()
    return found


def invitations(survey_id: UUID, *, cursor: str | None = None, limit: int, answered: bool | None = None) -> paging.Page:
    """A page of a survey's invitations in the order of the draw; firms by name, families by nothing."""
    stmt = sa.select(SurveyInvitation).where(SurveyInvitation.survey_id == survey_id).options(
        joinedload(SurveyInvitation.entry))
    if answered is not None:
        stmt = stmt.where(SurveyInvitation.answered == answered)
    return paging.keyset(stmt, (SurveyInvitation.number,), cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("survey-invitations", [survey_id, answered]))


def unanswered(survey_id: UUID) -> list[UUID]:
    """Invitations that go by text message and were not answered: families, and firms on the platform."""
    stmt = sa.select(SurveyInvitation.id).outerjoin(
        RegisterEntry, RegisterEntry.id == SurveyInvitation.register_id).where(
            SurveyInvitation.survey_id == survey_id, SurveyInvitation.answered.is_(False),
            sa.or_(SurveyInvitation.household_id.is_not(None), RegisterEntry.firm_id.is_not(None)))
    return list(db.session.scalars(stmt.order_by(SurveyInvitation.number)))


def account_of(found: SurveyInvitation) -> UUID | None:
    """Whose phone an invitation goes to: the family's, or who registered the firm; None when it is handed out."""
    if found.household_id is not None:
        return db.session.get_one(Household, found.household_id).account_id
    stmt = sa.select(Firm.applied_by).join(RegisterEntry, RegisterEntry.firm_id == Firm.id)
    return db.session.scalar(stmt.where(RegisterEntry.id == found.register_id))


def words(survey_id: UUID, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of what people wrote, in an order that tells nothing."""
    stmt = sa.select(SurveyAnswer).where(SurveyAnswer.survey_id == survey_id, SurveyAnswer.words.is_not(None))
    return paging.keyset(stmt, (SurveyAnswer.id,), cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("survey-words", survey_id))


def due_to_close(on: date) -> list[UUID]:
    """Open surveys whose last day is over."""
    return list(db.session.scalars(sa.select(Survey.id).where(Survey.state == "open", Survey.closes_on < on)))


_INVITED = sa.text("""
    SELECT survey_id, stratum, count(*) AS invited, count(*) FILTER (WHERE answered) AS answered
    FROM survey_invitation WHERE survey_id = ANY(:ids) GROUP BY survey_id, stratum
""")
_COUNTS = sa.text("""
    SELECT survey_id, stratum, q.key AS question, q.value AS option, count(*) AS number
    FROM survey_answer, jsonb_each_text(answers) q WHERE survey_id = ANY(:ids) GROUP BY 1, 2, 3, 4
""")


def counted(survey_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """(invited, answered) by survey."""
    found: dict[UUID, tuple[int, int]] = {}
    for row in db.session.execute(_INVITED, {"ids": list(survey_ids)}):
        asked, told = found.get(row.survey_id, (0, 0))
        found[row.survey_id] = (asked + row.invited, told + row.answered)
    return found


def tally(surveys: Sequence[Survey]) -> list[dict[str, Any]]:
    """The results of surveys, counted from their answers now."""
    of = {"ids": [each.id for each in surveys]}
    asked: dict[UUID, dict[str, int]] = {each.id: {} for each in surveys}
    told: dict[UUID, dict[str, int]] = {each.id: {} for each in surveys}
    counts: dict[UUID, dict[tuple[str, str, str], int]] = {each.id: {} for each in surveys}
    for row in db.session.execute(_INVITED, of):
        asked[row.survey_id][row.stratum], told[row.survey_id][row.stratum] = row.invited, row.answered
    for row in db.session.execute(_COUNTS, of):
        counts[row.survey_id][row.stratum, row.question, row.option] = row.number
    return [{"survey": each, **results.tally(each.questions, each.strata, asked[each.id], told[each.id],
                                             counts[each.id])} for each in surveys]


def result(survey_id: UUID) -> dict[str, Any]:
    """The results of a closed survey. Raises SurveyNotFound, ResultsNotReady."""
    found = get(survey_id)
    if found.state != "closed":
        raise ResultsNotReady()
    return tally([found])[0]


def series(code: str) -> dict[str, Any]:
    """A series' headline by year, oldest first, of its closed surveys. Raises SeriesNotFound."""
    stmt = sa.select(Survey).where(Survey.code == code, Survey.state == "closed")
    found = db.session.scalars(stmt.order_by(Survey.year.desc()).limit(YEARS)).all()[::-1]
    if not found:
        raise SeriesNotFound()
    points = []
    for each in tally(found):
        good = next((one for one in each["questions"] if one["good"] is not None), None)
        if good is not None and good["good"]["permyriad"] is not None:
            points.append({"survey_id": each["survey"].id, "year": each["survey"].year, "invited": each["invited"],
                           "response": each["response"], "question": good["text"], **good["good"], "n": each["n"]})
    return {"code": code, "title": found[-1].title, "title_en": found[-1].title_en, "points": points}
