"""Disputed card payments over HTTP, and what is given up of a firm's debt."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.disputes import queries
from qiaojiejie.disputes import service as disputes
from qiaojiejie.disputes.errors import DisputeNotFound, MoreThanOwed
from qiaojiejie.disputes.models import Dispute, WriteOff
from qiaojiejie.disputes.schemas import (
    DisputeFilter, DisputeOut, DisputePageOut, WriteOffIn, WriteOffOut, WriteOffPageOut)
from qiaojiejie.firms.errors import FirmNotFound

blp = Blueprint("disputes", description="拒付争议 · Card payments a bank takes back, and who bears it")


@blp.route("/federation/disputes", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(DisputeFilter, location="query")
@blp.response(200, DisputePageOut)
def every_dispute(query: dict[str, Any]) -> Page:
    """全部争议 · All disputes, newest first

    To the federation.
    """
    return queries.page(**query)


@blp.route("/disputes", methods=["GET"])
@allow(*FIRM)
@blp.arguments(DisputeFilter, location="query")
@blp.response(200, DisputePageOut)
def own_disputes(query: dict[str, Any]) -> Page:
    """本企业的争议 · Disputes of one's own firm's bookings, newest first"""
    return queries.page(firm_id=actor().org_id, **query)


@blp.route("/disputes/<uuid:dispute_id>", methods=["GET"])
@allow(*FIRM, *FEDERATION)
@refuses(DisputeNotFound)
@blp.response(200, DisputeOut)
def show_dispute(dispute_id: UUID) -> Dispute:
    """查看争议 · One dispute

    To the firm of the booking and the federation.
    """
    return queries.of_party(actor(), dispute_id)[0]


@blp.route("/disputes/<uuid:dispute_id>/evidence", methods=["POST"])
@allow(Role.FIRM_MANAGER, *FEDERATION)
@refuses(DisputeNotFound, StepNotPossible)
@blp.response(201, DisputeOut)
def answer_dispute(dispute_id: UUID) -> Dispute:
    """提交举证 · Contest a dispute with what is on record

    By the firm's manager or the federation, once: the bank then decides. The evidence is made of what the platform
    recorded (when she came, with the family's door code, when she left, each step); it names nobody.
    """
    return disputes.answer(actor=actor(), dispute_id=dispute_id)


@blp.route("/disputes/<uuid:dispute_id>/concessions", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(DisputeNotFound, StepNotPossible)
@blp.response(201, DisputeOut)
def concede_dispute(dispute_id: UUID) -> Dispute:
    """认赔 · Give in to a dispute

    By the federation; it can't be taken back. The dispute is lost once Stripe says so.
    """
    return disputes.concede(actor=actor(), dispute_id=dispute_id)


@blp.route("/firms/<uuid:firm_id>/write-offs", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(FirmNotFound, MoreThanOwed)
@blp.arguments(WriteOffIn)
@blp.response(201, WriteOffOut)
def write_off(body: dict[str, Any], firm_id: UUID) -> WriteOff:
    """核销企业欠款 · Give up what a firm owes and will never pay

    By the federation, with the reason; never more than the firm owes.
    """
    return disputes.write_off(actor=actor(), firm_id=firm_id, **body)


@blp.route("/firms/<uuid:firm_id>/write-offs", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, WriteOffPageOut)
def list_write_offs(query: dict[str, Any], firm_id: UUID) -> Page:
    """核销记录 · What was given up of a firm's debt, newest first

    To the federation.
    """
    return queries.write_offs(firm_id=firm_id, **query)
