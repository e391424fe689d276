"""Shapes of surveys."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.surveys.lifecycle import SURVEY
from qiaojiejie.surveys.rules.questions import AUDIENCES

SOME_ID = {"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e71"}
CODE = validate.Regexp(r"^[a-z][a-z0-9_]{0,39}\Z", error="只能用小写字母、数字和下划线|Lower-case letters, digits and _ only")
SERIES = {"description": "the series: the same questions every year", "example": "family_satisfaction"}


class OptionIn(Schema):
    """One answer of a question."""

    code = fields.String(required=True, validate=CODE, metadata={"example": "satisfied"})
    name = Text(required=True, most=60, metadata={"example": "满意"})
    name_en = Text(required=True, most=120, metadata={"example": "Satisfied"})


class AskedQuestionOut(Schema):
    """One question, answered by one of its options."""

    code = fields.String(required=True, validate=CODE, metadata={"example": "overall"})
    text = Text(required=True, most=200, metadata={"example": "您对家政服务总体满意吗？"})
    text_en = Text(required=True, most=300, metadata={"example": "How satisfied are you with the service?"})
    options = fields.List(fields.Nested(OptionIn), required=True, validate=validate.Length(2, 12))


class QuestionIn(AskedQuestionOut):
    """A question, and which of its answers count as good."""

    good = fields.List(fields.String(), load_default=list, metadata={
        "description": "options that are counted together, as satisfied", "example": ["satisfied"]})


class StratumIn(Schema):
    """Where questionnaires are handed out."""

    code = fields.String(required=True, validate=validate.Length(1, 40), metadata={"example": "321302"})
    name = Text(required=True, most=60, metadata={"example": "宿城区"})
    frame = Whole(required=True, least=1, most=10_000_000, metadata={"description": "of so many", "example": 5200})
    drawn = Whole(required=True, least=1, most=5_000, metadata={"description": "questionnaires", "example": 120})


class HeldSurveyIn(Schema):
    """A survey to be drawn."""

    code = fields.String(required=True, validate=CODE, metadata=SERIES)
    year = Whole(required=True, least=2000, most=2100, metadata={"example": 2026})
    title = Text(required=True, most=80, metadata={"example": "家政服务家庭满意度调查"})
    title_en = Text(required=True, most=120, metadata={"example": "Families' satisfaction"})
    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES), metadata={"example": "families"})
    questions = fields.List(fields.Nested(QuestionIn), required=True, validate=validate.Length(1, 30))
    frame_from = fields.Date(allow_none=True, load_default=None, metadata={
        "description": "families with a visit completed from this day", "example": "2026-01-01"})
    frame_until = fields.Date(allow_none=True, load_default=None, metadata={
        "description": "and before this one", "example": "2026-11-01"})
    sample = Whole(least=1, most=50_000, load_default=1_000, metadata={
        "description": "how many are drawn; those handed out are counted by their strata", "example": 600})
    strata = fields.List(fields.Nested(StratumIn), load_default=list, validate=validate.Length(max=50),
                         metadata={"description": "of one that is handed out only"})
    closes_on = fields.Date(required=True, metadata={"description": "its last day", "example": "2026-12-15"})


class SurveyStepIn(Schema):
    """A step of a survey."""

    step = fields.String(required=True, validate=validate.OneOf(list(SURVEY.steps)), metadata={"example": "open"})


class HeldSurveyFilter(PageFilter):
    """Which surveys."""

    code = fields.String(validate=CODE, metadata=SERIES)


class SurveyStratumOut(StratumIn):
    """A stratum and how many were drawn of it."""


class HeldSurveyOut(Schema):
    """A survey."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    code = fields.String(required=True, metadata=SERIES)
    year = fields.Integer(required=True, metadata={"example": 2026})
    title = fields.String(required=True, metadata={"example": "家政服务家庭满意度调查"})
    title_en = fields.String(required=True, metadata={"example": "Families' satisfaction"})
    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES), metadata={"example": "families"})
    state = fields.String(required=True, validate=validate.OneOf(list(SURVEY.states)), metadata={"example": "open"})
    questions = fields.List(fields.Nested(QuestionIn), required=True)
    strata = fields.List(fields.Nested(SurveyStratumOut), required=True)
    frame_from = fields.Date(required=True, allow_none=True, metadata={"example": "2026-01-01"})
    frame_until = fields.Date(required=True, allow_none=True, metadata={"example": "2026-11-01"})
    closes_on = fields.Date(required=True, metadata={"example": "2026-12-15"})
    commitment = fields.String(required=True, metadata={"description": "SHA-256 of the seed of the draw",
                                                        "example": "9f86d081"})
    seed = fields.String(required=True, allow_none=True, attribute="told_seed", metadata={
        "description": "of the draw; null until the survey is closed", "example": None})
    opened_at = Moment(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)
    reminders = fields.Integer(required=True, metadata={"example": 0})


HeldSurveyPageOut = page_of(HeldSurveyOut)


class InvitationFilter(PageFilter):
    """Which invitations."""

    answered = fields.Boolean(metadata={"example": False})


