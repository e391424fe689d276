"""Draft, draw, invite, answer, close."""

import base64
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qiaojiejie.certificates.gateway import public_url
from qiaojiejie.core import bulk, clock, ids, jobs, sheets
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db, violated
from qiaojiejie.core.secrets import blind
from qiaojiejie.identity import gateway, queries as identity
from qiaojiejie.ledger import service as ledger
from qiaojiejie.surveys import facts, queries
from qiaojiejie.surveys.errors import (
    AlreadyAnswered, AlreadyHeld, AnswersDoNotFit, FrameDoesNotFit, FrameEmpty, NotHandedOut, QuestionsDoNotFit,
    RemindedAlready, SurveyDaysDoNotFit, SurveyNotOpen)
from qiaojiejie.surveys.lifecycle import SURVEY
from qiaojiejie.surveys.models import Survey, SurveyAnswer, SurveyInvitation
from qiaojiejie.surveys.rules import draw, questions as shape


def draft(*, actor: Actor, code: str, year: int, audience: str, questions: Sequence[dict[str, Any]], closes_on: date,
          frame_from: date | None, frame_until: date | None, sample: int, strata: Sequence[dict[str, Any]],
          **named: str) -> Survey:
    """A survey, not yet drawn; a seed is drawn and committed to now.

    ``strata`` of one that is handed out: {code, name, frame, drawn}. Raises QuestionsDoNotFit, FrameDoesNotFit,
    SurveyDaysDoNotFit, AlreadyHeld.
    """
    if not shape.fit(questions):
        raise QuestionsDoNotFit()
    period = frame_from is not None and frame_until is not None and frame_from < frame_until
    if (audience == "families") != period or (audience == "handed") != bool(strata) or (
            len({each["code"] for each in strata}) != len(strata)):
        raise FrameDoesNotFit()
    _require_days(closes_on)
    seed = secrets.token_bytes(32)
    made = Survey(
        id=ids.new(), code=code, year=year, audience=audience, state=SURVEY.initial, questions=questions,
        strata=list(strata), frame_from=frame_from if period else None, frame_until=frame_until if period else None,
        sample=sum(each["drawn"] for each in strata) or sample, closes_on=closes_on, seed=seed,
        commitment=sha256(seed).hexdigest(), drafted_by=actor.account_id, drafted_at=clock.now(), **named)
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:
        if violated(error) != "uq_survey_year":
            raise
        raise AlreadyHeld(year=year) from error
    _record(facts.DRAFTED, made, actor.ref, code=code, year=year, audience=audience, commitment=made.commitment)
    return made


def _require_days(closes_on: date) -> None:
    if not clock.today() <= closes_on <= clock.today() + timedelta(days=shape.LONGEST):
        raise SurveyDaysDoNotFit(most=shape.LONGEST)


def take_step(*, actor: Actor, survey_id: UUID, step: str) -> Survey:
    """``open`` (draw the sample and send the links), ``close`` or ``drop``.

    Raises SurveyNotFound, StepNotPossible, SurveyDaysDoNotFit, FrameEmpty.
    """
    survey = queries.get(survey_id, lock=True)
    SURVEY.find(step, state=survey.state, party="officer")
    if step == "open":
        _open(survey, actor)
    elif step == "close":
        _close(survey, "officer", actor.ref)
    else:
        _record(SURVEY.move(survey, step, party="officer").fact, survey, actor.ref)
    db.session.flush()
    return survey


def _open(survey: Survey, actor: Actor) -> None:
    _require_days(survey.closes_on)
    drawn = _drawn(survey)
    if not drawn:
        raise FrameEmpty()
    rows = []
    for number, (whom, stratum) in enumerate(drawn, 1):
        made = ids.new()
        rows.append({"id": made, "survey_id": survey.id, "number": number, "stratum": stratum,
                     "household_id": whom if survey.audience == "families" else None,
                     "register_id": whom if survey.audience == "firms" else None,
                     "token_hash": sha256(token_of(made).encode()).digest(), "answered": False})
    bulk.insert(SurveyInvitation, rows)
    survey.opened_at = clock.now()
    _record(SURVEY.move(survey, "open", party="officer").fact, survey, actor.ref,
            frame=sum(each["frame"] for each in survey.strata), drawn=len(rows))
    _send(survey, wave=0)


def _drawn(survey: Survey) -> list[tuple[UUID | None, str]]:
    """Who is drawn, with her stratum; of a survey handed out as many questionnaires as it says."""
    if survey.audience == "handed":
        return [(None, each["code"]) for each in survey.strata for _ in range(each["drawn"])]
    everybody = queries.frame(survey)
    drawn = draw.sample(everybody, survey.sample, survey.seed)
    of, taken = Counter(stratum for _, stratum in everybody), Counter(stratum for _, stratum in drawn)
    called = queries.region_names(list(of))
    survey.strata = [{"code": code, "name": called.get(code, code), "frame": of[code], "drawn": taken[code]}
                     for code in sorted(of)]
    return list(drawn)


def token_of(invitation_id: UUID) -> str:
    """What the link of an invitation carries: 96 bits only this service can make."""
    return base64.urlsafe_b64encode(blind("survey-link", str(invitation_id))[:12]).decode()


def link_of(invitation_id: UUID) -> str:
    """The address of the page on which an invitation is answered."""
    return f"{public_url()}/s/{token_of(invitation_id)}"


