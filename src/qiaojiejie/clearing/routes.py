"""What moved at Stripe and how it compares with the books, for the federation."""

from typing import Any
from uuid import UUID

from qiaojiejie.clearing import queries
from qiaojiejie.clearing import service as clearing
from qiaojiejie.clearing.errors import ClearingRunNotFound
from qiaojiejie.clearing.models import ClearingRun
from qiaojiejie.clearing.schemas import (
    ClearingDifferenceOut, ClearingRunOut, StripeMovementFilter, StripeMovementOut)
from qiaojiejie.core.access import FEDERATION, Role, actor, allow
from qiaojiejie.core.http import Blueprint, checkpoint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.payments.errors import StripeBroke, StripeDown

blp = Blueprint("clearing", description="对账 · Stripe's account of our money, held against the books")


@blp.route("/federation/clearing", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(ClearingRunOut))
def list_runs(query: dict[str, Any]) -> Page:
    """对账记录 · Comparisons of Stripe's account with the books, newest first

    To the federation. One is made every night at 03:30; each compares all that ever moved.
    """
    return queries.runs(**query)


@blp.route("/federation/clearing", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(StripeDown, StripeBroke)
@blp.response(201, ClearingRunOut)
def compare_now() -> ClearingRun:
    """立即对账 · Compare now

    By the federation. Stripe is asked first for all that moved until now; while it can't be reached nothing is
    compared.
    """
    checkpoint()
    return clearing.compare(actor=actor())


@blp.route("/federation/clearing/<uuid:clearing_run_id>/differences", methods=["GET"])
@allow(*FEDERATION)
@refuses(ClearingRunNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(ClearingDifferenceOut))
def list_differences(query: dict[str, Any], clearing_run_id: UUID) -> Page:
    """对账差异 · What a comparison found

    To the federation: at Stripe and not in the books, in the books and not at Stripe, or another sum. Empty when all
    is right.
    """
    return queries.differences(clearing_run_id, **query)


@blp.route("/federation/clearing/movements", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(StripeMovementFilter, location="query")
@blp.response(200, page_of(StripeMovementOut))
def list_movements(query: dict[str, Any]) -> Page:
    """Stripe 余额明细 · What moved on our balance at Stripe, newest first

    To the federation.
    """
    return queries.movements(**query)
