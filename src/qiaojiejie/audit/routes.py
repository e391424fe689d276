"""Audits over HTTP: plans, draws and reports open to everybody, tasks and flags to the federation."""

from typing import Any
from uuid import UUID

from qiaojiejie.audit import queries, service as audits
from qiaojiejie.audit.errors import (AnswersDoNotFit, AuditNotFound, AuditNotUnderWay, AuditTaskNotFound, CheckNotFound,
                                     CommitmentUsed, DefectDoesNotFit, DrawTooSoon, FlagNotFound, FourEyes,
                                     NoCheckpointYet, NonceDoesNotMatch, NotAnAuditor, NothingToSample,
                                     PeriodDoesNotFit, ReasonMissing, ReportNotFound, TasksUnderWay, TooEarlyToDraw)
from qiaojiejie.audit.models import Audit, AuditCall, AuditFinding, AuditFlag, AuditTask
from qiaojiejie.audit.queries import completeness
from qiaojiejie.audit.schemas import (AuditAssignmentIn, AuditCallIn, AuditCallOut, AuditCancelIn, AuditCardOut,
                                      AuditDrawIn, AuditFilter, AuditFindingIn, AuditFindingOut, AuditIn, AuditLookIn,
                                      AuditOut, AuditPeopleOut, AuditReportOut, AuditReviewIn, AuditTaskAssignmentIn,
                                      AuditTaskFileOut, AuditTaskFilter, AuditTaskOut, CompletenessOut, FlagFilter,
                                      FlagOut, FlagStepIn, MissingOut)
from qiaojiejie.core.access import FEDERATION, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of

blp = Blueprint("audit", description="核查 · Audits of the public log")


@blp.route("/audits", methods=["POST"])
@allow(*FEDERATION)
@refuses(DrawTooSoon, PeriodDoesNotFit, CommitmentUsed)
@blp.arguments(AuditIn)
@blp.response(201, AuditCardOut)
def plan(body: dict[str, Any]) -> Audit:
    """制定核查计划 · Plan an audit

    What is sampled, of which days, to find which defect rate; SHA-256 of a nonce kept secret until the draw; and which
    public draw will be mixed in, at least seven days from now. It goes into the public log.
    """
    return audits.plan(actor=actor(), **body)


