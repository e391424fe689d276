"""Subsidy claims over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.courses.errors import (AlreadyClaimed, ClaimEvidenceNotYours, ClaimNotFound, ClaimSecondOfficer,
                                       NotFunded, NothingPassed, PlaceNotFound, ProgrammeNotFound)
from qiaojiejie.courses.models import SubsidyClaim
from qiaojiejie.courses.queries import places as queries
from qiaojiejie.courses.routes import blp
from qiaojiejie.courses.schemas.places import (ClaimDecisionIn, ClaimFilter, ClaimIn, ClaimOut, ClaimPageOut,
                                               ClaimPaymentIn)
from qiaojiejie.courses.service import claims


@blp.route("/subsidy-claims", methods=["GET"])
@allow(Role.WORKER, *FIRM, *FEDERATION)
@blp.arguments(ClaimFilter, location="query")
@blp.response(200, ClaimPageOut)
def list_claims(filters: dict[str, Any]) -> Page:
    """培训补贴申请 · List subsidy claims

    Those one made; to the federation all.
    """
    return queries.claims(actor(), **filters)


@blp.route("/subsidy-claims", methods=["POST"])
@allow(Role.WORKER, *FIRM, *FEDERATION)
@refuses(PlaceNotFound, NothingPassed, ProgrammeNotFound, NotFunded, ClaimEvidenceNotYours, AlreadyClaimed)
@blp.arguments(ClaimIn)
@blp.response(201, ClaimOut)
def claim(body: dict[str, Any]) -> SubsidyClaim:
    """申请培训补贴 · Claim a subsidy for a course that was passed

    One a person, programme and year.
    """
    return claims.claim(actor=actor(), **body)


@blp.route("/subsidy-claims/<uuid:claim_id>/decisions", methods=["POST"])
@allow(*FEDERATION)
@refuses(ClaimNotFound, StepNotPossible, ClaimSecondOfficer)
@blp.arguments(ClaimDecisionIn)
@blp.response(200, ClaimOut)
def decide(body: dict[str, Any], claim_id: UUID) -> SubsidyClaim:
    """审核补贴申请 · Approve or refuse a claim

    By another officer than who claimed it; a refused one may be claimed again.
    """
    return claims.decide(actor=actor(), claim_id=claim_id, **body)


@blp.route("/subsidy-claims/<uuid:claim_id>/payments", methods=["POST"])
@allow(*FEDERATION)
@refuses(ClaimNotFound, StepNotPossible)
@blp.arguments(ClaimPaymentIn)
@blp.response(200, ClaimOut)
def pay(body: dict[str, Any], claim_id: UUID) -> SubsidyClaim:
    """登记拨付 · Record that a claim was paid"""
    return claims.pay(actor=actor(), claim_id=claim_id, **body)
