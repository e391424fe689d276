"""Shapes of a competition, its rules as data, and the figures."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.competitions.lifecycle import COMPETITION, SHOWN
from qiaojiejie.competitions.rules import shape
from qiaojiejie.competitions.schemas.terms import (
    CRITERIA, AdmissionIn, CompetitionEventIn, ScoringIn, TitleRuleIn)
from qiaojiejie.core.schema import Moment, PageFilter, QueryWhole, Schema, Text, Whole, page_of

STEPS = ("open_entries", "close_entries", "begin_judging", "cancel", "publish", "finalise")
_STATES = ", ".join(f"{state} {name}" for state, name in COMPETITION.states.items())
_LEVELS = ", ".join(f"{level} {name}" for level, name in shape.LEVELS.items())
_MEDALS = {"gold": 1, "silver": 2, "bronze": 3}
_EVENT = {"code": "mother_baby", "name": "母婴护理", "name_en": "Mother and baby care", "theory_max": 10000,
          "criteria": CRITERIA, "medals": _MEDALS}
_TITLES = [dict(title) for title in shape.TITLES]


class CompetitionPatchIn(Schema):
    """What to change of a draft; what is left out stays. A list or rule that is named is replaced whole."""

    name = Text(most=80, metadata={"example": "宿迁市第六届“巧姐姐”家政服务技能大赛"})
    edition = Whole(least=1, most=200, metadata={"example": 6})
    year = Whole(least=2000, most=2100, metadata={"example": 2099})
    level = fields.String(validate=validate.OneOf(list(shape.LEVELS)), metadata={"description": _LEVELS,
                                                                                 "example": "city"})
    region_code = Text(most=6, allow_none=True, metadata={"description": "of a county's: GB/T 2260", "example": None})
    parent_id = fields.UUID(allow_none=True, metadata={
        "description": "the competition of the next level and the same year that its best go on to", "example": None})
    organiser = Text(most=80, metadata={"example": "宿迁市妇女联合会"})
    entries_from = fields.Date(metadata={"example": "2099-04-01"})
    entries_until = fields.Date(metadata={"description": "the last day", "example": "2099-04-30"})
    held_on = fields.Date(metadata={"example": "2099-06-01"})
    admission = fields.Nested(AdmissionIn)
    scoring = fields.Nested(ScoringIn)
    titles = fields.List(fields.Nested(TitleRuleIn), validate=validate.Length(0, 20), metadata={"example": _TITLES})
    objection_days = Whole(least=1, most=60, metadata={"description": "working days after the results",
                                                       "example": 5})
    events = fields.List(fields.Nested(CompetitionEventIn), validate=validate.Length(1, 40),
                         metadata={"example": [_EVENT]})


class CompetitionIn(CompetitionPatchIn):
    """A competition to prepare."""

    name = Text(most=80, required=True, metadata={"example": "宿迁市第六届“巧姐姐”家政服务技能大赛"})
    edition = Whole(least=1, most=200, required=True, metadata={"example": 6})
    year = Whole(least=2000, most=2100, required=True, metadata={"example": 2099})
    level = fields.String(required=True, validate=validate.OneOf(list(shape.LEVELS)), metadata={
        "description": _LEVELS, "example": "city"})
    region_code = Text(most=6, load_default=None, allow_none=True, metadata={
        "description": "of a county's: GB/T 2260", "example": None})
    parent_id = fields.UUID(load_default=None, allow_none=True, metadata={
        "description": "the competition of the next level and the same year that its best go on to", "example": None})
    organiser = Text(most=80, required=True, metadata={"example": "宿迁市妇女联合会"})
    entries_from = fields.Date(required=True, metadata={"example": "2099-04-01"})
    entries_until = fields.Date(required=True, metadata={"description": "the last day", "example": "2099-04-30"})
    held_on = fields.Date(required=True, metadata={"example": "2099-06-01"})
    admission = fields.Nested(AdmissionIn, load_default=lambda: dict(shape.ADMISSION))
    scoring = fields.Nested(ScoringIn, load_default=lambda: dict(shape.SCORING))
    titles = fields.List(fields.Nested(TitleRuleIn), load_default=list, validate=validate.Length(0, 20),
                         metadata={"example": _TITLES})
    objection_days = Whole(least=1, most=60, load_default=5, metadata={
        "description": "working days after the results", "example": 5})
    events = fields.List(fields.Nested(CompetitionEventIn), required=True, validate=validate.Length(1, 40),
                         metadata={"example": [_EVENT]})


class CompetitionStepIn(Schema):
    """An officer's step."""

    step = fields.String(required=True, validate=validate.OneOf(STEPS), metadata={"example": "open_entries"})
    reason = Text(most=200, load_default=None, allow_none=True, metadata={"description": "of cancelling: published",
                                                                          "example": None})


