"""Shapes of a jury and its sheets."""

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from qiaojiejie.competitions.rules import shape
from qiaojiejie.competitions.schemas.competitions import CompetitionEventOut
from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, Whole, page_of

_KINDS = ", ".join(f"{kind} {name}" for kind, name in shape.KINDS.items())
_KIND = {"description": f"{_KINDS}; the chief judges too", "example": "judge"}
_EVENT = {"description": "the event's code", "example": "mother_baby"}
_MARKS = {"skill": 5250, "care": 3600}


class JudgeIn(Schema):
    """Whom to appoint as what."""

    judge_account_id = fields.UUID(required=True, metadata={"example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"})
    kind = fields.String(required=True, validate=validate.OneOf(list(shape.KINDS)), metadata=_KIND)


class JudgeOut(Schema):
    """A seat on a jury. Until the results are published nobody can tell which label is hers."""

    id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata=_KIND)
    kind_name = fields.String(required=True, metadata={"example": "评委"})
    appointed_at = Moment(required=True)
    dismissed_at = Moment(required=True, allow_none=True)


JudgePageOut = page_of(JudgeOut)


class SeatOut(Schema):
    """A jury one sits on, and what is to be marked."""

    competition_id = fields.UUID(required=True)
    name = fields.String(required=True, attribute="competition.name", metadata={"example": "宿迁市第六届技能大赛"})
    state = fields.String(required=True, attribute="competition.state", metadata={"example": "judging"})
    held_on = fields.Date(required=True, attribute="competition.held_on", metadata={"example": "2026-06-01"})
    kind = fields.String(required=True, metadata=_KIND)
    events = fields.List(fields.Nested(CompetitionEventOut), required=True, attribute="competition.events")


SeatPageOut = page_of(SeatOut)


class SheetFilter(PageFilter):
    """Of which event."""

    event = Text(most=40, required=True, metadata=_EVENT)


class SheetIn(Schema):
    """One's own sheet about a number: every criterion, in hundredths of a point."""

    event = Text(most=40, required=True, metadata=_EVENT)
    number = Whole(least=1, most=1_000_000, required=True, metadata={"example": 7})
    marks = fields.Dict(keys=Text(most=40), values=Whole(most=1_000_000), required=True,
                        validate=validate.Length(1, 20), metadata={"example": _MARKS})


class SheetOut(Schema):
    """A number with what one gave it oneself; nobody else's sheet is ever shown here."""

    event = fields.String(required=True, metadata=_EVENT)
    number = fields.Integer(required=True, metadata={"example": 7})
    marks = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, allow_none=True,
                        metadata={"description": "null: not marked yet", "example": _MARKS})
    marked_at = Moment(required=True, allow_none=True)


SheetPageOut = page_of(SheetOut)


class TheoryMarkIn(Schema):
    """A paper's mark."""

    event = Text(most=40, required=True, metadata=_EVENT)
    number = Whole(least=1, most=1_000_000, required=True, metadata={"example": 7})
    points = Whole(most=1_000_000, required=True, metadata={"description": "hundredths of a point", "example": 8750})


class TheoryMarksIn(Schema):
    """Papers' marks, all taken in or none."""

    marks = fields.List(fields.Nested(TheoryMarkIn), required=True, validate=validate.Length(1, 2000), metadata={
        "example": [{"event": "mother_baby", "number": 7, "points": 8750}]})


class TheoryFileIn(Schema):
    """The same as a spreadsheet."""

    file = Upload(required=True, metadata={
        "description": ".xlsx or .csv with the columns 工种, 号码, 成绩 (87.5), at most 10 MB"})


class TheoryMarksOut(Schema):
    """How many were taken in."""

    marks = fields.Integer(required=True, metadata={"example": 46})


class SealIn(Schema):
    """Seal the marks."""

    missing_because = Text(most=500, load_default=None, allow_none=True, metadata={
        "description": "where sheets are missing: why; published with the list of them",
        "example": "12 号选手因病未到场。"})
