"""Shapes of courses and funding programmes."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.core.schema import FilterSchema, Money, PageFilter, QueryWhole, Schema, Text, Whole, page_of
from qiaojiejie.courses.lifecycle import COURSE
from qiaojiejie.courses.rules.meetings import KINDS

COURSE_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e61"}


class CourseFilter(PageFilter):
    """Which courses."""

    occupation = Text(most=40, metadata={"example": "domestic_worker"})
    programme = Text(most=40, metadata={"example": "sukenhuichuang"})


class TopicSchema(Schema):
    """A topic of the syllabus."""

    topic = Text(required=True, most=80, metadata={"example": "新生儿沐浴与抚触"})
    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata={"example": "practice"})
    minutes = Whole(required=True, least=15, most=6000, metadata={"example": 180})


class AgeConditionSchema(Schema):
    """How old one must be when it begins."""

    least = Whole(required=True, least=16, most=80, metadata={"example": 18})
    most = Whole(required=True, least=16, most=80, metadata={"example": 60})

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["least"] > data["most"]:
            raise ValidationError("最低年龄不能高于最高年龄|The least age can't be above the most", field_name="least")


class CertificateConditionSchema(Schema):
    """Which certificate one must hold when it begins."""

    occupation = Text(required=True, most=40, metadata={"example": "domestic_worker"})
    least_level = Whole(required=True, least=1, most=5, metadata={"description": "5 lowest", "example": 5})


class ConditionsSchema(Schema):
    """Who may come."""

    age = fields.Nested(AgeConditionSchema, allow_none=True, load_default=None)
    certificate = fields.Nested(CertificateConditionSchema, allow_none=True, load_default=None)


class CourseIn(Schema):
    """A course."""

    title = Text(required=True, most=60, metadata={"description": "as on the certificate", "example": "家政服务员五级"})
    title_en = Text(required=True, most=100, metadata={"example": "Domestic worker, level 5"})
    occupation = Text(required=True, most=40, metadata={"example": "domestic_worker"})
    level = Whole(least=1, most=5, allow_none=True, load_default=None, metadata={"example": 5})
    edition = Text(required=True, most=40, metadata={"description": "of the syllabus", "example": "2026 版"})
    syllabus = fields.List(fields.Nested(TopicSchema), required=True, validate=validate.Length(1, 60))
    conditions = fields.Nested(ConditionsSchema, load_default=lambda: {"age": None, "certificate": None})
    body_id = fields.UUID(required=True, metadata={"description": "which body certifies it", **COURSE_ID})
    valid_years = Whole(least=1, most=20, allow_none=True, load_default=None, metadata={
        "description": "how long the certificate is valid; null: for good", "example": 3})
    theory_pass = Whole(least=1, most=100, load_default=60, metadata={"example": 60})
    practice_pass = Whole(least=1, most=100, load_default=60, metadata={"example": 60})
    least_attendance = Whole(least=0, most=1000, load_default=800, metadata={
        "description": "permille of its minutes one must attend to be assessed", "example": 800})
    attempts = Whole(least=1, most=9, load_default=3, metadata={"description": "of each part", "example": 3})
    resit_days = Whole(least=0, most=365, load_default=1, metadata={
        "description": "days between attempts", "example": 1})
    programmes = fields.List(Text(most=40), load_default=list, validate=validate.Length(0, 10), metadata={
        "description": "that fund it: `GET /funding-programmes`", "example": ["sukenhuichuang"]})


class CourseStepIn(Schema):
    """A step of a course."""

    step = fields.String(required=True, validate=validate.OneOf(list(COURSE.steps)), metadata={"example": "publish"})


class CourseOut(Schema):
    """A course of the catalogue."""

    id = fields.UUID(required=True, metadata=COURSE_ID)
    title = fields.String(required=True, metadata={"example": "家政服务员五级"})
    title_en = fields.String(required=True, metadata={"example": "Domestic worker, level 5"})
    occupation = fields.String(required=True, metadata={"example": "domestic_worker"})
    occupation_name = fields.String(required=True, attribute="work.name", metadata={"example": "家政服务员"})
    level = fields.Integer(required=True, allow_none=True, metadata={"example": 5})
    edition = fields.String(required=True, metadata={"example": "2026 版"})
    theory_minutes = fields.Integer(required=True, metadata={"example": 1800})
    practice_minutes = fields.Integer(required=True, metadata={"example": 1800})
    syllabus = fields.List(fields.Nested(TopicSchema), required=True)
    conditions = fields.Nested(ConditionsSchema, required=True)
    body_id = fields.UUID(required=True, metadata=COURSE_ID)
    body_name = fields.String(required=True, attribute="body.name", metadata={"example": "宿迁市家政服务职业技能培训中心"})
    valid_years = fields.Integer(required=True, allow_none=True, metadata={"example": 3})
    theory_pass = fields.Integer(required=True, metadata={"example": 60})
    practice_pass = fields.Integer(required=True, metadata={"example": 60})
    least_attendance = fields.Integer(required=True, metadata={"example": 800})
    attempts = fields.Integer(required=True, metadata={"example": 3})
    resit_days = fields.Integer(required=True, metadata={"example": 1})
    programmes = fields.List(fields.String(), required=True, metadata={"example": ["sukenhuichuang"]})
    state = fields.String(required=True, validate=validate.OneOf(list(COURSE.states)),
                          metadata={"example": "published"})


CoursePageOut = page_of(CourseOut)


class ProgrammeOut(Schema):
    """A funding programme."""

    code = fields.String(required=True, metadata={"example": "sukenhuichuang"})
    name = fields.String(required=True, metadata={"example": "苏垦慧创"})
    name_en = fields.String(required=True, metadata={"example": "Suken Huichuang"})
    amount = Money(required=True, attribute="amount_fen")
    source = fields.String(required=True, metadata={"description": "where the amount comes from", "example": "示例标准"})
    valid_from = fields.Date(required=True, metadata={"example": "2024-01-01"})
    valid_until = fields.Date(required=True, allow_none=True, metadata={"example": None})


class ProgrammesOut(Schema):
    """Every funding programme."""

    items = fields.List(fields.Nested(ProgrammeOut), required=True)


class TrainingStatisticsFilter(FilterSchema):
    """Of which year; of the twelve months to now unless said."""

    year = QueryWhole(load_default=None, least=2000, most=2100, metadata={"example": 2026})


class CourseFiguresOut(Schema):
    """What was taught of one course."""

    id = fields.UUID(required=True, metadata=COURSE_ID)
    title = fields.String(required=True, metadata={"example": "收纳整理"})
    title_en = fields.String(required=True, metadata={"example": "Storage and tidying"})
    sessions = fields.Integer(required=True, metadata={"example": 21})
    trained = fields.Integer(required=True, metadata={"example": 612})
    passed = fields.Integer(required=True, metadata={"example": 590})


class TrainingStatisticsOut(Schema):
    """What was taught in a year; people are counted once, however often they came."""

    year = fields.Integer(required=True, allow_none=True, metadata={"example": 2026})
    sessions = fields.Integer(required=True, metadata={"description": "that were finished", "example": 102})
    trained = fields.Integer(required=True, metadata={"description": "people who attended to the end", "example": 3000})
    passed = fields.Integer(required=True, metadata={"example": 2893})
    regions = fields.Integer(required=True, metadata={"example": 5})
    courses = fields.List(fields.Nested(CourseFiguresOut), required=True)
