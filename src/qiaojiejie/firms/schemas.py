"""Shapes of firms."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as BadNumber

from qiaojiejie.core.clock import today
from qiaojiejie.core.problems import language
from qiaojiejie.core.schema import Masked, Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.firms import rules
from qiaojiejie.firms.lifecycle import FIRM, RENEWAL
from qiaojiejie.media.rules import url

CODE = "91999999MA00001009"  # invented: no firm is registered in region 999999
FEDERATION_STEPS = [name for name, row in FIRM.steps.items() if "federation" in row.parties]


class CreditCode(Text):
    """A unified social credit code (GB 32100-2015), its check digit verified."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return uscc.validate(super()._deserialize(value, attr, data, **kwargs).upper())
        except BadNumber as wrong:
            raise ValidationError("统一社会信用代码不正确，请核对 18 位代码|Not a valid unified social credit code") from wrong


class Telephone(Text):
    """A mainland fixed, mobile or 400 number; loaded as it is usually written."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        number = rules.telephone(super()._deserialize(value, attr, data, **kwargs))
        if number is None:
            raise ValidationError("请填写座机（含区号）、手机或 400 电话|Give a fixed line with its area code, a mobile "
                                  "or a 400 number")
        return number


def _not_to_come(day: date) -> None:
    if day > today():
        raise ValidationError("不能晚于今天|Can't be later than today")


class FirmPatchIn(Schema):
    """What to change in a firm's file; what is left out stays as it was."""

    name = Text(most=80, least=2, metadata={"example": "宿迁市安心家政服务有限公司"})
    mode = fields.String(validate=validate.OneOf(list(rules.MODE_NAMES)), metadata={
        "description": "employs 员工制 or introduces 中介", "example": "employs"})
    legal_representative = Text(most=30, metadata={"example": "李建国"})
    phone = Telephone(most=30, metadata={"example": "0527 8435 0000"})
    address = Text(most=120, metadata={"example": "宿迁市宿城区幸福中路 66 号"})
    region_codes = fields.List(Text(most=6), validate=validate.Length(1, 20), metadata={
        "description": "districts served, GB/T 2260", "example": ["321302", "321311"]})
    licence_media_id = fields.UUID(metadata={
        "description": "the uploaded business licence (POST /media, kind licence)"})
    licence_valid_until = fields.Date(allow_none=True, metadata={
        "description": "null: without an end (长期)", "example": "2036-03-31"})
    founded_on = fields.Date(allow_none=True, validate=_not_to_come, metadata={"example": "2015-06-01"})
    outlets = Whole(least=1, most=1000, metadata={"description": "how many offices", "example": 3})
    description = Text(most=2000, least=0, metadata={"example": "专注母婴护理和居家养老。"})


class FirmIn(FirmPatchIn):
    """A firm's application."""

    uscc = CreditCode(most=30, required=True, metadata={"description": "统一社会信用代码, 18 characters",
                                                        "example": CODE})
    name = Text(most=80, least=2, required=True, metadata={"example": "宿迁市安心家政服务有限公司"})
    mode = fields.String(required=True, validate=validate.OneOf(list(rules.MODE_NAMES)), metadata={
        "description": "employs 员工制 or introduces 中介", "example": "employs"})
    legal_representative = Text(most=30, required=True, metadata={"example": "李建国"})
    phone = Telephone(most=30, required=True, metadata={"example": "0527 8435 0000"})
    address = Text(most=120, required=True, metadata={"example": "宿迁市宿城区幸福中路 66 号"})
    region_codes = fields.List(Text(most=6), required=True, validate=validate.Length(1, 20), metadata={
        "description": "districts served, GB/T 2260", "example": ["321302", "321311"]})
    licence_media_id = fields.UUID(required=True, metadata={
        "description": "the uploaded business licence (POST /media, kind licence)"})
    outlets = Whole(least=1, most=1000, load_default=1, metadata={"description": "how many offices", "example": 3})
    description = Text(most=2000, least=0, load_default="", metadata={"example": "专注母婴护理和居家养老。"})
    licence_valid_until = fields.Date(allow_none=True, load_default=None, metadata={
        "description": "null: without an end (长期)", "example": "2036-03-31"})
    founded_on = fields.Date(allow_none=True, load_default=None, validate=_not_to_come,
                             metadata={"example": "2015-06-01"})


