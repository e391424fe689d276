"""Shapes of contracts, their signatures, and the terms of a booking."""

from marshmallow import fields, validate

from qiaojiejie.contracts import rules
from qiaojiejie.contracts.lifecycle import CONTRACT
from qiaojiejie.core.schema import Masked, Moment, Money, Schema, Text, page_of
from qiaojiejie.workers.schemas import IdNumber

ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}
HASH = {"example": "9f86d081" * 8}
NUMBER = "HT-0190F3A2-7C1E-7C3A-9D52-3F6B8A1C2D4E-1"
PARTY = validate.OneOf(list(rules.SIDE_NAMES))


class ContractIdentityIn(Schema):
    """What a family gives to have contracts drafted."""

    name = Text(required=True, most=40, metadata={"description": "as on the ID card", "example": "王小明"})
    id_number = IdNumber(required=True)
    home = Text(most=200, allow_none=True, load_default=None, metadata={
        "description": "where the family lives; null: where the service is", "example": None})
    consent = fields.Boolean(required=True, metadata={
        "description": "the separate consent to the use of the ID number for contracts; must be true",
        "example": True})


class ContractIdentityOut(Schema):
    """What a family gave, masked."""

    name = Masked(required=True, metadata={"example": "王**"})
    id_number = Masked(required=True, metadata={"example": "3****************8"})
    home = Masked(required=True, allow_none=True, metadata={"example": None})
    consented_at = Moment(required=True)


class SignatureIn(Schema):
    """The code that was sent, and the paper that was read."""

    code = fields.String(required=True, validate=validate.Regexp(
        r"^[0-9]{6}\Z", error="须为 6 位数字|Must be six digits."), metadata={"example": "000000"})
    sha256 = fields.String(required=True, validate=validate.Regexp(
        r"^[0-9a-f]{64}\Z", error="须为 64 位十六进制数字|Must be 64 hex digits."), metadata={
            "description": "of the PDF that was read, as `sha256` of the contract says", **HASH})


class SigningCodeOut(Schema):
    """That a code was sent."""

    expires_in = fields.Integer(required=True, metadata={"description": "seconds", "example": 300})


class SignatureOut(Schema):
    """That a side signed: when, and what."""

    party = fields.String(required=True, validate=PARTY, metadata={"example": "household"})
    account_id = fields.UUID(required=True, metadata={"description": "who", **ID})
    signed_at = Moment(required=True)
    sha256 = fields.String(required=True, metadata=HASH)


class ContractBriefOut(Schema):
    """A version of a contract and who has signed it."""

    id = fields.UUID(required=True, metadata=ID)
    booking_id = fields.UUID(required=True, metadata=ID)
    version = fields.Integer(required=True, metadata={"example": 1})
    variant = fields.String(required=True, validate=validate.OneOf(list(rules.VARIANTS)), metadata={
        "description": "employs 员工制: family and firm sign; introduces 中介: the worker too", "example": "employs"})
    state = fields.String(required=True, validate=validate.OneOf(list(CONTRACT.states)), metadata={
        "example": "drafted"})
    state_name = fields.String(required=True, metadata={"example": "待签署"})
    sides = fields.List(fields.String(validate=PARTY), required=True, metadata={
        "description": "who signs it", "example": ["household", "firm"]})
    signatures = fields.List(fields.Nested(SignatureOut), required=True)
    sha256 = fields.String(required=True, metadata={"description": "of the PDF: what is signed", **HASH})
    data_sha256 = fields.String(required=True, metadata={
        "description": "of all it says, in RFC 8785 form; at the foot of each page", **HASH})
    drafted_at = Moment(required=True)
    signed_at = Moment(required=True, allow_none=True)


class ContractFieldOut(Schema):
    """A field; what is personal is masked here and whole on the paper (ID numbers are masked there too)."""

    field = fields.String(required=True, metadata={"example": "worker_name"})
    section = fields.String(required=True, validate=validate.OneOf(list(rules.SECTIONS)), metadata={
        "example": "worker"})
    name = fields.String(required=True, metadata={"example": "姓名"})
    value = fields.String(required=True, metadata={"example": "王**"})


class ContractLineOut(Schema):
    """A line of the price."""

    name = fields.String(required=True, metadata={"example": "服务人员劳务费"})
    amount = Money(required=True)


class ContractPartOut(Schema):
    """A part in which it is paid."""

    part = fields.String(required=True, validate=validate.OneOf(list(rules.PART_NAMES)), metadata={
        "example": "deposit"})
    amount = Money(required=True)
    payable = fields.String(required=True, metadata={"description": "when, in words", "example": "预约时支付"})


class ContractChangeOut(Schema):
    """What is another than in the version before; of what is personal, only that it is."""

    field = fields.String(required=True, metadata={"example": "service_end"})
    name = fields.String(required=True, metadata={"example": "结束"})
    before = fields.String(required=True, allow_none=True, metadata={"example": "2026 年 12 月 26 日"})
    after = fields.String(required=True, allow_none=True, metadata={"example": "2026 年 12 月 28 日"})


class ClauseOut(Schema):
    """A clause."""

    heading = fields.String(required=True, metadata={"example": "一、服务关系"})
    sentences = fields.List(fields.String(), required=True, metadata={"example": ["家庭服务员是乙方的员工。"]})


class ContractOut(Schema):
    """A version of a contract with all it says."""

    contract = fields.Nested(ContractBriefOut, required=True)
    title = fields.String(required=True, metadata={"example": "家政服务合同（员工制）"})
    number = fields.String(required=True, metadata={"example": NUMBER})
    drafted_on = fields.String(required=True, metadata={"example": "2026-12-01"})
    effective_on = fields.String(required=True, metadata={"description": "the day from which it is so",
                                                          "example": "2026-12-08"})
    fields_ = fields.List(fields.Nested(ContractFieldOut), required=True, data_key="fields", attribute="fields")
    lines = fields.List(fields.Nested(ContractLineOut), required=True)
    total = Money(required=True)
    parts = fields.List(fields.Nested(ContractPartOut), required=True)
    clauses = fields.List(fields.Nested(ClauseOut), required=True)
    changes = fields.List(fields.Nested(ContractChangeOut), required=True)


class BookingTermsOut(Schema):
    """The terms of a booking, as they were frozen onto it."""

    booking_id = fields.UUID(required=True, metadata=ID)
    firm_name = fields.String(required=True, metadata={"example": "宿迁巧手家政有限公司"})
    worker_called = fields.String(required=True, metadata={"example": "王阿姨"})
    service_name = fields.String(required=True, metadata={"example": "日常保洁"})
    when = fields.String(required=True, metadata={"example": "2026-12-01 09:00 至 2026-12-01 12:00"})
    lines = fields.List(fields.Nested(ContractLineOut), required=True)
    total = Money(required=True, attribute="total_fen")
    clauses = fields.List(fields.Nested(ClauseOut), required=True)
    contract_needed = fields.Boolean(required=True, metadata={
        "description": "an engagement by days, which has a written contract beside them", "example": False})


ContractPageOut = page_of(ContractBriefOut)
