"""Shapes of documents."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Masked, Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.documents.lifecycle import DOCUMENT
from qiaojiejie.documents.rules import CONCLUSIONS, DOCUMENT_KINDS

#: what a reviewer may see in full: of the worker, and the paper's number
REVEALED = ("name", "phone", "id_number", "number")
DOCUMENT_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e41"}


class DocumentReadingIn(Schema):
    """What can be read on a document."""

    occupation = Text(most=40, metadata={"description": "of a certificate: see `GET /occupations`",
                                         "example": "domestic_worker"})
    level = Whole(least=1, most=5, metadata={"description": "of a certificate: 5 lowest to 1", "example": 4})
    valid_until = fields.Date(metadata={"example": "2027-11-03"})
    insurance_class = Whole(least=1, most=4, metadata={"description": "occupational class covered", "example": 4})
    conclusion = fields.String(validate=validate.OneOf(CONCLUSIONS), metadata={
        "description": "of a background check: its conclusion alone, never a case history", "example": "clear"})
    look_back_years = Whole(least=1, most=50, metadata={"description": "of a background check", "example": 5})


class DocumentIn(DocumentReadingIn):
    """A paper for a worker's file."""

    kind = fields.String(required=True, validate=validate.OneOf(DOCUMENT_KINDS), metadata={"example": "certificate"})
    title = Text(most=100, required=True, metadata={"example": "家政服务员四级"})
    number = Text(most=60, metadata={"example": "S00003213000001"})
    issuer = Text(most=100, required=True, metadata={"example": "宿迁市职业技能鉴定中心"})
    issued_on = fields.Date(metadata={"example": "2026-11-03"})
    media_id = fields.UUID(metadata={"description": "its image (POST /media, kind document)", **DOCUMENT_ID})


class DocumentReviewIn(DocumentReadingIn):
    """What a reviewer found. Dates and classes given here replace what was recorded."""

    verdict = fields.String(required=True, validate=validate.OneOf(["verify", "reject"]),
                            metadata={"example": "verify"})
    source = Text(most=200, required=True, metadata={
        "description": "what it was checked against", "example": "市疾控中心健康证查询，2026-11-23"})
    reason = Text(most=200, load_default=None, metadata={"description": "needed to reject",
                                                         "example": "照片无法辨认"})


class DocumentWithdrawalIn(Schema):
    """Why a paper is taken back."""

    reason = Text(most=200, required=True, metadata={"example": "登记有误"})


class DocumentQueueFilter(PageFilter):
    """Which documents wait."""

    kind = fields.String(validate=validate.OneOf(DOCUMENT_KINDS), metadata={"example": "health"})


class DocumentFilter(DocumentQueueFilter):
    """Which documents of a file."""

    state = fields.String(validate=validate.OneOf(list(DOCUMENT.states)), metadata={"example": "recorded"})


class DocumentOut(Schema):
    """A paper in a worker's file. It counts for something only in the state ``verified`` and while it is valid."""

    id = fields.UUID(required=True, metadata=DOCUMENT_ID)
    worker_id = fields.UUID(required=True, metadata=DOCUMENT_ID)
    kind = fields.String(required=True, metadata={"example": "health"})
    state = fields.String(required=True, validate=validate.OneOf(list(DOCUMENT.states)),
                          metadata={"example": "verified"})
    title = fields.String(required=True, metadata={"example": "健康证"})
    occupation = fields.String(required=True, allow_none=True, metadata={"example": None})
    level = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    number = Masked(required=True, allow_none=True, metadata={"example": "****"})
    issuer = fields.String(required=True, metadata={"example": "宿迁市疾病预防控制中心"})
    issued_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-11-03"})
    valid_until = fields.Date(required=True, allow_none=True, metadata={"example": "2027-11-03"})
    insurance_class = fields.Integer(required=True, allow_none=True, metadata={"example": 4})
    conclusion = fields.String(required=True, allow_none=True, metadata={"example": "clear"})
    look_back_years = fields.Integer(required=True, allow_none=True, metadata={"example": 5})
    media_id = fields.UUID(required=True, allow_none=True, metadata=DOCUMENT_ID)
    recorded_at = Moment(required=True)
    reviewed_by = fields.UUID(required=True, allow_none=True, metadata={"description": "the reviewer's account",
                                                                        **DOCUMENT_ID})
    reviewed_at = Moment(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True, metadata={"example": "市疾控中心健康证查询"})
    reason = fields.String(required=True, allow_none=True, metadata={"example": "照片无法辨认"})


class DocumentWorkerOut(Schema):
    """Whose paper it is, as a reviewer sees her; the name and ID number are masked (see reveals)."""

    id = fields.UUID(required=True, metadata=DOCUMENT_ID)
    called = fields.String(required=True, metadata={"example": "王阿姨"})
    name = Masked(required=True, metadata={"example": "王**"})
    id_number = Masked(required=True, metadata={"example": "3****************8"})
    sex = fields.String(required=True, metadata={"example": "female"})
    birth_year = fields.Integer(required=True, metadata={"example": 1980})
    firm_id = fields.UUID(required=True, allow_none=True, metadata=DOCUMENT_ID)
    firm_name = fields.String(required=True, allow_none=True, metadata={"example": "宿迁市安心家政服务有限公司"})


class WaitingDocumentOut(DocumentOut):
    """A paper that waits for a reviewer."""

    worker = fields.Nested(DocumentWorkerOut, required=True)


class DocumentRevealIn(Schema):
    """Which plain values to show, and what for."""

    fields_ = fields.List(fields.String(validate=validate.OneOf(REVEALED)), required=True, data_key="fields",
                          attribute="fields", validate=validate.Length(1, len(REVEALED)),
                          metadata={"example": ["name", "id_number"]})
    reason = Text(most=200, required=True, metadata={"example": "与公安机关核对身份"})


class DocumentRevealOut(Schema):
    """Plain values; each look is on record."""

    name = fields.String(metadata={"example": "王秀英"})
    phone = fields.String(metadata={"example": "13800000003"})
    id_number = fields.String(metadata={"example": "321302198005060008"})
    number = fields.String(allow_none=True, metadata={"description": "the paper's own number",
                                                      "example": "S00003213000001"})


DocumentPageOut = page_of(DocumentOut)
WaitingDocumentPageOut = page_of(WaitingDocumentOut)