class FirmFilter(PageFilter):
    """Which firms to list."""

    region = Text(most=6, metadata={"description": "serves this district (GB/T 2260)", "example": "321302"})
    mode = fields.String(validate=validate.OneOf(list(rules.MODE_NAMES)), metadata={"example": "employs"})
    words = Text(most=80, metadata={"description": "all of them in the name", "example": "安心"})
    sort = fields.String(validate=validate.OneOf(["name", "newest"]), load_default="name",
                         metadata={"example": "name"})


class ApplicationFilter(PageFilter):
    """Which applications to list."""

    state = fields.String(validate=validate.OneOf(rules.WAITING), metadata={"example": "applied"})


class FirmCardOut(Schema):
    """A firm in a list."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "宿迁市安心家政服务有限公司"})
    mode = fields.String(required=True, metadata={"description": "employs 员工制 or introduces 中介",
                                                  "example": "employs"})
    state = fields.String(required=True, metadata={
        "description": ", ".join(f"{state} {name}" for state, name in FIRM.states.items()), "example": "on_platform"})
    grade = fields.String(required=True, allow_none=True, metadata={"description": "null until it has one",
                                                                    "example": "A"})
    score = fields.Integer(required=True, allow_none=True, metadata={"example": 760})
    barred = fields.Boolean(required=True, metadata={
        "description": "on the block list: nobody can be booked through it", "example": False})
    region_codes = fields.List(fields.String(), required=True, metadata={"example": ["321302", "321311"]})
    outlets = fields.Integer(required=True, metadata={"example": 3})
    founded_on = fields.Date(required=True, allow_none=True, metadata={"example": "2015-06-01"})
    licence_valid_until = fields.Date(required=True, allow_none=True, metadata={"example": "2036-03-31"})


class FirmHistoryOut(Schema):
    """A day in a firm's past on the platform."""

    step = fields.String(required=True, metadata={"description": "accept, suspend or resume", "example": "accept"})
    decided_at = Moment(required=True)


class FirmOut(FirmCardOut):
    """A firm's open file."""

    uscc = fields.String(required=True, metadata={"example": CODE})
    legal_representative = Masked(required=True, metadata={"example": "李**"})
    phone = fields.String(required=True, metadata={"example": "0527 8435 0000"})
    address = fields.String(required=True, metadata={"example": "宿迁市宿城区幸福中路 66 号"})
    description = fields.String(required=True, metadata={"example": "专注母婴护理和居家养老。"})
    years = fields.Integer(required=True, allow_none=True, metadata={"description": "whole years since it was founded",
                                                                     "example": 11})
    licence_in_date = fields.Boolean(required=True, metadata={"description": "as of today", "example": True})
    history = fields.List(fields.Nested(FirmHistoryOut), required=True)


class FirmOwnOut(FirmCardOut):
    """A firm as its members see it in their list."""

    uscc = fields.String(required=True, metadata={"example": CODE})
    applied_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)


