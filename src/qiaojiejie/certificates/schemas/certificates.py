"""Shapes of certificates and of what anybody learns of one."""

from typing import Any

from marshmallow import fields, pre_dump, validate

from qiaojiejie.certificates.lifecycle import CERTIFICATE
from qiaojiejie.certificates.rules import serials
from qiaojiejie.certificates.schemas.bodies import BODY_ID
from qiaojiejie.core.schema import Masked, Moment, PageFilter, Schema, Text, page_of

SERIAL = {"example": "QJ26ACDEFGHJKM3"}
WORKER_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e02"}
STANDINGS = ("valid", "not_yet_valid", "expired", "revoked", "not_ours")


class CertificateFilter(PageFilter):
    """Which certificates."""

    worker_id = fields.UUID(metadata=WORKER_ID)
    body_id = fields.UUID(metadata=BODY_ID)
    state = fields.String(validate=validate.OneOf(list(CERTIFICATE.states)), metadata={"example": "issued"})


class CertificateRevocationIn(Schema):
    """Why a certificate is taken back."""

    reason = fields.String(required=True, validate=validate.OneOf(list(serials.REASONS)), metadata={
        "description": "shown to whoever verifies", "example": "error"})
    note = Text(required=True, most=500, metadata={"description": "for her, her firm and the federation",
                                                   "example": "实操考核评分录入他人成绩"})


class ReasonOut(Schema):
    """A reason in both languages."""

    zh = fields.String(required=True, metadata={"example": "颁发有误"})
    en = fields.String(required=True, metadata={"example": "issued in error"})


class CertificateOut(Schema):
    """A certificate issued here."""

    serial = fields.String(required=True, metadata=SERIAL)
    state = fields.String(required=True, validate=validate.OneOf(list(CERTIFICATE.states)),
                          metadata={"example": "issued"})
    worker_id = fields.UUID(required=True, metadata=WORKER_ID)
    called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    body_id = fields.UUID(required=True, metadata=BODY_ID)
    body_name = fields.String(required=True, attribute="body.name", metadata={"example": "宿迁市家政服务职业技能培训中心"})
    document_id = fields.UUID(required=True, metadata=BODY_ID)
    occupation = fields.String(required=True, metadata={"example": "domestic_worker"})
    level = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    title = fields.String(required=True, metadata={"example": "家政服务员四级"})
    title_en = fields.String(required=True, metadata={"example": "Domestic worker, level 4"})
    hours = fields.Integer(required=True, metadata={"example": 120})
    issued_on = fields.Date(required=True, metadata={"example": "2026-11-24"})
    valid_until = fields.Date(required=True, allow_none=True, metadata={
        "description": "the last day it is valid; null: for good", "example": "2029-11-23"})
    sha256 = fields.String(required=True, metadata={"description": "of the signed credential; in the public log",
                                                    "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd1"})
    revoked_at = Moment(required=True, allow_none=True, metadata={"example": None})
    reason = fields.String(required=True, allow_none=True, metadata={"example": None})
    note = fields.String(required=True, allow_none=True, metadata={"example": None})


CertificatePageOut = page_of(CertificateOut)


class HeldCredentialOut(Schema):
    """What a holder keeps, and shows to whom she likes."""

    credential = fields.String(required=True, metadata={"description": "Open Badges 3.0 as VC-JWT",
                                                        "example": "eyJhbGciOiJFZERTQSJ9.e30.c2ln"})
    name = fields.String(required=True, metadata={"example": "王秀英"})
    id_number = fields.String(required=True, metadata={"example": "321302198005060021"})
    nonce = fields.String(required=True, metadata={
        "description": "with name and ID number it opens the hash of the holder in the credential",
        "example": "5f2b0c9e7a1d4c3b8e6f0a1b2c3d4e5f"})


class VerificationOut(Schema):
    """What anybody is told of a serial. Of one that is not ours, nothing but that."""

    serial = fields.String(required=True, metadata=SERIAL)
    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS), metadata={"example": "valid"})
    mistyped = fields.Boolean(required=True, metadata={"description": "no serial has these signs: read it again",
                                                       "example": False})
    checked_at = Moment(required=True)
    shown_as = fields.String(metadata={"description": "as printed", "example": "QJ26-ACDEF-GHJKM-3"})
    name = Masked(metadata={"description": "masked", "example": "王**"})
    called = fields.String(metadata={"example": "王阿姨"})
    worker_id = fields.UUID(metadata=WORKER_ID)
    listed = fields.Boolean(metadata={"description": "she has a page: `GET /workers/{id}`", "example": True})
    title = fields.String(metadata={"example": "家政服务员四级"})
    title_en = fields.String(metadata={"example": "Domestic worker, level 4"})
    occupation = fields.String(metadata={"example": "domestic_worker"})
    occupation_name = fields.String(metadata={"example": "家政服务员"})
    level = fields.Integer(allow_none=True, metadata={"example": 4})
    hours = fields.Integer(metadata={"example": 120})
    issued_on = fields.Date(metadata={"example": "2026-11-24"})
    valid_until = fields.Date(allow_none=True, metadata={"example": "2029-11-23"})
    body_name = fields.String(metadata={"example": "宿迁市家政服务职业技能培训中心"})
    body_did = fields.String(metadata={"example": "did:web:qiaojiejie.example:bodies:sq-skills"})
    sha256 = fields.String(metadata={"example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})
    revoked_at = Moment(allow_none=True)
    reason = fields.Nested(ReasonOut, allow_none=True)

    @pre_dump
    def _both_languages(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        reason = told.get("reason")
        return told if reason is None else {**told, "reason": dict(zip(("zh", "en"), reason, strict=True))}