def _send(survey: Survey, wave: int) -> int:
    whom = queries.unanswered(survey.id)
    jobs.defer_many("surveys.invite", [{"invitation_id": str(each), "wave": wave} for each in whom])
    return len(whom)


def invite(*, invitation_id: UUID, wave: int) -> None:
    """Send the link by text message, while it can still be answered; sent again it is the same message."""
    found = queries.invitation(invitation_id)
    survey, account_id = queries.get(found.survey_id), queries.account_of(found)
    if found.answered or survey.state != "open" or account_id is None:
        return
    gateway.terms().sms.send(
        identity.account(account_id).phone.reveal(), "survey_invitation",
        {"title": survey.title, "link": link_of(found.id), "until": survey.closes_on.isoformat()},
        f"survey:{found.id}:{wave}")


def remind(*, actor: Actor, survey_id: UUID) -> Survey:
    """Send the link again to who has not answered. Raises SurveyNotFound, SurveyNotOpen, RemindedAlready."""
    survey, today = queries.get(survey_id, lock=True), clock.today()
    _require_open(survey)
    last = survey.reminded_at or survey.opened_at
    if survey.reminders >= shape.REMINDERS or (last is not None and clock.local(last).date() >= today):
        raise RemindedAlready(most=shape.REMINDERS)
    survey.reminders, survey.reminded_at = survey.reminders + 1, clock.now()
    _record(facts.REMINDED, survey, actor.ref, count=_send(survey, wave=survey.reminders))
    db.session.flush()
    return survey


def hand(*, actor: Actor, invitation_id: UUID) -> dict[str, Any]:
    """The link of a questionnaire that is handed over in person, to a firm or at a station.

    Raises InvitationNotFound, NotHandedOut, SurveyNotOpen.
    """
    found = queries.invitation(invitation_id)
    survey = queries.get(found.survey_id)
    if found.household_id is not None:
        raise NotHandedOut()
    _require_open(survey)
    _record(facts.HANDED, survey, actor.ref, number=found.number)
    return {"number": found.number, "link": link_of(found.id), "until": survey.closes_on}


def _require_open(survey: Survey) -> None:
    if survey.state != "open" or clock.today() > survey.closes_on:
        raise SurveyNotOpen(until=survey.closes_on.isoformat())


def form(*, token: str) -> dict[str, Any]:
    """The questionnaire behind a link. Raises InvitationNotFound."""
    found = queries.by_token(token)
    survey = found.survey
    return {"survey": survey, "answered": found.answered,
            "can_answer": not found.answered and survey.state == "open" and clock.today() <= survey.closes_on}


def answer(*, token: str, answers: Mapping[str, str], words: str | None) -> None:
    """Keep one answer, apart from who gave it. Raises InvitationNotFound, SurveyNotOpen, AlreadyAnswered,
    AnswersDoNotFit."""
    found = queries.by_token(token, lock=True)
    if found.answered:
        raise AlreadyAnswered()
    _require_open(found.survey)
    if not shape.answered(found.survey.questions, answers):
        raise AnswersDoNotFit()
    found.answered = True
    db.session.add(SurveyAnswer(survey_id=found.survey_id, stratum=found.stratum, answers=dict(answers), words=words))
    db.session.flush()


def close_due() -> None:
    """Surveys whose last day is over are closed."""
    for survey_id in queries.due_to_close(clock.today()):
        survey = queries.get(survey_id, lock=True)
        if survey.state == "open":
            _close(survey, "system", ledger.SYSTEM)


def _close(survey: Survey, party: str, by: str) -> None:
    row = SURVEY.move(survey, "close", party=party)
    survey.closed_at = clock.now()
    db.session.flush()
    invited, answered = queries.counted([survey.id])[survey.id]
    _record(row.fact, survey, by, invited=invited, answered=answered, seed=survey.seed.hex())


def _record(fact: str, survey: Survey, by: str, /, **data: Any) -> None:
    ledger.append(fact, subject=survey.ref, actor=by, data=data)


def workbook(*, survey_id: UUID) -> bytes:
    """A closed survey's results as a spreadsheet. Raises SurveyNotFound, ResultsNotReady."""
    told = queries.result(survey_id)
    rows = [[told["survey"].title, str(told["survey"].year)], ["抽样框", str(told["frame"])],
            ["发出", str(told["invited"])], ["收回 n", str(told["n"])], ["回收率（万分之）", _cell(told["response"])],
            ["有效样本量（Kish）", told["effective_n"]], [],
            ["题目", "选项", "人数", "加权占比（万分之）", "95% 下限", "95% 上限"]]
    for question in told["questions"]:
        lines = [(option["name"], option) for option in question["options"]]
        if question["good"] is not None:
            lines.append(("合计：满意", question["good"]))
        rows += [[question["text"], name, str(line["n"]), _cell(line["permyriad"]), _cell(line["low_permyriad"]),
                  _cell(line["high_permyriad"])] for name, line in lines]
    rows += [[], ["分层", "代码", "总数", "发出", "收回"]]
    rows += [[each["name"], each["code"], str(each["frame"]), str(each["invited"]), str(each["answered"])]
             for each in told["strata"]]
    return sheets.write("results", rows)


def _cell(value: int | None) -> str:
    return "" if value is None else str(value)
