"""Shapes of the grading standard and of gradings."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.core.problems import language
from qiaojiejie.core.schema import Moment, Schema, Text, Whole, page_of
from qiaojiejie.enrolment.lifecycle import GRADING
from qiaojiejie.enrolment.models import Grading
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.media.rules import url

_STATES = ", ".join(f"{state} {name}" for state, name in GRADING.states.items())
MEDIA = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"
INDICATOR, VERSION = "written_contracts", standards.CURRENT.version


def _word(code: str) -> str:
    reason = standards.REASONS[code]
    return reason.chinese if language() == "zh" else reason.english


def _grade_name(grading: Grading) -> str | None:
    return standards.standard(grading.standard).grade_name(grading.grade, language())


class _Worded(Schema):
    code = fields.String(required=True, metadata={"example": INDICATOR})
    zh = fields.String(required=True, metadata={"example": "与家庭和服务人员签订书面合同"})
    en = fields.String(required=True, metadata={"example": "Written contracts with families and workers"})


class IndicatorOut(_Worded):
    """One thing that is scored."""

    max = fields.Integer(required=True, metadata={"description": "points at most", "example": 10})
    evidence = fields.Boolean(required=True, metadata={"description": "points for it need a file", "example": True})


class IndicatorGroupOut(_Worded):
    """Indicators that belong together."""

    indicators = fields.List(fields.Nested(IndicatorOut), required=True)


class GradeStepOut(Schema):
    """A grade and the points it takes."""

    grade = fields.Integer(required=True, metadata={"description": "stars", "example": 4})
    at_least = fields.Integer(required=True, metadata={"description": "of 100 points", "example": 80})
    zh = fields.String(required=True, metadata={"example": "四星"})
    en = fields.String(required=True, metadata={"example": "four stars"})


class BilingualOut(Schema):
    """Words in both languages."""

    zh = fields.String(required=True, metadata={"example": standards.CURRENT.data["notice"]["zh"]})
    en = fields.String(required=True, metadata={"example": standards.CURRENT.data["notice"]["en"]})


class ChecklistItemOut(_Worded):
    """What is looked at on site."""


class GradingStandardOut(Schema):
    """One version of the grading standard, as it is applied."""

    version = fields.String(required=True, metadata={"example": VERSION})
    notice = fields.Nested(BilingualOut, required=True)
    groups = fields.List(fields.Nested(IndicatorGroupOut), required=True)
    grades = fields.List(fields.Nested(GradeStepOut), required=True)
    months = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "valid: how long a grade counts; check: every so many months it is checked",
        "example": dict(standards.CURRENT.data["months"])})
    days = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "time limits in calendar days", "example": dict(standards.CURRENT.data["days"])})
    checklist = fields.List(fields.Nested(ChecklistItemOut), required=True)


class SelfScoreIn(Schema):
    """What a firm gives itself for an indicator."""

    indicator = Text(most=40, required=True, metadata={"example": INDICATOR})
    points = Whole(most=100, required=True, metadata={"example": 9})
    note = Text(most=500, least=0, load_default="", metadata={"example": "在册服务合同 312 份"})
    evidence = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, 10), metadata={
        "description": "uploaded files (POST /media, kind evidence or document)", "example": []})


class SelfScoresIn(Schema):
    """Scores to save; indicators left out stay as they were."""

    scores = fields.List(fields.Nested(SelfScoreIn), required=True, validate=validate.Length(1, 100))


class GradingReasonIn(Schema):
    """A typed reason, and the indicator it is about."""

    code = fields.String(required=True, validate=validate.OneOf(list(standards.REASONS)), metadata={
        "description": ", ".join(f"{code} {reason.chinese}" for code, reason in standards.REASONS.items()),
        "example": "stamp_missing"})
    indicator = Text(most=40, load_default=None, allow_none=True, metadata={"example": INDICATOR})
    note = Text(most=500, least=0, load_default="", metadata={"example": "合同样本第二页缺章"})


class GradingCorrectionIn(Schema):
    """What the reviewer gives instead of the firm's own score, and why."""

    indicator = Text(most=40, required=True, metadata={"example": INDICATOR})
    points = Whole(most=100, required=True, metadata={"example": 7})
    reason = fields.String(required=True, validate=validate.OneOf(list(standards.REASONS)), metadata={
        "example": "overclaimed"})
    note = Text(most=500, least=0, load_default="", metadata={"example": "抽查 20 份，3 份未签字"})


