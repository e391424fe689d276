"""Publish results as editions anybody can compute again, make them final, give medals and titles, take them back."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.competitions import facts
from qiaojiejie.competitions.errors import (
    AlreadyHonoured, DecisionDocumentRequired, EntrantNotFound, ObjectionPeriodRunning, ObjectionsOpen,
    OwnFirmConcerned, SecondOfficerNeeded, TitleDoesNotFit)
from qiaojiejie.competitions.lifecycle import COMPETITION, HONOUR
from qiaojiejie.competitions.models import Competition, CompetitionEntrant, CompetitionHonour, CompetitionResult
from qiaojiejie.competitions.queries import competitions, entrants, jury, objections, results as queries
from qiaojiejie.competitions.rules import published, ranking
from qiaojiejie.competitions.rules.shape import MEDAL_NAMES
from qiaojiejie.core import bulk, clock, ids, sheets, workdays
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.firms import queries as firms
from qiaojiejie.identity import queries as identity
from qiaojiejie.ledger import queries as ledger_queries, service as ledger
from qiaojiejie.transparency.rules import canonical
from qiaojiejie.workers import service as workers

BATCH = 20

_HONOURS = sa.text("""
    UPDATE worker SET honours = (
        SELECT coalesce(jsonb_agg(jsonb_build_object('title', h.name, 'body', h.body, 'on', h.named_on)
                                  ORDER BY h.named_on DESC, h.id), '[]')
        FROM competition_honour h WHERE h.worker_id = worker.id AND h.state = 'standing')
    WHERE id = ANY(:ids)""")


def publish(*, actor: Actor, competition_id: UUID) -> Competition:
    """Publish the results of sealed marks; from now on entrants may object. Never by who is on the jury.

    Raises CompetitionNotFound, StepNotPossible, SecondOfficerNeeded.
    """
    competition = competitions.get(competition_id, lock=True)
    COMPETITION.find("publish", state=competition.state, party="officer")
    if jury.find_member(actor.account_id, competition.id) is not None:
        raise SecondOfficerNeeded()
    row = COMPETITION.move(competition, "publish", party="officer")
    competition.published_by, competition.published_at = actor.account_id, clock.now()
    competition.objection_until = workdays.after(clock.today(), competition.objection_days)
    write_edition(competition, actor, fact=row.fact)
    return competition


def write_edition(competition: Competition, actor: Actor, *, fact: str, objection_id: UUID | None = None) -> None:
    """Work the ranks out of the raw marks and all corrections, and publish them as the next edition."""
    assert competition.draw_seed is not None  # since entries opened
    raw, corrections = queries.raw(competition.id), queries.corrections(competition.id)
    ranks = ranking.results(competition.rule, raw, corrections)
    before = queries.editions(competition.id)
    edition = len(before) + 1
    body = canonical(published.body(competition, edition=edition, raw=raw, corrections=corrections, ranks=ranks))
    made = CompetitionResult(competition_id=competition.id, edition=edition, body=body.decode(),
                             sha256=sha256(body).hexdigest(), objection_id=objection_id,
                             published_by=actor.account_id, published_at=clock.now())
    db.session.add(made)
    db.session.flush()
    changed = _place(competition, ranks, everybody=edition == 1)
    ledger.append(fact, subject=competition.ref, actor=actor.ref, data={
        "edition": edition, "sha256": made.sha256, "entrants": len(raw), "raw_sha256": competition.raw_sha256})
    ledger.append_many(facts.PLACED, actor=actor.ref, about=[
        (f"worker:{each.worker_id}", {"competition": str(competition.id), "entrant": str(each.id),
                                      "event": each.event, "edition": edition}) for each in changed])


def _place(competition: Competition, ranks: Iterable[dict[str, Any]], *, everybody: bool) -> list[CompetitionEntrant]:
    """Give every entrant her rank and medal; those for whom it changed, or ``everybody``."""
    places = {(row["event"], row["number"]): (row["rank"], row["medal"]) for row in ranks}
    changed = []
    for each in entrants.entered(competition.id):
        rank, medal = places[each.event, each.number or 0]
        if everybody or (each.rank, each.medal) != (rank, medal):
            changed.append(each)
        each.rank, each.medal = rank, medal
    db.session.flush()
    return changed


def finalise(*, actor: Actor, competition_id: UUID) -> Competition:
    """Make the results final once the objection period is over and every objection is decided; medals are given.

    Raises CompetitionNotFound, StepNotPossible, ObjectionPeriodRunning, ObjectionsOpen.
    """
    competition = competitions.get(competition_id, lock=True)
    COMPETITION.find("finalise", state=competition.state, party="officer")
    assert competition.objection_until is not None  # since it was published
    if clock.today() <= competition.objection_until:
        raise ObjectionPeriodRunning(until=competition.objection_until)
    count = objections.open_ones(competition.id)
    if count:
        raise ObjectionsOpen(count=count)
    _finalise(competition, "officer", actor.ref)
    return competition


def finish_due() -> None:
    """Make final what nobody objects to any more, some at a time."""
    for competition in competitions.due_to_finish(clock.today(), BATCH):
        _finalise(competition, "system", ledger.SYSTEM)


def _finalise(competition: Competition, party: str, by: str) -> None:
    row = COMPETITION.move(competition, "finalise", party=party)
    competition.finalised_at = clock.now()
    newest = queries.published(competition.id)
    ledger.append(row.fact, subject=competition.ref, actor=by,
                  data={"edition": newest.edition, "sha256": newest.sha256})
    db.session.flush()
    _give_medals(competition, by)


def _give_medals(competition: Competition, by: str) -> None:
    names = {event.code: event.name for event in competition.events}
    levels, today = competition.scoring["award_levels"], clock.today()
    rows: list[dict[str, Any]] = []
    told: list[tuple[str, dict[str, Any]]] = []
    for each in entrants.entered(competition.id):
        if each.medal is None:
            continue
        rows.append({"id": ids.new(), "competition_id": competition.id, "kind": "medal", "code": each.medal,
                     "name": f"{competition.name} {names[each.event]} {MEDAL_NAMES[each.medal]}",
                     "body": competition.organiser, "state": HONOUR.initial, "event": each.event,
                     "worker_id": each.worker_id, "firm_id": each.firm_id, "named_on": today})
        told.append((f"worker:{each.worker_id}", {
            "competition": str(competition.id), "honour": str(rows[-1]["id"]), "medal": each.medal,
            "event": each.event, "level": levels[each.medal]}))
    bulk.insert(CompetitionHonour, rows)
    ledger.append_many(facts.MEDAL_AWARDED, actor=by, about=told)
    show_honours([row["worker_id"] for row in rows])


def show_honours(worker_ids: Sequence[UUID]) -> None:
    """Put workers' standing medals and titles on their cards."""
    db.session.flush()
    keep_honours(worker_ids)
    db.session.expire_all()
    workers.refresh_many(worker_ids=list(worker_ids))


