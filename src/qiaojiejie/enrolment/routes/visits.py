"""Visits over HTTP: the federation plans, reports and closes them, the firm answers."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.enrolment.errors import (AnswerStillDue, EvidenceNotYours, FindingsIncomplete, FollowUpRequired,
                                         OwnVisit, VisitInThePast, VisitNotFound, VisitYetToCome, WordsRequired)
from qiaojiejie.enrolment.models import FirmVisit
from qiaojiejie.enrolment.queries import visits as queries
from qiaojiejie.enrolment.routes import blp
from qiaojiejie.enrolment.schemas.visits import (VisitAnswerIn, VisitCardOut, VisitClosureIn, VisitFilter, VisitIn,
                                                 VisitOut, VisitPageOut, VisitReasonIn, VisitReportIn)
from qiaojiejie.enrolment.service import visits
from qiaojiejie.firms.errors import FirmNotFound, OwnFirm
from qiaojiejie.media.errors import MediaNotFound


@blp.route("/firms/<uuid:firm_id>/visits", methods=["POST"])
@allow(*FEDERATION)
@refuses(FirmNotFound, OwnFirm, VisitInThePast)
@blp.arguments(VisitIn)
@blp.response(201, VisitCardOut)
def plan(body: dict[str, Any], firm_id: UUID) -> FirmVisit:
    """安排走访 · Plan a visit to a firm

    By the federation, announced or not; of an unannounced one the firm learns from its report.
    """
    return visits.plan(actor=actor(), firm_id=firm_id, **body)


@blp.route("/firms/<uuid:firm_id>/visits", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, VisitPageOut)
def list_of_firm(filters: dict[str, Any], firm_id: UUID) -> Page:
    """企业走访记录 · List the visits to a firm

    Newest first, to its own members and the federation.
    """
    return queries.of_firm(actor(), firm_id, **filters)


@blp.route("/federation/visits", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(VisitFilter, location="query")
@blp.response(200, VisitPageOut)
def list_by_due(filters: dict[str, Any]) -> Page:
    """走访安排 · List visits by the day they are due

    Those that are not over, unless a state is named.
    """
    return queries.by_due(**filters)


@blp.route("/firms/<uuid:firm_id>/visits/<uuid:visit_id>", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound, VisitNotFound)
@blp.response(200, VisitOut)
def show_visit(firm_id: UUID, visit_id: UUID) -> FirmVisit:
    """走访详情 · Show a visit, what it found and what the firm says

    To the firm's own members and the federation, whose look at the firm's words is recorded.
    """
    return visits.read(actor=actor(), firm_id=firm_id, visit_id=visit_id)


@blp.route("/firms/<uuid:firm_id>/visits/<uuid:visit_id>/photos/<uuid:media_id>", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound, VisitNotFound, MediaNotFound)
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
def show_photo(firm_id: UUID, visit_id: UUID, media_id: UUID) -> Response:
    """走访照片 · Get a photo from a visit's report"""
    found, content = queries.photo(queries.of_insider(actor(), firm_id, visit_id), media_id)
    return Response(content, mimetype=found.content_type, headers={
        "Content-Disposition": f"inline; filename={found.id}", "Cache-Control": "private, no-cache"})


@blp.route("/federation/visits/<uuid:visit_id>/cancellations", methods=["POST"])
@allow(*FEDERATION)
@refuses(VisitNotFound, OwnFirm, StepNotPossible)
@blp.arguments(VisitReasonIn)
@blp.response(201, VisitCardOut)
def cancel(body: dict[str, Any], visit_id: UUID) -> FirmVisit:
    """取消走访 · Call a planned visit off"""
    return visits.cancel(actor=actor(), visit_id=visit_id, **body)


@blp.route("/federation/visits/<uuid:visit_id>/reports", methods=["POST"])
@allow(*FEDERATION)
@refuses(VisitNotFound, OwnFirm, EvidenceNotYours, StepNotPossible, VisitYetToCome, FindingsIncomplete,
         FollowUpRequired)
@blp.arguments(VisitReportIn)
@blp.response(201, VisitCardOut)
def report(body: dict[str, Any], visit_id: UUID) -> FirmVisit:
    """填写走访记录 · Report what a visit found

    Item by item of the checklist, with photos; faults need a day by which they are mended. The firm's managers are
    told.
    """
    return visits.report(actor=actor(), visit_id=visit_id, **body)


@blp.route("/firms/<uuid:firm_id>/visits/<uuid:visit_id>/answers", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, VisitNotFound, StepNotPossible, WordsRequired)
@blp.arguments(VisitAnswerIn)
@blp.response(201, VisitOut)
def answer(body: dict[str, Any], firm_id: UUID, visit_id: UUID) -> FirmVisit:
    """企业答复 · Acknowledge a visit's report, or object to it

    By the firm's manager, once.
    """
    return visits.answer(actor=actor(), firm_id=firm_id, visit_id=visit_id, **body)


@blp.route("/federation/visits/<uuid:visit_id>/closures", methods=["POST"])
@allow(*FEDERATION)
@refuses(VisitNotFound, OwnFirm, StepNotPossible, AnswerStillDue, OwnVisit)
@blp.arguments(VisitClosureIn)
@blp.response(201, VisitCardOut)
def close(body: dict[str, Any], visit_id: UUID) -> FirmVisit:
    """办结走访 · Close a visit with what came of it

    One the firm has not answered only after its time to answer; one it objected to by somebody other than its visitor.
    """
    return visits.close(actor=actor(), visit_id=visit_id, **body)