class _DecisionIn(Schema):
    reasons = fields.List(fields.Nested(GradingReasonIn), load_default=list, validate=validate.Length(0, 50))
    note = Text(most=2000, least=0, load_default="", metadata={"example": "材料齐全"})


class GradingReviewIn(_DecisionIn):
    """The first review: pass or return."""

    outcome = fields.String(required=True, validate=validate.OneOf(["pass", "return"]), metadata={"example": "return"})
    corrections = fields.List(fields.Nested(GradingCorrectionIn), load_default=list,
                              validate=validate.Length(0, 100))


class AssessorScoreIn(Schema):
    """What the third party gives for an indicator."""

    indicator = Text(most=40, required=True, metadata={"example": INDICATOR})
    points = Whole(most=100, required=True, metadata={"example": 8})
    note = Text(most=500, least=0, load_default="", metadata={"example": "现场查验"})


class GradingAssessmentIn(Schema):
    """The third party's scores for every indicator, and its report."""

    assessor = Text(most=80, least=2, required=True, metadata={
        "description": "the body that assessed", "example": "宿迁市家庭服务业协会评估中心"})
    report_media_id = fields.UUID(required=True, metadata={
        "description": "its signed report, which you uploaded (POST /media, kind evidence)", "example": MEDIA})
    scores = fields.List(fields.Nested(AssessorScoreIn), required=True, validate=validate.Length(1, 100))
    note = Text(most=2000, least=0, load_default="", metadata={"example": "两名评估员现场评分"})


class SecondReviewIn(_DecisionIn):
    """The second review: publish or send_back."""

    outcome = fields.String(required=True, validate=validate.OneOf(["publish", "send_back"]),
                            metadata={"example": "publish"})
    reasons = fields.List(fields.Nested(GradingReasonIn), load_default=list, validate=validate.Length(0, 50),
                          metadata={"example": []})


class YearlyCheckIn(_DecisionIn):
    """The yearly check: keep or revoke."""

    outcome = fields.String(required=True, validate=validate.OneOf(["keep", "revoke"]), metadata={"example": "keep"})
    reasons = fields.List(fields.Nested(GradingReasonIn), load_default=list, validate=validate.Length(0, 50),
                          metadata={"example": []})


class FirmGradeOut(Schema):
    """A grade that was published."""

    grade = fields.Integer(required=True, metadata={"description": "1 to 5 stars", "example": 4})
    grade_name = fields.Function(_grade_name, required=True, metadata={"type": "string", "example": "四星"})
    points = fields.Integer(required=True, metadata={"description": "of 100", "example": 84})
    standard = fields.String(required=True, metadata={"example": VERSION})
    state = fields.String(required=True, metadata={"description": _STATES, "example": "published"})
    published_on = fields.Date(required=True, metadata={"example": "2026-11-24"})
    valid_until = fields.Date(required=True, metadata={"description": "its last day", "example": "2028-11-23"})
    check_due_on = fields.Date(required=True, allow_none=True, metadata={
        "description": "yearly check; null when none is left", "example": "2027-11-24"})
    ended_on = fields.Date(required=True, allow_none=True, metadata={"example": None})


class FirmGradingOut(Schema):
    """A firm's quality grade, open to everybody; separate from the credit score, and neither changes the other."""

    firm_id = fields.UUID(required=True)
    notice = fields.Function(lambda _: standards.CURRENT.data["notice"][language()], required=True, metadata={
        "type": "string", "example": standards.CURRENT.data["notice"]["zh"]})
    current = fields.Nested(FirmGradeOut, required=True, allow_none=True, metadata={
        "description": "null when it has no grade that counts today"})
    history = fields.List(fields.Nested(FirmGradeOut), required=True)