def keep_honours(worker_ids: Sequence[UUID]) -> None:
    """Write workers' standing medals and titles, newest first, into their files; cards are rendered by the caller."""
    db.session.execute(_HONOURS, {"ids": list(worker_ids)})


def name_title(*, actor: Actor, competition_id: UUID, title: str, named_on: date, document_no: str,
               document_media_id: UUID, entrant_id: UUID | None = None, head_of: UUID | None = None
               ) -> CompetitionHonour:
    """Record that a title's body named an entrant by her rank, or who heads a firm; the decision's document is kept.

    Raises CompetitionNotFound, StepNotPossible, TitleDoesNotFit, EntrantNotFound, FirmNotFound, OwnFirmConcerned,
    DecisionDocumentRequired, AlreadyHonoured.
    """
    if not queries.is_evidence_of(actor, document_media_id):
        raise DecisionDocumentRequired()
    competition = competitions.get(competition_id, lock=True)
    if competition.state != "final":
        raise StepNotPossible(step="name_title", state=competition.state, state_name=competition.state_name)
    rule = _title(competition, title, named_on)
    made = CompetitionHonour(
        id=ids.new(), competition_id=competition.id, kind="title", code=title, name=rule["name"], body=rule["body"],
        state=HONOUR.initial, named_on=named_on, document_no=document_no, document_media_id=document_media_id,
        named_by=actor.account_id, **_whom(competition, rule, entrant_id, head_of))
    if made.firm_id is not None:
        _require_outsider(actor, made.firm_id)
    if queries.titles_given(competition, title) >= rule["most"]:
        raise AlreadyHonoured()
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        if violated(error) not in ("uq_competition_honour_worker", "uq_competition_honour_head"):
            raise
        raise AlreadyHonoured() from error
    _tell_named(made, rule, actor)
    return queries.honour(competition.id, made.id)