class FirmApplicationOut(FirmOwnOut):
    """A firm's whole file, for its members and the federation; every answer leaves a look."""

    legal_representative = fields.Function(
        lambda firm: firm.legal_representative.reveal() if isinstance(firm.legal_representative, Sealed) else None,
        required=True, metadata={"type": "string", "example": "李建国"})
    phone = fields.String(required=True, metadata={"example": "0527 8435 0000"})
    address = fields.String(required=True, metadata={"example": "宿迁市宿城区幸福中路 66 号"})
    description = fields.String(required=True, metadata={"example": "专注母婴护理和居家养老。"})
    licence_url = fields.Function(
        lambda firm: url(firm.licence_media_id) if firm.licence_media_id else None, required=True, allow_none=True,
        metadata={"type": "string", "description": "the uploaded licence, for who uploaded it and the federation",
                  "example": "/api/v1/media/0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})


class FirmReasonIn(Schema):
    """A typed reason, and what in the file it points at."""

    code = fields.String(required=True, validate=validate.OneOf(list(rules.REASONS)), metadata={
        "description": "; ".join(f"{code} {reason.chinese}" for code, reason in rules.REASONS.items()),
        "example": "licence_mismatch"})
    field = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(rules.FIELDS),
                          metadata={"example": "name"})
    note = Text(most=500, least=0, load_default="", metadata={"example": "名称与执照不一致，少了“市”字"})

    @validates_schema
    def _other_says_what(self, data: dict[str, Any], **_: Any) -> None:
        if data["code"] == "other" and not data["note"]:
            raise ValidationError("选择“其他”时请写明原因|Say what it is", field_name="note")


class FirmDecisionIn(Schema):
    """A step of the federation's."""

    step = fields.String(required=True, validate=validate.OneOf(FEDERATION_STEPS), metadata={
        "description": "return, suspend and close need at least one reason", "example": "return"})
    reasons = fields.List(fields.Nested(FirmReasonIn), load_default=list, validate=validate.Length(max=10))
    note = Text(most=2000, least=0, load_default="", metadata={"example": "请于十日内补正"})


class FirmReasonOut(Schema):
    """A typed reason in words."""

    code = fields.String(required=True, metadata={"example": "licence_mismatch"})
    message = fields.Function(
        lambda reason: getattr(rules.REASONS[reason["code"]], "chinese" if language() == "zh" else "english"),
        required=True, metadata={"type": "string", "example": "填报内容与营业执照不一致"})
    field = fields.String(required=True, allow_none=True, metadata={"example": "name"})
    note = fields.String(required=True, metadata={"example": "名称与执照不一致，少了“市”字"})


class FirmDecisionOut(Schema):
    """What the federation decided."""

    id = fields.UUID(required=True)
    firm_id = fields.UUID(required=True)
    step = fields.String(required=True, metadata={"example": "return"})
    state = fields.String(required=True, metadata={"description": "the state it led to", "example": "returned"})
    reasons = fields.List(fields.Nested(FirmReasonOut), required=True)
    note = fields.String(required=True, metadata={"example": "请于十日内补正"})
    decided_by = fields.UUID(required=True, metadata={"description": "account of who decided"})
    decided_at = Moment(required=True)


class FirmRenewalIn(Schema):
    """A new licence."""

    licence_media_id = fields.UUID(required=True, metadata={
        "description": "the uploaded new licence (POST /media, kind licence)"})
    licence_valid_until = fields.Date(required=True, allow_none=True, metadata={
        "description": "null: without an end (长期)", "example": "2046-03-31"})


class FirmRenewalDecisionIn(Schema):
    """What the federation decides on a new licence."""

    step = fields.String(required=True, validate=validate.OneOf(list(RENEWAL.steps)), metadata={"example": "accept"})
    note = Text(most=2000, least=0, load_default="", metadata={"description": "required to refuse",
                                                               "example": "与登记机关核对无误"})


class FirmRenewalOut(Schema):
    """A new licence that was sent in, and what was decided on it."""

    id = fields.UUID(required=True)
    firm_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={
        "description": ", ".join(f"{state} {name}" for state, name in RENEWAL.states.items()), "example": "submitted"})
    licence_url = fields.Function(lambda renewal: url(renewal.licence_media_id), required=True, metadata={
        "type": "string", "example": "/api/v1/media/0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    licence_valid_until = fields.Date(required=True, allow_none=True, metadata={"example": "2046-03-31"})
    submitted_at = Moment(required=True)
    note = fields.String(required=True, metadata={"example": "与登记机关核对无误"})
    decided_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account of who decided"})
    decided_at = Moment(required=True, allow_none=True)


class AnswerWindowIn(Schema):
    """How long the firm has to answer when this service is booked."""

    minutes = Whole(least=30, most=1440, required=True, allow_none=True, metadata={
        "description": "after the payment; null: a paid booking stands at once", "example": 120})


class AnswerWindowOut(Schema):
    """How long a firm has to answer when a service of its is booked."""

    service_code = fields.String(required=True, metadata={"example": "maternity_matron"})
    minutes = fields.Integer(required=True, allow_none=True, metadata={"example": 120})
    set_at = Moment(required=True)


AnswerWindowPageOut = page_of(AnswerWindowOut)
FirmPageOut = page_of(FirmCardOut)
FirmRenewalPageOut = page_of(FirmRenewalOut)
FirmOwnPageOut = page_of(FirmOwnOut)
FirmDecisionPageOut = page_of(FirmDecisionOut)