@blp.route("/audits", methods=["GET"])
@public
@blp.arguments(AuditFilter, location="query")
@blp.response(200, page_of(AuditCardOut))
def list_audits(args: dict[str, Any]) -> Page:
    """核查列表 · List audits

    Newest first: planned, drawn, reported and cancelled ones.
    """
    return queries.page(state=args.get("state"), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/audits/<uuid:audit_id>", methods=["GET"])
@public
@refuses(AuditNotFound)
@blp.response(200, AuditOut)
def show(audit_id: UUID) -> dict[str, Any]:
    """核查详情 · Read an audit

    With everything from which anybody works out the sample again (`credit-audit sample`).
    """
    return queries.shown(audit_id)


@blp.route("/audits/<uuid:audit_id>/draw", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditNotFound, StepNotPossible, TooEarlyToDraw, NonceDoesNotMatch, NoCheckpointYet, NothingToSample)
@blp.arguments(AuditDrawIn)
@blp.response(200, AuditCardOut)
def draw(body: dict[str, Any], audit_id: UUID) -> Audit:
    """抽样 · Draw the sample

    Reveals the nonce and the public draw's outcome. With the log's first checkpoint of the day of the draw they give
    the sample; each leaf of it becomes a task.
    """
    return audits.draw(actor=actor(), audit_id=audit_id, **body)


@blp.route("/audits/<uuid:audit_id>/cancellation", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditNotFound, StepNotPossible)
@blp.arguments(AuditCancelIn)
@blp.response(200, AuditCardOut)
def cancel(body: dict[str, Any], audit_id: UUID) -> Audit:
    """取消核查 · Cancel an audit

    For a reason everybody reads: no draw is dropped in silence.
    """
    return audits.cancel(actor=actor(), audit_id=audit_id, **body)


@blp.route("/audits/<uuid:audit_id>/assignments", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditNotFound, AuditNotUnderWay, NotAnAuditor)
@blp.arguments(AuditAssignmentIn)
@blp.response(200, AuditCardOut)
def assign(body: dict[str, Any], audit_id: UUID) -> Audit:
    """分派任务 · Share the open tasks out

    In turn among these accounts of the federation.
    """
    return audits.assign(actor=actor(), audit_id=audit_id, **body)


@blp.route("/audits/<uuid:audit_id>/tasks", methods=["GET"])
@allow(*FEDERATION)
@refuses(AuditNotFound)
@blp.arguments(AuditTaskFilter, location="query")
@blp.response(200, page_of(AuditTaskOut))
def list_tasks(args: dict[str, Any], audit_id: UUID) -> Page:
    """任务列表 · List an audit's tasks

    In the order of the log.
    """
    return queries.tasks(audit_id=audit_id, state=args.get("state"), assigned_to=args.get("assigned_to"),
                         cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/audits/<uuid:audit_id>/report", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditNotFound, StepNotPossible, TasksUnderWay)
@blp.response(201, AuditReportOut)
def publish(audit_id: UUID) -> dict[str, Any]:
    """公布报告 · Publish the report

    Once a second reviewer accepted every finding. Its digest goes into the public log.
    """
    return audits.publish(actor=actor(), audit_id=audit_id)


@blp.route("/audits/<uuid:audit_id>/report", methods=["GET"])
@public
@refuses(AuditNotFound, ReportNotFound)
@blp.response(200, AuditReportOut)
def report(audit_id: UUID) -> dict[str, Any]:
    """核查报告 · Read a published report

    Counts, the defect rate with its upper bound at 95 %, and the verdict on each leaf.
    """
    return queries.report(audit_id)


@blp.route("/audits/tasks", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(AuditTaskOut))
def my_tasks(args: dict[str, Any]) -> Page:
    """我的核查任务 · List what you have to look into

    The earliest due first.
    """
    return queries.tasks_of(actor().account_id, cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/audits/tasks/<uuid:audit_task_id>", methods=["GET"])
@allow(*FEDERATION)
@refuses(AuditTaskNotFound)
@blp.response(200, AuditTaskFileOut)
def read_task(audit_task_id: UUID) -> dict[str, Any]:
    """任务详情 · Read a task

    The leaf, what the platform keeps of the same (names masked), the questions to ask, calls and findings. Every look
    is recorded.
    """
    return audits.read(actor=actor(), task_id=audit_task_id)


@blp.route("/audits/tasks/<uuid:audit_task_id>/assignment", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditTaskNotFound, AuditNotUnderWay, NotAnAuditor, StepNotPossible)
@blp.arguments(AuditTaskAssignmentIn)
@blp.response(200, AuditTaskOut)
def reassign(body: dict[str, Any], audit_task_id: UUID) -> AuditTask:
    """改派任务 · Give a task to somebody

    Until a finding waits for its review.
    """
    return audits.reassign(actor=actor(), task_id=audit_task_id, **body)


@blp.route("/audits/tasks/<uuid:audit_task_id>/looks", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditTaskNotFound, AuditNotUnderWay)
@blp.arguments(AuditLookIn)
@blp.response(200, AuditPeopleOut)
def unmask(body: dict[str, Any], audit_task_id: UUID) -> dict[str, Any]:
    """查看联系方式 · See who can be called

    Names and phones in plain, for a reason; every look is recorded with it.
    """
    return audits.unmask(actor=actor(), task_id=audit_task_id, **body)


@blp.route("/audits/tasks/<uuid:audit_task_id>/calls", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditTaskNotFound, AuditNotUnderWay, NotYourStep, StepNotPossible, AnswersDoNotFit)
@blp.arguments(AuditCallIn)
@blp.response(201, AuditCallOut)
def call(body: dict[str, Any], audit_task_id: UUID) -> AuditCall:
    """登记回访 · Write a call-back down

    By whose task it is.
    """
    return audits.call(actor=actor(), task_id=audit_task_id, **body)


@blp.route("/audits/tasks/<uuid:audit_task_id>/findings", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditTaskNotFound, AuditNotUnderWay, NotYourStep, StepNotPossible, DefectDoesNotFit)
@blp.arguments(AuditFindingIn)
@blp.response(201, AuditFindingOut)
def find(body: dict[str, Any], audit_task_id: UUID) -> AuditFinding:
    """提交结论 · Say what was found

    Sound, a defect of a kind, or not verifiable; another account reviews it.
    """
    return audits.find(actor=actor(), task_id=audit_task_id, **body)


@blp.route("/audits/tasks/<uuid:audit_task_id>/reviews", methods=["POST"])
@allow(*FEDERATION)
@refuses(AuditTaskNotFound, AuditNotUnderWay, FourEyes, StepNotPossible, ReasonMissing)
@blp.arguments(AuditReviewIn)
@blp.response(200, AuditFindingOut)
def review(body: dict[str, Any], audit_task_id: UUID) -> AuditFinding:
    """复核 · Review a finding

    By another account than wrote it: accepted, or returned with a reason.
    """
    return audits.review(actor=actor(), task_id=audit_task_id, **body)


@blp.route("/audits/flags", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(FlagFilter, location="query")
@blp.response(200, page_of(FlagOut))
def list_flags(args: dict[str, Any]) -> Page:
    """异常提示 · List what looks odd

    Newest first. For auditors' eyes; no part of any score.
    """
    return queries.flags(state=args["state"], kind=args.get("kind"), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/audits/flags/<uuid:flag_id>/steps", methods=["POST"])
@allow(*FEDERATION)
@refuses(FlagNotFound, StepNotPossible, ReasonMissing)
@blp.arguments(FlagStepIn)
@blp.response(200, FlagOut)
def step_flag(body: dict[str, Any], flag_id: UUID) -> AuditFlag:
    """查看或办结提示 · Look into a flag, or close it

    Closing needs words; it is not raised again for 90 days.
    """
    return audits.step_flag(actor=actor(), flag_id=flag_id, **body)


@blp.route("/federation/completeness", methods=["GET"])
@allow(*FEDERATION)
@blp.response(200, CompletenessOut)
def complete() -> dict[str, Any]:
    """完整性 · Is everything in the log that must be?

    Every paid booking, every complaint older than three days, counters without holes, standings as published.
    """
    return completeness.counts()


@blp.route("/federation/completeness/<check>", methods=["GET"])
@allow(*FEDERATION)
@refuses(CheckNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(MissingOut))
def missing(args: dict[str, Any], check: str) -> Page:
    """缺失明细 · List what is missing by one check

    What there is none of is an empty page.
    """
    return completeness.missing(check, cursor=args.get("cursor"), limit=args["limit"])
