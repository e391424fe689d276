"""Shapes of door cards, scans and grants."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Masked, Moment, Schema, Text, page_of
from qiaojiejie.doorcards.lifecycle import GRANT
from qiaojiejie.doorcards.rules import FIELDS

SOME_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71"}


class SafetyColourOut(Schema):
    """The safety colour today: of dated papers, worked out now."""

    colour = fields.String(required=True, validate=validate.OneOf(["green", "yellow", "red"]),
                           metadata={"example": "green"})
    reasons = fields.List(fields.String(), required=True, metadata={"description": "why it is not green",
                                                                    "example": []})
    changes_on = fields.String(required=True, allow_none=True, metadata={
        "description": "the day it stops being green if nothing is done", "example": "2027-03-01"})


class CardPaperOut(Schema):
    """A verified certificate."""

    title = fields.String(required=True, metadata={"example": "家政服务员四级"})
    level = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    valid_until = fields.String(required=True, allow_none=True, metadata={"example": "2029-11-23"})


class DoorFaceOut(Schema):
    """Who she is and through whom she works."""

    worker_id = fields.UUID(required=True, metadata=SOME_ID)
    called = fields.String(required=True, metadata={"example": "王阿姨"})
    name = Masked(required=True, metadata={"example": "王**"})
    photo_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    firm_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    firm_name = fields.String(required=True, allow_none=True, metadata={"example": "宿迁市安心家政服务有限公司"})
    grade = fields.String(required=True, metadata={"example": "B"})
    barred = fields.Boolean(required=True, metadata={"description": "on the block list", "example": False})
    certificates = fields.List(fields.Nested(CardPaperOut), required=True)
    safety = fields.Nested(SafetyColourOut, required=True)


class DoorCardOut(DoorFaceOut):
    """Her card for her phone."""

    token = fields.String(required=True, metadata={"description": "for the QR; lives 60 seconds",
                                                   "example": "0190b2f47c1a7e3b9d523f1c8a6b4e71.1795500000.9f86d081"})
    token_until = Moment(required=True)
    url = fields.String(required=True, metadata={"description": "what the QR opens",
                                                 "example": "https://qiaojiejie.example/door/0190….17955.9f86"})
    svg = fields.String(required=True, metadata={"description": "the QR, to show on her screen", "example": "<svg/>"})


class DoorTokenIn(Schema):
    """What was scanned."""

    token = Text(required=True, most=120, metadata={"example": "0190b2f47c1a7e3b9d523f1c8a6b4e71.1795500000.9f86d081"})


class DoorActionOut(Schema):
    """Something the family can do, as an address of the API."""

    kind = fields.String(required=True, validate=validate.OneOf(["rate", "complain"]), metadata={"example": "complain"})
    method = fields.String(required=True, metadata={"example": "POST"})
    path = fields.String(required=True, metadata={"example": "/api/v1/bookings/0190b2f4-…/complaints"})


class DoorScanOut(DoorFaceOut):
    """Who stands at the door."""

    scan_id = fields.UUID(required=True, metadata=SOME_ID)
    at = Moment(required=True)
    signed_in = fields.Boolean(required=True, metadata={
        "description": "as a family: only then is she compared with its bookings", "example": True})
    match = fields.String(required=True, metadata={
        "description": "with the family's bookings: `now`, `today` (later), `none`", "example": "now"})
    booking_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    service_name = fields.String(required=True, allow_none=True, metadata={"example": "日常保洁"})
    start = Moment(required=True, allow_none=True)
    end = Moment(required=True, allow_none=True)
    actions = fields.List(fields.Nested(DoorActionOut), required=True)


class ScanOut(Schema):
    """A scan of one's card."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    at = Moment(required=True)
    colour = fields.String(required=True, metadata={"example": "green"})
    match = fields.String(required=True, metadata={"example": "now"})
    booking_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)


ScanPageOut = page_of(ScanOut)


class GrantIn(Schema):
    """What a family may see, until when."""

    booking_id = fields.UUID(required=True, metadata={"description": "of the family it is for", **SOME_ID})
    fields_ = fields.List(fields.String(validate=validate.OneOf(FIELDS)), required=True, data_key="fields",
                          attribute="fields", validate=validate.Length(1, len(FIELDS)),
                          metadata={"example": ["health"]})
    until = Moment(required=True)


class GrantOut(Schema):
    """A grant."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    worker_id = fields.UUID(required=True, metadata=SOME_ID)
    called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    booking_id = fields.UUID(required=True, metadata=SOME_ID)
    state = fields.String(required=True, validate=validate.OneOf(list(GRANT.states)), metadata={"example": "granted"})
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields",
                          metadata={"example": ["health"]})
    until = Moment(required=True)
    granted_at = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)


GrantPageOut = page_of(GrantOut)


class GrantedPaperOut(Schema):
    """A verified paper of hers."""

    kind = fields.String(required=True, metadata={"example": "health"})
    title = fields.String(required=True, metadata={"example": "健康证"})
    issuer = fields.String(required=True, metadata={"example": "宿迁市疾病预防控制中心"})
    number = Masked(required=True, allow_none=True, metadata={"example": "****"})
    issued_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-03-02"})
    valid_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-03-01"})
    conclusion = fields.String(required=True, allow_none=True, metadata={"example": "clear"})
    reviewed_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-03-05"})
    source = fields.String(required=True, allow_none=True, metadata={"example": "市疾控中心健康证查询"})


class GrantedFileOut(Schema):
    """What a grant shows now."""

    grant_id = fields.UUID(required=True, metadata=SOME_ID)
    worker_id = fields.UUID(required=True, metadata=SOME_ID)
    until = Moment(required=True)
    name = fields.String(required=True, allow_none=True, metadata={"example": "王秀英"})
    id_number = fields.String(required=True, allow_none=True, metadata={"example": None})
    papers = fields.List(fields.Nested(GrantedPaperOut), required=True)
