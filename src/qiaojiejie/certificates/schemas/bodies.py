"""Shapes of awarding bodies."""

from marshmallow import fields, validate

from qiaojiejie.certificates.lifecycle import BODY
from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, page_of

BODY_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e55"}


class BodyFilter(PageFilter):
    """Which bodies."""

    state = fields.String(validate=validate.OneOf(list(BODY.states)), metadata={"example": "accredited"})


class BodyIn(Schema):
    """A body proposed for accreditation."""

    slug = Text(required=True, most=40, least=3, validate=validate.Regexp(
        r"^[a-z][a-z0-9-]{1,38}[a-z0-9]\Z", error="小写字母、数字和连字符，3–40 个|Small letters, digits and hyphens, 3 to 40"),
        metadata={"description": "its name in its DID and addresses, for ever", "example": "sq-skills"})
    name = Text(required=True, most=60, metadata={"example": "宿迁市家政服务职业技能培训中心"})
    name_en = Text(required=True, most=100, metadata={"example": "Suqian Domestic Service Skills Centre"})
    occupations = fields.List(Text(most=40), required=True, validate=validate.Length(1, 40), metadata={
        "description": "what it may certify: see `GET /occupations`", "example": ["domestic_worker"]})
    basis = Text(required=True, most=200, metadata={
        "description": "by what it may: its filing, licence or decision", "example": "宿人社备〔示例〕12 号"})


class BodyStepIn(Schema):
    """A decision on a body."""

    step = fields.String(required=True, validate=validate.OneOf(list(BODY.steps)), metadata={"example": "accredit"})
    reason = Text(most=200, load_default=None, metadata={"example": "备案材料齐全"})


class KeyRotationIn(Schema):
    """Why a new key signs."""

    compromised = fields.Boolean(required=True, metadata={
        "description": "true: nothing the old key signed verifies any more; its certificates are signed again",
        "example": False})


class BodyKeyOut(Schema):
    """A public key of a body."""

    kid = fields.String(required=True, metadata={"description": "RFC 7638 thumbprint",
                                                 "example": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})
    public = fields.String(required=True, metadata={"description": "Ed25519, base64url",
                                                    "example": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    made_at = Moment(required=True)
    retired_at = Moment(required=True, allow_none=True, metadata={"example": None})
    compromised_at = Moment(required=True, allow_none=True, metadata={"example": None})


class BodyOut(Schema):
    """An awarding body with its keys."""

    id = fields.UUID(required=True, metadata=BODY_ID)
    slug = fields.String(required=True, metadata={"example": "sq-skills"})
    did = fields.String(required=True, metadata={"example": "did:web:qiaojiejie.example:bodies:sq-skills"})
    name = fields.String(required=True, metadata={"example": "宿迁市家政服务职业技能培训中心"})
    name_en = fields.String(required=True, metadata={"example": "Suqian Domestic Service Skills Centre"})
    occupations = fields.List(fields.String(), required=True, metadata={"example": ["domestic_worker"]})
    basis = fields.String(required=True, metadata={"example": "宿人社备〔示例〕12 号"})
    state = fields.String(required=True, validate=validate.OneOf(list(BODY.states)), metadata={"example": "accredited"})
    reason = fields.String(required=True, allow_none=True, metadata={"example": None})
    decided_at = Moment(required=True, allow_none=True)
    keys = fields.List(fields.Nested(BodyKeyOut), required=True)


BodyPageOut = page_of(BodyOut)


class JwkOut(Schema):
    """A public key (RFC 7517, RFC 8037)."""

    kty = fields.String(required=True, metadata={"example": "OKP"})
    crv = fields.String(required=True, metadata={"example": "Ed25519"})
    x = fields.String(required=True, metadata={"example": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    kid = fields.String(required=True, metadata={"example": "did:web:qiaojiejie.example:bodies:sq-skills#kPrK_qmx"})
    alg = fields.String(required=True, metadata={"example": "EdDSA"})
    use = fields.String(required=True, metadata={"example": "sig"})


class KeySetOut(Schema):
    """Every key that verifies."""

    keys = fields.List(fields.Nested(JwkOut), required=True)