class GradingCardOut(Schema):
    """A grading in a list."""

    id = fields.UUID(required=True)
    firm_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"description": _STATES, "example": "city_review"})
    state_name = fields.Function(lambda grading: GRADING.states[grading.state], required=True, metadata={
        "type": "string", "example": "市级审核中"})
    standard = fields.String(required=True, metadata={"example": VERSION})
    opened_at = Moment(required=True)
    since = Moment(required=True)
    due_on = fields.Date(required=True, allow_none=True, metadata={"description": "of the present stage",
                                                                   "example": "2026-12-09"})
    points = fields.Integer(required=True, allow_none=True, metadata={
        "description": "the sum of the last who scored", "example": 84})
    grade = fields.Integer(required=True, allow_none=True, metadata={"description": "1 to 5 stars", "example": None})
    published_on = fields.Date(required=True, allow_none=True, metadata={"example": None})
    valid_until = fields.Date(required=True, allow_none=True, metadata={"example": None})
    check_due_on = fields.Date(required=True, allow_none=True, metadata={"example": None})


class GradingScoreOut(Schema):
    """What an indicator was given, by whom."""

    indicator = fields.String(required=True, metadata={"example": INDICATOR})
    self_points = fields.Integer(required=True, metadata={"example": 9})
    self_note = fields.String(required=True, metadata={"example": "在册服务合同 312 份"})
    evidence = fields.Function(lambda score: [url(each) for each in score.evidence], required=True, metadata={
        "type": "array", "items": {"type": "string"}, "example": [f"/api/v1/media/{MEDIA}"]})
    city_points = fields.Integer(required=True, allow_none=True, metadata={"example": 7})
    city_reason = fields.Function(lambda score: score.city_reason and _word(score.city_reason), required=True,
                                  metadata={"type": ["string", "null"], "example": "自评分高于材料所能证明"})
    city_note = fields.String(required=True, allow_none=True, metadata={"example": "抽查 20 份，3 份未签字"})
    assessor_points = fields.Integer(required=True, allow_none=True, metadata={"example": 8})
    assessor_note = fields.String(required=True, allow_none=True, metadata={"example": "现场查验"})


class GradingReasonOut(Schema):
    """A typed reason in words."""

    code = fields.String(required=True, metadata={"example": "stamp_missing"})
    message = fields.Function(lambda reason: _word(reason["code"]), required=True, metadata={
        "type": "string", "example": "材料未盖章"})
    indicator = fields.String(required=True, allow_none=True, metadata={"example": INDICATOR})
    note = fields.String(required=True, metadata={"example": "合同样本第二页缺章"})


class GradingDecisionOut(Schema):
    """A step the federation took."""

    step = fields.String(required=True, metadata={"example": "return"})
    points = fields.Integer(required=True, allow_none=True, metadata={"example": 84})
    reasons = fields.List(fields.Nested(GradingReasonOut), required=True)
    note = fields.String(required=True, metadata={"example": "材料齐全"})
    decided_by = fields.UUID(required=True, metadata={"description": "account of who decided"})
    decided_at = Moment(required=True)


def _report(grading: Any) -> str | None:
    return None if grading.report_media_id is None else url(grading.report_media_id)


class GradingOut(GradingCardOut):
    """A grading with every score and decision, for the firm itself and the federation."""

    assessor = fields.String(required=True, allow_none=True, metadata={"example": "宿迁市家庭服务业协会评估中心"})
    report_url = fields.Function(_report, required=True, metadata={
        "type": ["string", "null"], "description": "the assessor's report; for the federation",
        "example": f"/api/v1/media/{MEDIA}"})
    scores = fields.List(fields.Nested(GradingScoreOut), required=True)
    decisions = fields.List(fields.Nested(GradingDecisionOut), required=True)


GradingPageOut = page_of(GradingCardOut)