class CompetitionFilter(PageFilter):
    """Which competitions to list."""

    year = QueryWhole(least=2000, most=2100, metadata={"example": 2026})
    level = fields.String(validate=validate.OneOf(list(shape.LEVELS)), metadata={"description": _LEVELS,
                                                                                 "example": "city"})
    state = fields.String(validate=validate.OneOf(list(COMPETITION.states)), metadata={"description": _STATES,
                                                                                       "example": "final"})
    parent_id = fields.UUID(metadata={"description": "those beneath this one",
                                      "example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"})


class DrawOut(Schema):
    """The blind draw: committed to when entries opened, its seed shown with the results."""

    commitment = fields.String(required=True, allow_none=True, metadata={
        "description": "SHA-256 of the seed; null before entries open", "example": "9f" * 32})
    seed = fields.String(required=True, allow_none=True, metadata={"description": "null before the results",
                                                                   "example": "07" * 32})


class CompetitionEventOut(CompetitionEventIn):
    """A kind of work that is competed in."""


def _draw(competition: Any) -> dict[str, Any]:
    shown = competition.state in SHOWN and competition.draw_seed is not None
    return {"commitment": competition.draw_commitment, "seed": competition.draw_seed.hex() if shown else None}


class CompetitionOut(Schema):
    """A competition and the rules it goes by."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "宿迁市第六届“巧姐姐”家政服务技能大赛"})
    edition = fields.Integer(required=True, metadata={"example": 6})
    year = fields.Integer(required=True, metadata={"example": 2026})
    level = fields.String(required=True, metadata={"description": _LEVELS, "example": "city"})
    level_name = fields.String(required=True, metadata={"example": "市级"})
    region_code = fields.String(required=True, allow_none=True, metadata={"example": None})
    parent_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"description": _STATES, "example": "entries_open"})
    state_name = fields.String(required=True, metadata={"example": "报名中"})
    organiser = fields.String(required=True, metadata={"example": "宿迁市妇女联合会"})
    entries_from = fields.Date(required=True, metadata={"example": "2026-04-01"})
    entries_until = fields.Date(required=True, metadata={"example": "2026-04-30"})
    held_on = fields.Date(required=True, metadata={"example": "2026-06-01"})
    events = fields.List(fields.Nested(CompetitionEventOut), required=True, metadata={"example": [_EVENT]})
    admission = fields.Dict(required=True, metadata={"example": {**shape.ADMISSION, "per_firm": 20}})
    scoring = fields.Dict(required=True, metadata={"example": shape.SCORING})
    titles = fields.List(fields.Dict(), required=True, metadata={"example": _TITLES})
    objection_days = fields.Integer(required=True, metadata={"example": 5})
    objection_until = fields.Date(required=True, allow_none=True, metadata={"example": "2026-06-09"})
    raw_sha256 = fields.String(required=True, allow_none=True, metadata={
        "description": "of the sealed marks; stands in the public log before anybody sees a result",
        "example": "5a" * 32})
    missing_because = fields.String(required=True, allow_none=True, metadata={"example": None})
    draw = fields.Function(_draw, required=True, metadata={"type": "object", "example": {
        "commitment": "9f" * 32, "seed": None}})
    published_at = Moment(required=True, allow_none=True)
    cancelled_because = fields.String(required=True, allow_none=True, metadata={"example": None})


CompetitionPageOut = page_of(CompetitionOut)


class StatisticsFilter(Schema):
    """Of which year."""

    year = QueryWhole(least=2000, most=2100, load_default=None, allow_none=True, metadata={
        "description": "left out: of all", "example": 2026})


class CompetitionFiguresOut(Schema):
    """What was held, counted. Entrants count once for each competition they entered."""

    competitions = fields.Integer(required=True, metadata={"example": 6})
    entrants = fields.Integer(required=True, metadata={"example": 1100})
    ranked = fields.Integer(required=True, metadata={"example": 1100})
    judges = fields.Integer(required=True, metadata={"example": 20})
    gold = fields.Integer(required=True, metadata={"example": 5})
    silver = fields.Integer(required=True, metadata={"example": 10})
    bronze = fields.Integer(required=True, metadata={"example": 15})
    medals = fields.Integer(required=True, metadata={"example": 30})


class LevelFiguresOut(CompetitionFiguresOut):
    """The same at one level."""

    level = fields.String(required=True, metadata={"example": "city"})


class TitleFiguresOut(Schema):
    """How many were named."""

    code = fields.String(required=True, metadata={"example": "city_technical_expert"})
    name = fields.String(required=True, metadata={"example": "市技术能手"})
    body = fields.String(required=True, metadata={"example": "宿迁市总工会"})
    named = fields.Integer(required=True, metadata={"example": 15})


class CompetitionStatisticsOut(Schema):
    """Counted from what there is when it is asked."""

    year = fields.Integer(required=True, allow_none=True, metadata={"example": 2026})
    levels = fields.List(fields.Nested(LevelFiguresOut), required=True)
    total = fields.Nested(CompetitionFiguresOut, required=True)
    people = fields.Integer(required=True, metadata={"description": "entrants, each person once", "example": 870})
    titles = fields.List(fields.Nested(TitleFiguresOut), required=True)
