"""Surveys over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.core import sheets
from qiaojiejie.core.access import FEDERATION, actor, allow, fresh, public, visitor
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.surveys import queries, service as surveys
from qiaojiejie.surveys.errors import (
    AlreadyAnswered, AlreadyHeld, AnswersDoNotFit, FrameDoesNotFit, FrameEmpty, InvitationNotFound, NotHandedOut,
    QuestionsDoNotFit, RemindedAlready, ResultsNotReady, SeriesNotFound, SurveyDaysDoNotFit, SurveyNotFound,
    SurveyNotOpen)
from qiaojiejie.surveys.models import Survey
from qiaojiejie.surveys.rules import chart
from qiaojiejie.surveys.schemas import (
    HeldSurveyFilter, HeldSurveyIn, HeldSurveyOut, HeldSurveyPageOut, InvitationFilter, InvitationPageOut, SeriesOut,
    SurveyAnswerIn, SurveyFormOut, SurveyLinkOut, SurveyResultOut, SurveyStepIn, WordsPageOut)

blp = Blueprint("surveys", description="问卷调查 · Surveys of families and firms, with n and intervals")

_FILE = {"type": "string", "format": "binary"}


@blp.route("/surveys", methods=["GET"])
@public
@blp.arguments(HeldSurveyFilter, location="query")
@blp.response(200, HeldSurveyPageOut)
def list_surveys(filters: dict[str, Any]) -> Page:
    """问卷调查列表 · List surveys, newest year first

    Open to everybody; drafts are shown to the federation alone.
    """
    return queries.page(visitor(), **filters)


@blp.route("/surveys", methods=["POST"])
@allow(*FEDERATION)
@refuses(QuestionsDoNotFit, FrameDoesNotFit, SurveyDaysDoNotFit, AlreadyHeld)
@blp.arguments(HeldSurveyIn)
@blp.response(201, HeldSurveyOut)
def draft(body: dict[str, Any]) -> Survey:
    """起草问卷 · Draft a survey

    The seed of its draw is made and committed to now.
    """
    return surveys.draft(actor=actor(), **body)


@blp.route("/surveys/series/<code>", methods=["GET"])
@public
@refuses(SeriesNotFound)
@blp.response(200, SeriesOut)
def show_series(code: str) -> dict[str, Any]:
    """历年结果 · A series by year, with n, response rate and 95 % interval

    Counted from the answers now. Open to everybody.
    """
    return queries.series(code)


@blp.route("/surveys/series/<code>.svg", methods=["GET"])
@public
@refuses(SeriesNotFound)
@blp.response(200, {"type": "string"}, content_type="image/svg+xml")
def show_chart(code: str) -> Response:
    """历年结果图 · The same as a chart

    Open to everybody.
    """
    told = queries.series(code)
    return Response(chart.series(told["title"], told["points"]), mimetype="image/svg+xml")


@blp.route("/surveys/<uuid:survey_id>", methods=["GET"])
@public
@refuses(SurveyNotFound)
@blp.response(200, HeldSurveyOut)
def show_survey(survey_id: UUID) -> Survey:
    """问卷调查 · Show a survey

    Its questions, strata and draw. Open to everybody once it is open.
    """
    return queries.seen(visitor(), survey_id)


@blp.route("/surveys/<uuid:survey_id>/steps", methods=["POST"])
@allow(*FEDERATION)
@refuses(SurveyNotFound, StepNotPossible, SurveyDaysDoNotFit, FrameEmpty)
@blp.arguments(SurveyStepIn)
@blp.response(200, HeldSurveyOut)
def take_step(body: dict[str, Any], survey_id: UUID) -> Survey:
    """开始、结束、放弃调查 · Open, close or drop a survey

    Opening draws the sample and sends the links; it closes by itself after its last day.
    """
    return surveys.take_step(actor=actor(), survey_id=survey_id, **body)


@blp.route("/surveys/<uuid:survey_id>/reminders", methods=["POST"])
@allow(*FEDERATION)
@refuses(SurveyNotFound, SurveyNotOpen, RemindedAlready)
@blp.response(200, HeldSurveyOut)
def remind(survey_id: UUID) -> Survey:
    """提醒未答者 · Send the link again to who has not answered"""
    return surveys.remind(actor=actor(), survey_id=survey_id)


@blp.route("/surveys/<uuid:survey_id>/invitations", methods=["GET"])
@allow(*FEDERATION)
@refuses(SurveyNotFound)
@blp.arguments(InvitationFilter, location="query")
@blp.response(200, InvitationPageOut)
def list_invitations(filters: dict[str, Any], survey_id: UUID) -> Page:
    """抽中名单 · Who was drawn

    Firms by name; of families nothing but whether the questionnaire came back.
    """
    return queries.invitations(queries.get(survey_id).id, **filters)


@blp.route("/survey-invitations/<uuid:invitation_id>/links", methods=["POST"])
@allow(*FEDERATION)
@refuses(InvitationNotFound, NotHandedOut, SurveyNotOpen)
@blp.response(200, SurveyLinkOut)
def hand(invitation_id: UUID) -> dict[str, Any]:
    """领取问卷链接 · The link of a questionnaire to hand over in person

    Of firms, and of surveys handed out at stations; a family's goes to its own phone alone.
    """
    return surveys.hand(actor=actor(), invitation_id=invitation_id)


@blp.route("/surveys/<uuid:survey_id>/words", methods=["GET"])
@allow(*FEDERATION)
@refuses(SurveyNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, WordsPageOut)
def list_words(args: dict[str, Any], survey_id: UUID) -> Page:
    """意见建议 · What people wrote

    In an order that tells nothing.
    """
    return queries.words(queries.get(survey_id).id, **args)


@blp.route("/surveys/<uuid:survey_id>/results", methods=["GET"])
@public
@refuses(SurveyNotFound, ResultsNotReady)
@blp.response(200, SurveyResultOut)
def show_results(survey_id: UUID) -> dict[str, Any]:
    """调查结果 · A closed survey's results

    Weighted by stratum, with n, response rate and Wilson's 95 % interval; counted now. Open to everybody.
    """
    return queries.result(survey_id)


@blp.route("/surveys/<uuid:survey_id>/results.xlsx", methods=["GET"])
@public
@refuses(SurveyNotFound, ResultsNotReady)
@blp.response(200, _FILE, content_type=sheets.XLSX)
def export_results(survey_id: UUID) -> Response:
    """调查结果表格 · The same as a spreadsheet

    Open to everybody.
    """
    return Response(surveys.workbook(survey_id=survey_id), mimetype=sheets.XLSX, headers={
        "Content-Disposition": 'attachment; filename="survey.xlsx"'})


@blp.route("/survey-forms/<token>", methods=["GET"])
@public
@fresh
@refuses(InvitationNotFound)
@blp.response(200, SurveyFormOut)
def show_form(token: str) -> dict[str, Any]:
    """问卷 · The questionnaire behind a link

    Open to whoever has the link.
    """
    return surveys.form(token=token)


@blp.route("/survey-forms/<token>/answers", methods=["POST"])
@public
@refuses(InvitationNotFound, SurveyNotOpen, AlreadyAnswered, AnswersDoNotFit)
@blp.arguments(SurveyAnswerIn)
@blp.response(204)
def answer(body: dict[str, Any], token: str) -> None:
    """提交问卷 · Answer the questionnaire behind a link

    Once; what is answered is kept apart from who was asked. Open to whoever has the link.
    """
    surveys.answer(token=token, **body)
