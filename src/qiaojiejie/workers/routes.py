"""A firm's staff over HTTP, and a worker's own file. The staff of another firm is not found."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion, UnknownService
from qiaojiejie.core.access import FIRM, Role, actor, allow, public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.workers import queries, service as workers
from qiaojiejie.workers.errors import (AlreadyOnStaff, FirmNotOpen, LeftBeforeJoining, NameDiffers, OfferedTwice,
                                       PhotoNotYours, WorkerElsewhere, WorkerNotFound)
from qiaojiejie.workers.rules import Entry
from qiaojiejie.workers.schemas import (DepartureIn, OfferIn, RevealIn, RevealOut, StaffFiguresOut, StaffFileOut,
                                        StaffFilter, StaffMemberPageOut, WorkerIn, WorkerOwnIn, WorkerOwnOut,
                                        WorkerPatchIn)

blp = Blueprint("workers", description="家政服务员 · Workers and a firm's staff")


@blp.route("/firms/<uuid:firm_id>/staff", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound)
@blp.arguments(StaffFilter, location="query")
@blp.response(200, StaffMemberPageOut)
def list_staff(filters: dict[str, Any], firm_id: UUID) -> Page:
    """员工名册 · List a firm's staff

    For its managers and brokers, in the order they came to the platform; names, phones and ID numbers masked.
    """
    firms.require_member(actor(), firm_id)
    return queries.staff(firm_id, **filters)


@blp.route("/firms/<uuid:firm_id>/staff-figures", methods=["GET"])
@public
@refuses(FirmNotFound)
@blp.response(200, StaffFiguresOut)
def staff_figures(firm_id: UUID) -> Any:
    """员工概况 · How many work for a firm

    Part of the file open to everybody: how many, and of how many what was verified by the federation's reviewers.
    """
    return queries.figures(firm_id)


@blp.route("/firms/<uuid:firm_id>/staff", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, UnknownRegion, FirmNotOpen, AlreadyOnStaff, WorkerElsewhere, NameDiffers)
@blp.arguments(WorkerIn)
@blp.response(201, StaffFileOut)
def add_staff(body: dict[str, Any], firm_id: UUID) -> dict[str, Any]:
    """登记员工 · Take a person on

    One person has one file for ever, by her ID number: someone who left another firm brings hers along. She signs in
    with this phone and may then act as worker. She is listed once her identity is verified and she offers something.
    """
    firm = firms.of_member(actor(), firm_id)
    return queries.file_of(workers.admit(firm=firm, actor=actor(), entry=Entry(**body)))


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.response(200, StaffFileOut)
def show_staff(firm_id: UUID, worker_id: UUID) -> dict[str, Any]:
    """员工档案 · Show a worker's file

    For her firm's managers and brokers; name, phone and ID number masked.
    """
    firms.require_member(actor(), firm_id)
    return queries.file_of(queries.of_firm(firm_id, worker_id))


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>", methods=["PATCH"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, UnknownRegion, PhotoNotYours)
@blp.arguments(WorkerPatchIn)
@blp.response(200, StaffFileOut)
def change_staff(body: dict[str, Any], firm_id: UUID, worker_id: UUID) -> dict[str, Any]:
    """修改员工档案 · Change a worker's file

    For her firm's managers and brokers. With a new phone, the account of that phone acts as the worker from now on.
    """
    firms.require_member(actor(), firm_id)
    worker = queries.of_firm(firm_id, worker_id, lock=True)
    return queries.file_of(workers.change(worker=worker, actor=actor(), **body))


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/departures", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, LeftBeforeJoining)
@blp.arguments(DepartureIn)
@blp.response(201, StaffFileOut)
def leave(body: dict[str, Any], firm_id: UUID, worker_id: UUID) -> dict[str, Any]:
    """办理离职 · Record that a worker left

    She is on no list from now on and may join another firm. Bookings already made with her stand: decline those that
    she won't do before you record it.
    """
    firms.require_member(actor(), firm_id)
    worker = queries.of_firm(firm_id, worker_id, lock=True)
    return queries.file_of(workers.leave(worker=worker, actor=actor(), **body))


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/reveals", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.arguments(RevealIn)
@blp.response(200, RevealOut)
def reveal(body: dict[str, Any], firm_id: UUID, worker_id: UUID) -> dict[str, str]:
    """查看完整信息 · See plain values

    For her firm's managers and brokers. Who looked at which field, and why, stays on record.
    """
    firms.require_member(actor(), firm_id)
    return workers.unmask(worker=queries.of_firm(firm_id, worker_id), actor=actor(), **body)


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/services", methods=["PUT"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, UnknownService, OfferedTwice)
@blp.arguments(OfferIn(many=True))
@blp.response(200, StaffFileOut)
def price_services(body: list[dict[str, Any]], firm_id: UUID, worker_id: UUID) -> dict[str, Any]:
    """服务项目与价格 · Say what a worker offers, and at what wage

    The whole list: what is not in it, she no longer offers. A price given here is no longer provisional.
    """
    firms.require_member(actor(), firm_id)
    worker = queries.of_firm(firm_id, worker_id, lock=True)
    return queries.file_of(workers.offer(worker=worker, actor=actor(), services=body))


@blp.route("/me/worker", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.response(200, WorkerOwnOut)
def own_file() -> dict[str, Any]:
    """我的档案 · Show my own file

    A worker's own data, nothing masked, with the card families see.
    """
    return queries.file_of(queries.of_account(actor().account_id))


@blp.route("/me/worker", methods=["PATCH"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(WorkerOwnIn)
@blp.response(200, WorkerOwnOut)
def change_own(body: dict[str, Any]) -> dict[str, Any]:
    """修改我的介绍 · Change how I introduce myself"""
    worker = queries.of_account(actor().account_id, lock=True)
    return queries.file_of(workers.change(worker=worker, actor=actor(), **body))
