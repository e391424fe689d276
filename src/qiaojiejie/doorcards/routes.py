"""Door cards over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import Role, actor, allow, public, visitor
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.doorcards import queries, service as doorcards
from qiaojiejie.doorcards.errors import (DoorTokenInvalid, DoorTokenOver, GrantNotFound, GrantTooLong, NotYourBooking)
from qiaojiejie.doorcards.models import FileGrant
from qiaojiejie.doorcards.schemas import (DoorCardOut, DoorScanOut, DoorTokenIn, GrantedFileOut, GrantIn, GrantOut,
                                          GrantPageOut, ScanPageOut)
from qiaojiejie.identity.schemas import LookOut
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("doorcards", description="上门服务证 · Door cards: who stands at the door, and a deeper look by grant")


@blp.route("/workers/<uuid:worker_id>/door-card", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.response(200, DoorCardOut)
def show_card(worker_id: UUID) -> dict[str, Any]:
    """出示上门服务证 · My door card, with the token for its QR

    The token lives 60 seconds; the colour is worked out from dated papers now.
    """
    return doorcards.card(actor=actor(), worker_id=worker_id)


@blp.route("/door-cards/scans", methods=["POST"])
@public
@refuses(DoorTokenInvalid, DoorTokenOver, WorkerNotFound)
@blp.arguments(DoorTokenIn)
@blp.response(200, DoorScanOut)
def scan(body: dict[str, Any]) -> dict[str, Any]:
    """扫描上门服务证 · Who stands at the door?

    Who she is, her firm, her colour and why. A family that signs in is told whether she is whom it booked for now, and
    what it can do about the visit. Open to everybody.
    """
    return doorcards.scan(visitor=visitor(), **body)


@blp.route("/me/door-scans", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ScanPageOut)
def list_scans(args: dict[str, Any]) -> Page:
    """谁扫过我的证 · When my card was scanned"""
    return queries.scans(actor(), **args)


@blp.route("/me/file-looks", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(LookOut))
def list_looks(args: dict[str, Any]) -> Page:
    """谁看过我的档案 · Who looked at my file unmasked

    Firms, the federation, and families by my grants; newest first.
    """
    return queries.looks(actor(), **args)


@blp.route("/file-grants", methods=["GET"])
@allow(Role.WORKER, Role.HOUSEHOLD)
@blp.arguments(PageFilter, location="query")
@blp.response(200, GrantPageOut)
def list_grants(args: dict[str, Any]) -> Page:
    """档案授权 · List the grants I gave, or my family was given"""
    return queries.grants(actor(), **args)


@blp.route("/file-grants", methods=["POST"])
@allow(Role.WORKER)
@refuses(WorkerNotFound, NotYourBooking, GrantTooLong)
@blp.arguments(GrantIn)
@blp.response(201, GrantOut)
def grant(body: dict[str, Any]) -> FileGrant:
    """授权查看档案 · Let the family of a booking see some of my file

    Which fields, until when: 90 days at most.
    """
    return doorcards.grant(actor=actor(), **body)


@blp.route("/file-grants/<uuid:grant_id>/revocations", methods=["POST"])
@allow(Role.WORKER)
@refuses(GrantNotFound, StepNotPossible)
@blp.response(200, GrantOut)
def revoke(grant_id: UUID) -> FileGrant:
    """收回授权 · Take a grant back"""
    return doorcards.revoke(actor=actor(), grant_id=grant_id)


@blp.route("/file-grants/<uuid:grant_id>/looks", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(GrantNotFound)
@blp.response(200, GrantedFileOut)
def look(grant_id: UUID) -> dict[str, Any]:
    """查看授权档案 · See what a grant shows

    Each field leaves a look that the worker can read.
    """
    return doorcards.look(actor=actor(), grant_id=grant_id)
