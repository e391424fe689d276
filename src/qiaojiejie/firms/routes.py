"""Firms over HTTP: the register open to everybody, a firm's own application, the federation's decisions."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion, UnknownService
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, public
from qiaojiejie.core.clock import today
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms import queries, service as firms
from qiaojiejie.firms.errors import (FirmAlreadyRegistered, FirmNotFound, LicenceLapsed, LicenceNotYours,
                                     NotChangeableNow, OwnFirm, ReasonDoesNotFit, ReasonsRequired, RenewalNotFound,
                                     RenewalNotNow, RenewalWaiting)
from qiaojiejie.firms.models import AnswerWindow, Firm, FirmDecision, FirmRenewal
from qiaojiejie.firms.schemas import (
    AnswerWindowIn, AnswerWindowOut, AnswerWindowPageOut, ApplicationFilter, FirmApplicationOut, FirmDecisionIn,
    FirmDecisionOut, FirmDecisionPageOut, FirmFilter, FirmIn, FirmOut, FirmOwnOut, FirmOwnPageOut, FirmPageOut,
    FirmPatchIn, FirmRenewalDecisionIn, FirmRenewalIn, FirmRenewalOut, FirmRenewalPageOut)

blp = Blueprint("firms", description="家政企业 · Housekeeping firms")


@blp.route("/firms", methods=["GET"])
@public
@blp.arguments(FirmFilter, location="query")
@blp.response(200, FirmPageOut)
def list_firms(filters: dict[str, Any]) -> Page:
    """企业名录 · List the firms on the platform

    By name or newest first; suspended firms are listed as such, applicants are not. Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/firms", methods=["POST"])
@allow()
@refuses(FirmAlreadyRegistered, UnknownRegion, LicenceNotYours, LicenceLapsed)
@blp.arguments(FirmIn)
@blp.response(201, FirmOwnOut)
def register(body: dict[str, Any]) -> Firm:
    """企业申请入驻 · Apply for the platform with a firm

    Any signed-in account may apply, and becomes the firm's manager at once, so that she can mend the application.
    The federation decides.
    """
    return firms.register(actor=actor(), **body)


@blp.route("/firms/<uuid:firm_id>", methods=["GET"])
@public
@refuses(FirmNotFound)
@blp.response(200, FirmOut)
def show_firm(firm_id: UUID) -> dict[str, Any]:
    """企业公开档案 · Show a firm's open file

    Registration, mode, grade, districts, years, licence and the dates of the federation's decisions. Open to
    everybody once the firm is on the platform; an applicant's file is not found here.
    """
    return queries.open_file(firm_id, today())