def _title(competition: Competition, code: str, named_on: date) -> dict[str, Any]:
    rule = next((each for each in competition.titles if each["code"] == code), None)
    if rule is None:
        raise TitleDoesNotFit(what_zh="这场比赛没有这项称号", what_en="this competition has no such title")
    if not competition.held_on <= named_on <= clock.today():
        raise TitleDoesNotFit(what_zh="命名日期不早于比赛日，不晚于今天", what_en="it is named after the competition, by today")
    return rule


def _whom(competition: Competition, rule: dict[str, Any], entrant_id: UUID | None, head_of: UUID | None
          ) -> dict[str, Any]:
    if (entrant_id is None) == (head_of is None):
        raise TitleDoesNotFit(what_zh="请指明一位选手或一家企业的负责人", what_en="name one entrant, or the firm of one head")
    if head_of is not None:
        if "firm_head" not in rule["to"]:
            raise TitleDoesNotFit(what_zh="不授予企业负责人", what_en="it is not for heads of firms")
        firm = firms.open_firm(head_of)
        return {"firm_id": firm.id, "head_name": firm.legal_representative.reveal()}
    assert entrant_id is not None
    entrant = entrants.get(entrant_id)
    if entrant.competition_id != competition.id:
        raise EntrantNotFound()
    if "entrant" not in rule["to"] or entrant.rank is None or entrant.rank > rule["best"]:
        raise TitleDoesNotFit(what_zh=f"只授予各工种前 {rule['best']} 名选手",
                              what_en=f"it is for the best {rule['best']} of an event")
    return {"worker_id": entrant.worker_id, "firm_id": entrant.firm_id, "event": entrant.event}


def _tell_named(honour: CompetitionHonour, rule: dict[str, Any], actor: Actor) -> None:
    data = {"competition": str(honour.competition_id), "honour": str(honour.id), "title": honour.code}
    if honour.worker_id is None:
        ledger.append(facts.HEAD_NAMED, subject=f"firm:{honour.firm_id}", actor=actor.ref, data=data)
        return
    ledger.append(facts.TITLE_NAMED, subject=f"worker:{honour.worker_id}", actor=actor.ref,
                  data={**data, "level": rule["award_level"]})
    show_honours([honour.worker_id])


def revoke(*, actor: Actor, competition_id: UUID, honour_id: UUID, reason: str) -> CompetitionHonour:
    """Take a medal or title back, by another officer than who recorded it; credit counts it as never given.

    Nobody moves up for it. Raises HonourNotFound, StepNotPossible, SecondOfficerNeeded, OwnFirmConcerned.
    """
    honour = queries.honour(competition_id, honour_id, lock=True)
    HONOUR.find("revoke", state=honour.state, party="second")
    if actor.account_id == honour.named_by or jury.find_member(actor.account_id, competition_id) is not None:
        raise SecondOfficerNeeded()
    if honour.firm_id is not None:
        _require_outsider(actor, honour.firm_id)
    row = HONOUR.move(honour, "revoke", party="second")
    honour.revoked_because, honour.revoked_by, honour.revoked_at = reason, actor.account_id, clock.now()
    data = {"competition": str(honour.competition_id), "honour": str(honour.id)}
    if honour.worker_id is None:
        ledger.append(facts.HEAD_REVOKED, subject=f"firm:{honour.firm_id}", actor=actor.ref,
                      data={**data, "title": honour.code})
        return honour
    given = ledger_queries.about(f"worker:{honour.worker_id}", facts.MEDAL_AWARDED, facts.TITLE_NAMED)
    ref = next((entry.id for entry in given if entry.data["honour"] == str(honour.id)), None)
    ledger.append(row.fact, subject=f"worker:{honour.worker_id}", actor=actor.ref, data={**data, "ref": ref})
    show_honours([honour.worker_id])
    return queries.honour(competition_id, honour_id)


def _require_outsider(actor: Actor, firm_id: UUID) -> None:
    if firm_id in {held.org_id for held in identity.memberships(actor.account_id)}:
        raise OwnFirmConcerned()


def workbook(*, competition_id: UUID, edition: int | None) -> bytes:
    """An edition of the results as a spreadsheet. Raises CompetitionNotFound, ResultsNotFound."""
    competition = competitions.get(competition_id)
    found = queries.published(competition_id, edition)
    names = {event.code: event.name for event in competition.events}
    return sheets.write("成绩", published.rows(json.loads(found.body), names))
