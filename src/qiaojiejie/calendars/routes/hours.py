"""Weekly hours, days with hours of their own, and terms over HTTP: a firm's for its staff, a worker's own."""

from typing import Any
from uuid import UUID

from qiaojiejie.calendars import queries, service as calendars
from qiaojiejie.calendars.errors import HoursOverlap, SpecialDayNotFound
from qiaojiejie.calendars.models import SpecialDay
from qiaojiejie.calendars.routes import blp
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.calendars.schemas import (
    SpecialDayIn, SpecialDayOut, SpecialDayPageOut, TermsSchema, WeeklyHoursIn, WeeklyHoursOut)
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/hours", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.response(200, WeeklyHoursOut)
def show_hours(firm_id: UUID, worker_id: UUID) -> dict[str, Any]:
    """员工每周工作时间 · Show a worker's weekly hours

    For her firm's managers and brokers.
    """
    return {"hours": queries.weekly_hours(queries.staff_no(actor(), firm_id, worker_id))}


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/hours", methods=["PUT"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, HoursOverlap)
@blp.arguments(WeeklyHoursIn)
@blp.response(200, WeeklyHoursOut)
def put_hours(body: dict[str, Any], firm_id: UUID, worker_id: UUID) -> dict[str, Any]:
    """设置员工每周工作时间 · Set a worker's weekly hours

    Replaces all of them; bookings already made stand. For her firm's managers and brokers.
    """
    return {"hours": calendars.set_hours(worker_no=queries.staff_no(actor(), firm_id, worker_id), **hours(body))}


@blp.route("/me/worker/hours", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.response(200, WeeklyHoursOut)
def show_own_hours() -> dict[str, Any]:
    """我的每周工作时间 · Show one's own weekly hours

    For a worker.
    """
    return {"hours": queries.weekly_hours(workers.of_account(actor().account_id).no)}


@blp.route("/me/worker/hours", methods=["PUT"])
@allow(Role.WORKER)
@refuses(WorkerNotFound, HoursOverlap)
@blp.arguments(WeeklyHoursIn)
@blp.response(200, WeeklyHoursOut)
def put_own_hours(body: dict[str, Any]) -> dict[str, Any]:
    """设置我的每周工作时间 · Set one's own weekly hours

    Replaces all of them; bookings already made stand. For a worker.
    """
    return {"hours": calendars.set_hours(worker_no=workers.of_account(actor().account_id).no, **hours(body))}


def hours(body: dict[str, Any]) -> dict[str, Any]:
    """Weekly hours as ``set_hours`` takes them."""
    return {"hours": [(row["weekday"], row["starts"], row["ends"]) for row in body["hours"]]}


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/special-days", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, SpecialDayPageOut)
def list_special_days(page: dict[str, Any], firm_id: UUID, worker_id: UUID) -> Page:
    """员工单独安排的日子 · List a worker's days with hours of their own

    From today on, the nearest first. For her firm's managers and brokers.
    """
    return queries.special_days(worker_no=queries.staff_no(actor(), firm_id, worker_id), **page)


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/special-days", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, HoursOverlap)
@blp.arguments(SpecialDayIn)
@blp.response(201, SpecialDayOut)
def set_special_day(body: dict[str, Any], firm_id: UUID, worker_id: UUID) -> SpecialDay:
    """单独安排员工某一天的时间 · Give a day of a worker's hours of its own

    They stand instead of the weekday's, on a holiday too, and replace what was set for the day before; bookings already
    made stand. For her firm's managers and brokers.
    """
    return calendars.set_day(worker_no=queries.staff_no(actor(), firm_id, worker_id), **day_hours(body))


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/special-days/<uuid:special_day_id>", methods=["DELETE"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, SpecialDayNotFound)
@blp.response(204)
def clear_special_day(firm_id: UUID, worker_id: UUID, special_day_id: UUID) -> None:
    """取消员工某一天的单独安排 · Let a worker's day follow her week again

    For her firm's managers and brokers.
    """
    calendars.clear_day(worker_no=queries.staff_no(actor(), firm_id, worker_id), special_day_id=special_day_id)


@blp.route("/me/worker/special-days", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, SpecialDayPageOut)
def list_own_special_days(page: dict[str, Any]) -> Page:
    """我单独安排的日子 · List one's own days with hours of their own

    From today on, the nearest first. For a worker.
    """
    return queries.special_days(worker_no=workers.of_account(actor().account_id).no, **page)


@blp.route("/me/worker/special-days", methods=["POST"])
@allow(Role.WORKER)
@refuses(WorkerNotFound, HoursOverlap)
@blp.arguments(SpecialDayIn)
@blp.response(201, SpecialDayOut)
def set_own_special_day(body: dict[str, Any]) -> SpecialDay:
    """单独安排我的某一天 · Give a day of one's own hours of its own

    They stand instead of the weekday's, on a holiday too, and replace what was set for the day before; bookings already
    made stand. For a worker.
    """
    return calendars.set_day(worker_no=workers.of_account(actor().account_id).no, **day_hours(body))


@blp.route("/me/worker/special-days/<uuid:special_day_id>", methods=["DELETE"])
@allow(Role.WORKER)
@refuses(WorkerNotFound, SpecialDayNotFound)
@blp.response(204)
def clear_own_special_day(special_day_id: UUID) -> None:
    """取消我某一天的单独安排 · Let one's own day follow the week again

    For a worker.
    """
    calendars.clear_day(worker_no=workers.of_account(actor().account_id).no, special_day_id=special_day_id)


def day_hours(body: dict[str, Any]) -> dict[str, Any]:
    """A day's hours as ``set_day`` takes them."""
    return {"day": body["day"], "hours": [(row["starts"], row["ends"]) for row in body["hours"]]}


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/terms", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.response(200, TermsSchema)
def show_terms(firm_id: UUID, worker_id: UUID) -> Terms:
    """员工接单条件 · Show on what terms a worker takes visits

    Holidays, buffers, notice, horizon; the usual ones until they are set. For her firm's managers and brokers.
    """
    return queries.terms(queries.staff_no(actor(), firm_id, worker_id))


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/terms", methods=["PUT"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.arguments(TermsSchema)
@blp.response(200, TermsSchema)
def put_terms(body: Terms, firm_id: UUID, worker_id: UUID) -> Terms:
    """设置员工接单条件 · Set on what terms a worker takes visits

    Bookings already made stand, with the buffers they had. For her firm's managers and brokers.
    """
    return calendars.set_terms(worker_no=queries.staff_no(actor(), firm_id, worker_id), terms=body)


@blp.route("/me/worker/terms", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.response(200, TermsSchema)
def show_own_terms() -> Terms:
    """我的接单条件 · Show on what terms one takes visits

    Holidays, buffers, notice, horizon; the usual ones until they are set. For a worker.
    """
    return queries.terms(workers.of_account(actor().account_id).no)


@blp.route("/me/worker/terms", methods=["PUT"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(TermsSchema)
@blp.response(200, TermsSchema)
def put_own_terms(body: Terms) -> Terms:
    """设置我的接单条件 · Set on what terms one takes visits

    Bookings already made stand, with the buffers they had. For a worker.
    """
    return calendars.set_terms(worker_no=workers.of_account(actor().account_id).no, terms=body)