@blp.route("/firms/<uuid:firm_id>", methods=["PATCH"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, NotChangeableNow, UnknownRegion, LicenceNotYours, LicenceLapsed)
@blp.arguments(FirmPatchIn)
@blp.response(200, FirmOwnOut)
def change(body: dict[str, Any], firm_id: UUID) -> Firm:
    """修改企业资料 · Change a firm's file

    By its manager. Before the firm is on the platform everything but the USCC, unless the federation is reviewing it
    just then; afterwards phone, description and districts only; a new licence is sent in as a renewal.
    """
    return firms.change(actor=actor(), firm_id=firm_id, **body)


@blp.route("/firms/<uuid:firm_id>/resubmissions", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, StepNotPossible, LicenceLapsed)
@blp.response(201, FirmOwnOut)
def resubmit(firm_id: UUID) -> Firm:
    """重新提交申请 · Send a returned application in again

    By the firm's manager, once what the federation named is mended.
    """
    return firms.resubmit(actor=actor(), firm_id=firm_id)


@blp.route("/firms/<uuid:firm_id>/application", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound)
@blp.response(200, FirmApplicationOut)
def show_application(firm_id: UUID) -> Firm:
    """企业申请资料 · Show a firm's whole file

    In whatever state, to its own members and the federation. The legal representative is named in full, so every
    answer leaves a look in the audit.
    """
    return firms.open_application(actor=actor(), firm_id=firm_id)


@blp.route("/firms/applications", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(ApplicationFilter, location="query")
@blp.response(200, FirmOwnPageOut)
def list_applications(filters: dict[str, Any]) -> Page:
    """待审核企业 · List the applications that wait

    For the federation; longest waiting first.
    """
    return queries.waiting(**filters)


@blp.route("/firms/<uuid:firm_id>/decisions", methods=["POST"])
@allow(*FEDERATION)
@refuses(FirmNotFound, OwnFirm, StepNotPossible, ReasonsRequired, ReasonDoesNotFit, LicenceLapsed)
@blp.arguments(FirmDecisionIn)
@blp.response(201, FirmDecisionOut)
def decide(body: dict[str, Any], firm_id: UUID) -> FirmDecision:
    """审核企业 · Decide on a firm

    By the federation, never by a member of that firm: `start_review`, `return` (with reasons), `accept`, `suspend`
    (with reasons), `resume`; `close` (with reasons) ends an application for good and gives its credit code free: one
    left unmended, or not made by the firm itself. The firm's managers are told.
    """
    return firms.decide(actor=actor(), firm_id=firm_id, **body)


@blp.route("/firms/<uuid:firm_id>/decisions", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, FirmDecisionPageOut)
def list_decisions(filters: dict[str, Any], firm_id: UUID) -> Page:
    """审核记录 · List what was decided on a firm

    Newest first, with reasons, to its own members and the federation.
    """
    return queries.decisions(queries.of_insider(actor(), firm_id).id, **filters)


@blp.route("/me/firms", methods=["GET"])
@allow()
@blp.arguments(PageFilter, location="query")
@blp.response(200, FirmOwnPageOut)
def list_my_firms(filters: dict[str, Any]) -> Page:
    """我的企业 · List the firms I manage or broker for

    In whatever state, newest first.
    """
    return queries.of_account(actor().account_id, **filters)


@blp.route("/firms/<uuid:firm_id>/licence-renewals", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, RenewalNotNow, RenewalWaiting, LicenceNotYours, LicenceLapsed)
@blp.arguments(FirmRenewalIn)
@blp.response(201, FirmRenewalOut)
def renew(body: dict[str, Any], firm_id: UUID) -> FirmRenewal:
    """营业执照换证 · Send a new licence in

    By the manager of a firm on the platform, one at a time. The old licence stands until the federation accepts it.
    """
    return firms.renew(actor=actor(), firm_id=firm_id, **body)


@blp.route("/firms/<uuid:firm_id>/licence-renewals", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, FirmRenewalPageOut)
def list_renewals(filters: dict[str, Any], firm_id: UUID) -> Page:
    """换证记录 · List the new licences a firm sent in

    Newest first, to its own members and the federation.
    """
    return queries.renewals_of(queries.of_insider(actor(), firm_id).id, **filters)


@blp.route("/firms/licence-renewals", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, FirmRenewalPageOut)
def list_waiting_renewals(filters: dict[str, Any]) -> Page:
    """待审核换证 · List the new licences that wait

    For the federation; longest waiting first.
    """
    return queries.renewals_waiting(**filters)


@blp.route("/firms/licence-renewals/<uuid:renewal_id>/decisions", methods=["POST"])
@allow(*FEDERATION)
@refuses(RenewalNotFound, OwnFirm, StepNotPossible, ReasonsRequired, LicenceLapsed)
@blp.arguments(FirmRenewalDecisionIn)
@blp.response(201, FirmRenewalOut)
def decide_renewal(body: dict[str, Any], renewal_id: UUID) -> FirmRenewal:
    """审核换证 · Decide on a new licence

    By the federation, never by a member of that firm: `accept`, or `refuse` with a note. The firm's managers are told.
    """
    return firms.decide_renewal(actor=actor(), renewal_id=renewal_id, **body)


@blp.route("/firms/<uuid:firm_id>/answer-windows", methods=["GET"])
@public
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, AnswerWindowPageOut)
def list_answer_windows(filters: dict[str, Any], firm_id: UUID) -> Page:
    """企业答复时限 · List the services a firm is asked for first

    Those of which a paid booking stands only once the firm accepts, and how long it has. All others stand once paid.
    """
    return queries.answer_windows(firm_id, **filters)


@blp.route("/firms/<uuid:firm_id>/answer-windows/<string:service_code>", methods=["PUT"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, UnknownService)
@blp.arguments(AnswerWindowIn)
@blp.response(200, AnswerWindowOut)
def set_answer_window(body: dict[str, Any], firm_id: UUID, service_code: str) -> AnswerWindow:
    """设定答复时限 · Be asked before a booking of a service stands

    By the firm's manager: 30 minutes to 24 hours, or null to have paid bookings stand at once. What was quoted before
    keeps its own.
    """
    return firms.set_answer_window(actor=actor(), firm_id=firm_id, service_code=service_code, **body)