class InvitationOut(Schema):
    """An invitation; of a family nothing but its place in the draw."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    number = fields.Integer(required=True, metadata={"example": 1})
    stratum = fields.String(required=True, metadata={"example": "321302"})
    firm_name = fields.String(required=True, allow_none=True, metadata={"example": "宿迁市安心家政服务有限公司"})
    answered = fields.Boolean(required=True, metadata={"example": False})


InvitationPageOut = page_of(InvitationOut)


class SurveyLinkOut(Schema):
    """A link to hand over in person."""

    number = fields.Integer(required=True, metadata={"example": 1})
    link = fields.String(required=True, metadata={"example": "https://qiaojiejie.example/s/3q2-7wAB4kZ8xY1c"})
    until = fields.Date(required=True, metadata={"example": "2026-12-15"})


class SurveyFormOut(Schema):
    """A questionnaire to fill in."""

    title = fields.String(required=True, attribute="survey.title", metadata={"example": "家政服务家庭满意度调查"})
    title_en = fields.String(required=True, attribute="survey.title_en", metadata={"example": "Families' satisfaction"})
    year = fields.Integer(required=True, attribute="survey.year", metadata={"example": 2026})
    closes_on = fields.Date(required=True, attribute="survey.closes_on", metadata={"example": "2026-12-15"})
    questions = fields.List(fields.Nested(AskedQuestionOut), required=True, attribute="survey.questions")
    answered = fields.Boolean(required=True, metadata={"example": False})
    can_answer = fields.Boolean(required=True, metadata={"example": True})


class SurveyAnswerIn(Schema):
    """One person's answer."""

    answers = fields.Dict(keys=fields.String(validate=validate.Length(1, 40)),
                          values=fields.String(validate=validate.Length(1, 40)), required=True,
                          validate=validate.Length(1, 30), metadata={"example": {"overall": "satisfied"}})
    words = Text(most=500, allow_none=True, load_default=None, metadata={"example": "希望周末也能约到人"})


class WordsOut(Schema):
    """What somebody wrote; by whom is not known."""

    stratum = fields.String(required=True, metadata={"example": "321302"})
    words = fields.String(required=True, attribute="said", metadata={"example": "希望周末也能约到人"})


WordsPageOut = page_of(WordsOut)


class ShareOut(Schema):
    """A share: how many answered so, and weighted in 1/10000 with its 95 % interval."""

    n = fields.Integer(required=True, metadata={"example": 412})
    permyriad = fields.Integer(required=True, allow_none=True, metadata={"example": 8507})
    low_permyriad = fields.Integer(required=True, allow_none=True, metadata={"example": 8190})
    high_permyriad = fields.Integer(required=True, allow_none=True, metadata={"example": 8776})


class OptionShareOut(ShareOut):
    """An option's share."""

    code = fields.String(required=True, metadata={"example": "satisfied"})
    name = fields.String(required=True, metadata={"example": "满意"})
    name_en = fields.String(required=True, metadata={"example": "Satisfied"})


class QuestionResultOut(Schema):
    """A question's result."""

    code = fields.String(required=True, metadata={"example": "overall"})
    text = fields.String(required=True, metadata={"example": "您对家政服务总体满意吗？"})
    text_en = fields.String(required=True, metadata={"example": "How satisfied are you with the service?"})
    good = fields.Nested(ShareOut, required=True, allow_none=True)
    options = fields.List(fields.Nested(OptionShareOut), required=True)


class StratumResultOut(Schema):
    """A stratum: of how many how many were asked and answered."""

    code = fields.String(required=True, metadata={"example": "321302"})
    name = fields.String(required=True, metadata={"example": "宿城区"})
    frame = fields.Integer(required=True, metadata={"example": 520})
    invited = fields.Integer(required=True, metadata={"example": 120})
    answered = fields.Integer(required=True, metadata={"example": 84})


class SurveyResultOut(Schema):
    """A survey's results, counted from its answers now."""

    survey = fields.Nested(HeldSurveyOut, required=True)
    frame = fields.Integer(required=True, metadata={"example": 2000})
    invited = fields.Integer(required=True, metadata={"example": 600})
    n = fields.Integer(required=True, metadata={"example": 431})
    response = fields.Integer(required=True, allow_none=True, metadata={"description": "in 1/10000", "example": 7183})
    effective_n = fields.String(required=True, metadata={
        "description": "Kish's effective number of answers; the intervals are of it", "example": "418.2"})
    uncovered = fields.List(fields.String(), required=True, metadata={
        "description": "strata without an answer: the results say nothing of them", "example": []})
    strata = fields.List(fields.Nested(StratumResultOut), required=True)
    questions = fields.List(fields.Nested(QuestionResultOut), required=True)


class SeriesPointOut(ShareOut):
    """A year of a series; ``n`` counts all answers."""

    survey_id = fields.UUID(required=True, metadata=SOME_ID)
    year = fields.Integer(required=True, metadata={"example": 2026})
    invited = fields.Integer(required=True, metadata={"example": 600})
    response = fields.Integer(required=True, allow_none=True, metadata={"description": "in 1/10000", "example": 7183})
    question = fields.String(required=True, metadata={"example": "您对家政服务总体满意吗？"})


class SeriesOut(Schema):
    """The headline of a series by year."""

    code = fields.String(required=True, metadata=SERIES)
    title = fields.String(required=True, metadata={"example": "家政服务家庭满意度调查"})
    title_en = fields.String(required=True, metadata={"example": "Families' satisfaction"})
    points = fields.List(fields.Nested(SeriesPointOut), required=True)
