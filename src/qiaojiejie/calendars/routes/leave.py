"""Leave over HTTP: a firm's for its staff, a worker's own."""

from typing import Any
from uuid import UUID

from qiaojiejie.calendars import queries, service as calendars
from qiaojiejie.calendars.errors import LeaveNotFound, LeaveOverlaps
from qiaojiejie.calendars.models import WorkerInterval
from qiaojiejie.calendars.routes import blp
from qiaojiejie.calendars.schemas import LeaveIn, LeaveOut, LeavePageOut
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/leave", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, LeavePageOut)
def list_leave(page: dict[str, Any], firm_id: UUID, worker_id: UUID) -> Page:
    """员工请假 · List a worker's leave

    What is not over yet, newest entry first. For her firm's managers and brokers.
    """
    return queries.leaves(worker_no=queries.staff_no(actor(), firm_id, worker_id), **page)


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/leave", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, LeaveOverlaps)
@blp.arguments(LeaveIn)
@blp.response(201, LeaveOut)
def add_leave(body: dict[str, Any], firm_id: UUID, worker_id: UUID) -> WorkerInterval:
    """登记员工请假 · Enter a worker's leave

    Refused where she is engaged: move or decline that booking first. For her firm's managers and brokers.
    """
    return calendars.add_leave(worker_no=queries.staff_no(actor(), firm_id, worker_id), **body)


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/leave/<uuid:leave_id>", methods=["DELETE"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, LeaveNotFound)
@blp.response(204)
def remove_leave(firm_id: UUID, worker_id: UUID, leave_id: UUID) -> None:
    """撤销员工请假 · Take a worker's leave back

    For her firm's managers and brokers.
    """
    calendars.remove_leave(worker_no=queries.staff_no(actor(), firm_id, worker_id), leave_id=leave_id)


@blp.route("/me/worker/leave", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, LeavePageOut)
def list_own_leave(page: dict[str, Any]) -> Page:
    """我的请假 · List one's own leave

    What is not over yet, newest entry first. For a worker.
    """
    return queries.leaves(worker_no=workers.of_account(actor().account_id).no, **page)


@blp.route("/me/worker/leave", methods=["POST"])
@allow(Role.WORKER)
@refuses(WorkerNotFound, LeaveOverlaps)
@blp.arguments(LeaveIn)
@blp.response(201, LeaveOut)
def add_own_leave(body: dict[str, Any]) -> WorkerInterval:
    """我要请假 · Enter one's own leave

    Refused where she is engaged: settle that booking first. For a worker.
    """
    return calendars.add_leave(worker_no=workers.of_account(actor().account_id).no, **body)


@blp.route("/me/worker/leave/<uuid:leave_id>", methods=["DELETE"])
@allow(Role.WORKER)
@refuses(WorkerNotFound, LeaveNotFound)
@blp.response(204)
def remove_own_leave(leave_id: UUID) -> None:
    """撤销我的请假 · Take one's own leave back

    For a worker.
    """
    calendars.remove_leave(worker_no=workers.of_account(actor().account_id).no, leave_id=leave_id)
