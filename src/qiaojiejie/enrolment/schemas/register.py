"""Shapes of the register and of what waits."""

from datetime import date

from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, validate

from qiaojiejie.core.clock import today
from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.enrolment.queries.waiting import KINDS as WAITING
from qiaojiejie.enrolment.rules import surveys
from qiaojiejie.firms.lifecycle import FIRM
from qiaojiejie.firms.rules import PUBLIC
from qiaojiejie.firms.schemas import CODE, CreditCode

_KINDS = ", ".join(f"{code} {name}" for code, name in surveys.KINDS.items())
FIRM_ID = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"


def _not_to_come(day: date) -> None:
    if day > today():
        raise ValidationError("不能晚于今天|Can't be later than today")


class RegisterEntryIn(Schema):
    """A firm a survey found."""

    name = Text(most=80, least=2, required=True, metadata={"example": "宿迁暖阳家政服务部"})
    uscc = CreditCode(most=30, load_default=None, allow_none=True, metadata={
        "description": "统一社会信用代码, null when unknown", "example": CODE})
    region_code = Text(most=6, required=True, metadata={"description": "GB/T 2260", "example": "321302"})
    kind = fields.String(load_default="other", validate=validate.OneOf(list(surveys.KINDS)), metadata={
        "description": _KINDS, "example": "company"})
    staff_estimate = Whole(most=surveys.MOST_STAFF, load_default=None, allow_none=True, metadata={"example": 24})
    surveyed_on = fields.Date(required=True, validate=_not_to_come, metadata={"example": "2026-03-31"})
    source = Text(most=80, load_default=surveys.SOURCE, metadata={"example": surveys.SOURCE})


class RegisterEntryOut(Schema):
    """A firm of the register."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "宿迁暖阳家政服务部"})
    uscc = fields.String(required=True, allow_none=True, metadata={"example": CODE})
    region_code = fields.String(required=True, metadata={"example": "321302"})
    kind = fields.String(required=True, metadata={"description": _KINDS, "example": "company"})
    kind_name = fields.Function(lambda entry: surveys.KINDS[entry.kind], required=True, metadata={
        "type": "string", "example": "公司"})
    staff_estimate = fields.Integer(required=True, allow_none=True, metadata={"example": 24})
    surveyed_on = fields.Date(required=True, metadata={"example": "2026-03-31"})
    source = fields.String(required=True, metadata={"example": surveys.SOURCE})
    firm_id = fields.UUID(required=True, allow_none=True, metadata={
        "description": "the firm of that code, once it applied", "example": FIRM_ID})
    firm_state = fields.Function(lambda entry: entry.firm and entry.firm.state, required=True, metadata={
        "type": ["string", "null"], "description": ", ".join(f"{state} {name}" for state, name in FIRM.states.items()),
        "example": "on_platform"})
    enrolled = fields.Function(lambda entry: entry.firm is not None and entry.firm.state in PUBLIC, required=True,
                               metadata={"type": "boolean", "example": True})
    struck_at = Moment(required=True, allow_none=True)
    struck_because = fields.String(required=True, allow_none=True, metadata={"example": "与另一条重复"})


class RegisterFilter(PageFilter):
    """Which entries to list."""

    region = Text(most=6, metadata={"description": "district, GB/T 2260", "example": "321302"})
    enrolled = fields.Boolean(metadata={"description": "on the platform, or not", "example": False})
    struck = fields.Boolean(load_default=False, metadata={"description": "those struck out instead", "example": False})
    q = Text(most=80, metadata={"description": "words of the name, or the start of the credit code",
                                "example": "暖阳"})


class StrikeIn(Schema):
    """Why an entry is struck out."""

    reason = Text(most=200, required=True, metadata={"example": "与另一条重复"})


class SurveyFileIn(Schema):
    """A survey's list."""

    file = Upload(required=True, metadata={
        "description": ".xlsx or .csv with columns 企业名称, 区县, 调查日期 and, where known, 统一社会信用代码, 类型, 从业人数, 来源"})


class SurveyOut(Schema):
    """What came of a survey's list."""

    added = fields.Integer(required=True, metadata={"example": 980})
    known = fields.Integer(required=True, metadata={"description": "in the register already, left as they stand",
                                                    "example": 20})
    matched = fields.Integer(required=True, metadata={"description": "added ones that have applied", "example": 104})


class _CountsOut(Schema):
    known = fields.Integer(required=True, metadata={"description": "live entries", "example": 1000})
    applied = fields.Integer(required=True, metadata={"description": "of them, with a firm of that code",
                                                      "example": 109})
    enrolled = fields.Integer(required=True, metadata={"description": "of them, on the platform", "example": 102})
    staff_estimate = fields.Integer(required=True, metadata={"description": "sum where known", "example": 18400})


class RegisterDistrictOut(_CountsOut):
    """Figures of one district."""

    region_code = fields.String(required=True, metadata={"example": "321302"})
    region_name = fields.String(required=True, metadata={"example": "宿城区"})


class RegisterFiguresOut(_CountsOut):
    """Figures of the register."""

    enrolled_unlisted = fields.Integer(required=True, metadata={
        "description": "firms on the platform that no survey found", "example": 3})
    districts = fields.List(fields.Nested(RegisterDistrictOut), required=True)


class QueueFilter(PageFilter):
    """Which of what waits to list."""

    kind = fields.String(validate=validate.OneOf(list(WAITING)), metadata={"example": "city_review"})
    overdue = fields.Boolean(metadata={"description": "due before today, or not", "example": True})


class WaitingOut(Schema):
    """One thing that waits for the federation."""

    kind = fields.String(required=True, metadata={
        "description": ", ".join(f"{kind} {name}" for kind, name in WAITING.items()), "example": "city_review"})
    kind_name = fields.Function(lambda row: WAITING[row.kind], required=True, metadata={
        "type": "string", "example": "评级：市级审核"})
    id = fields.UUID(required=True)
    firm_id = fields.UUID(required=True)
    firm_name = fields.String(required=True, metadata={"example": "宿迁市安心家政服务有限公司"})
    since = Moment(required=True)
    due_on = fields.Date(required=True, metadata={"example": "2026-12-08"})
    link = fields.String(required=True, metadata={
        "description": "where it is read", "example": f"/api/v1/firms/{FIRM_ID}/application"})


class WaitingKindOut(Schema):
    """How much of one kind waits."""

    kind = fields.String(required=True, metadata={"example": "city_review"})
    kind_name = fields.String(required=True, metadata={"example": "评级：市级审核"})
    waiting = fields.Integer(required=True, metadata={"example": 4})
    overdue = fields.Integer(required=True, metadata={"example": 1})


class WaitingCountsOut(Schema):
    """How much waits, in all and of each kind."""

    waiting = fields.Integer(required=True, metadata={"example": 12})
    overdue = fields.Integer(required=True, metadata={"example": 1})
    kinds = fields.List(fields.Nested(WaitingKindOut), required=True)


RegisterEntryPageOut = page_of(RegisterEntryOut)
WaitingPageOut = page_of(WaitingOut)
