"""Awarding bodies over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownOccupation
from qiaojiejie.certificates.errors import (BodyMayNotIssue, BodyNotFound, KeyTooYoung, SecondAccountNeeded, SlugTaken)
from qiaojiejie.certificates.queries import bodies as queries
from qiaojiejie.certificates.routes import blp
from qiaojiejie.certificates.schemas.bodies import (
    BodyFilter, BodyIn, BodyOut, BodyPageOut, BodyStepIn, KeyRotationIn, KeySetOut)
from qiaojiejie.certificates.service import bodies
from qiaojiejie.core.access import FEDERATION, actor, allow, public
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page


@blp.route("/awarding-bodies", methods=["GET"])
@public
@blp.arguments(BodyFilter, location="query")
@blp.response(200, BodyPageOut)
def list_bodies(filters: dict[str, Any]) -> Page:
    """发证机构 · List the bodies that may award certificates

    With their public keys, retired and compromised ones too. Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/awarding-bodies/keys", methods=["GET"])
@public
@blp.response(200, KeySetOut)
def show_keys() -> dict[str, Any]:
    """全部公钥 · All keys that verify, as a JWK set

    Save it to verify certificates offline: `flask verify-credential`. Open to everybody.
    """
    return queries.key_set()


@blp.route("/awarding-bodies/<uuid:body_id>", methods=["GET"])
@public
@refuses(BodyNotFound)
@blp.response(200, BodyOut)
def show_body(body_id: UUID) -> dict[str, Any]:
    """发证机构详情 · Show an awarding body

    What it may certify, by what, and its keys. Open to everybody.
    """
    return queries.public(body_id)


@blp.route("/awarding-bodies", methods=["POST"])
@allow(*FEDERATION)
@refuses(SlugTaken, UnknownOccupation)
@blp.arguments(BodyIn)
@blp.response(201, BodyOut)
def propose(body: dict[str, Any]) -> dict[str, Any]:
    """提请认可发证机构 · Propose a body for accreditation

    By the federation; another officer accredits it.
    """
    return bodies.propose(actor=actor(), **body)


@blp.route("/awarding-bodies/<uuid:body_id>/steps", methods=["POST"])
@allow(*FEDERATION)
@refuses(BodyNotFound, StepNotPossible, SecondAccountNeeded)
@blp.arguments(BodyStepIn)
@blp.response(200, BodyOut)
def take_step(body: dict[str, Any], body_id: UUID) -> dict[str, Any]:
    """认可、不予认可、暂停、恢复 · Accredit, decline, suspend or resume a body

    Who proposed it neither accredits nor declines. A suspended body issues nothing; what it issued still verifies.
    """
    return bodies.decide(actor=actor(), body_id=body_id, **body)


@blp.route("/awarding-bodies/<uuid:body_id>/keys", methods=["POST"])
@allow(*FEDERATION)
@refuses(BodyNotFound, BodyMayNotIssue, KeyTooYoung)
@blp.arguments(KeyRotationIn)
@blp.response(201, BodyOut)
def rotate(body: dict[str, Any], body_id: UUID) -> dict[str, Any]:
    """更换密钥 · Let a new key sign

    What the old one signed still verifies, unless it was compromised; then it is signed again.
    """
    return bodies.rotate(actor=actor(), body_id=body_id, **body)
