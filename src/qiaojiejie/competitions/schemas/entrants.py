"""Shapes of entrants and objections."""

from marshmallow import fields, validate

from qiaojiejie.competitions.lifecycle import OBJECTION
from qiaojiejie.competitions.rules import shape
from qiaojiejie.core.schema import Masked, Moment, PageFilter, Schema, Text, Whole, page_of

_EVENT = {"description": "the event's code", "example": "mother_baby"}
_GROUNDS = ", ".join(f"{ground} {name}" for ground, name in shape.GROUNDS.items())


class EntrantIn(Schema):
    """Who enters which event."""

    event = Text(most=40, required=True, metadata=_EVENT)
    worker_id = fields.UUID(load_default=None, allow_none=True, metadata={
        "description": "a firm's: of its staff; a station's: who asked there; left out: oneself",
        "example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"})


class EntrantFilter(PageFilter):
    """Which entrants to list."""

    event = Text(most=40, metadata=_EVENT)


class RankingFilter(PageFilter):
    """Of which event."""

    event = Text(most=40, required=True, metadata=_EVENT)


class EntrantOut(Schema):
    """An entrant as she herself, who entered her, and the federation see her; masked."""

    id = fields.UUID(required=True)
    competition_id = fields.UUID(required=True)
    competition_name = fields.String(required=True, metadata={"example": "宿迁市第六届“巧姐姐”家政服务技能大赛"})
    event = fields.String(required=True, metadata=_EVENT)
    worker_id = fields.UUID(required=True)
    name = Masked(required=True, metadata={"example": "王**"})
    firm_name = fields.String(required=True, allow_none=True, metadata={"example": "宿迁某某家政有限公司"})
    state = fields.String(required=True, metadata={"example": "entered"})
    state_name = fields.String(required=True, metadata={"example": "已报名"})
    via = fields.String(required=True, metadata={"description": "worker, firm or station", "example": "worker"})
    entered_at = Moment(required=True)
    number = fields.Integer(required=True, allow_none=True, metadata={"description": "drawn when entries close",
                                                                      "example": 7})
    rank = fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    medal = fields.String(required=True, allow_none=True, metadata={"description": "gold, silver, bronze",
                                                                    "example": "gold"})


EntrantPageOut = page_of(EntrantOut)


class RankedOut(Schema):
    """A line of the published ranking: a masked name beside a number."""

    event = fields.String(required=True, metadata=_EVENT)
    number = fields.Integer(required=True, metadata={"example": 7})
    name = Masked(required=True, metadata={"example": "王**"})
    firm_name = fields.String(required=True, allow_none=True, metadata={"example": "宿迁某某家政有限公司"})
    rank = fields.Integer(required=True, allow_none=True, metadata={"example": 1})
    medal = fields.String(required=True, allow_none=True, metadata={"example": "gold"})


RankedPageOut = page_of(RankedOut)


class CompetitionObjectionIn(Schema):
    """What is wrong with one's results."""

    ground = fields.String(required=True, validate=validate.OneOf(list(shape.GROUNDS)), metadata={
        "description": _GROUNDS, "example": "mark_wrong"})
    words = Text(most=2000, required=True, metadata={"example": "第二位评委的安全分登记成了 10 分，现场报的是 30 分。"})


class MarkCorrectionIn(Schema):
    """A mark as it should be."""

    part = fields.String(required=True, validate=validate.OneOf(["theory", "practice"]), metadata={
        "example": "practice"})
    judge = Text(most=8, load_default=None, allow_none=True, metadata={"description": "of the practice",
                                                                       "example": "J2"})
    criterion = Text(most=40, load_default=None, allow_none=True, metadata={"description": "of the practice",
                                                                            "example": "care"})
    points = Whole(most=1_000_000, required=True, metadata={"description": "hundredths of a point", "example": 3000})


class CompetitionDecisionIn(Schema):
    """What becomes of an objection."""

    upheld = fields.Boolean(required=True, metadata={"example": True})
    note = Text(most=2000, required=True, metadata={"description": "to the entrant", "example": "经核对录像与纸质评分表，登记有误。"})
    corrections = fields.List(fields.Nested(MarkCorrectionIn), load_default=list, validate=validate.Length(0, 50),
                              metadata={"example": [{"part": "practice", "judge": "J2", "criterion": "care",
                                                     "points": 3000}]})


class CompetitionObjectionFilter(PageFilter):
    """Which objections to list."""

    state = fields.String(validate=validate.OneOf(list(OBJECTION.states)), metadata={"example": "submitted"})


class CompetitionObjectionOut(Schema):
    """An objection, without its words."""

    id = fields.UUID(required=True)
    competition_id = fields.UUID(required=True)
    entrant_id = fields.UUID(required=True)
    event = fields.String(required=True, attribute="entrant.event", metadata=_EVENT)
    number = fields.Integer(required=True, attribute="entrant.number", metadata={"example": 7})
    state = fields.String(required=True, metadata={"example": "submitted"})
    state_name = fields.String(required=True, metadata={"example": "待处理"})
    ground = fields.String(required=True, metadata={"description": _GROUNDS, "example": "mark_wrong"})
    filed_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)


CompetitionObjectionPageOut = page_of(CompetitionObjectionOut)


class CompetitionObjectionFileOut(CompetitionObjectionOut):
    """An objection with its words and the answer."""

    words = fields.String(required=True, attribute="said", metadata={"example": "第二位评委的安全分登记有误。"})
    note = fields.String(required=True, allow_none=True, attribute="answer", metadata={"example": "经核对，登记有误。"})
