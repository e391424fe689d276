"""Shapes of the rules a competition goes by."""

from typing import Any

from marshmallow import fields, post_load, validate

from qiaojiejie.competitions.rules import ranking, shape
from qiaojiejie.core.schema import Schema, Text, Whole

CRITERIA = [{"code": "skill", "name": "操作规范", "max": 6000}, {"code": "care", "name": "安全与沟通", "max": 4000}]
_PERMILLE = {"least": 0, "most": 1000}


class AgeRuleIn(Schema):
    """Full years of age on a day, both ends counted."""

    least = Whole(least=16, most=100, required=True, metadata={"example": 18})
    most = Whole(least=16, most=100, required=True, metadata={"example": 60})
    on = fields.Date(required=True, metadata={"example": "2099-05-01"})

    @post_load
    def _as_json(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "on": data["on"].isoformat()}


class CertificateRuleIn(Schema):
    """A certificate in date on the day of the competition."""

    occupation = Text(most=40, load_default=None, allow_none=True, metadata={
        "description": "code of the occupation; null: any", "example": "4-10-01-06"})
    least_level = Whole(least=1, most=5, required=True, metadata={"description": "national levels: 5 is the lowest",
                                                                  "example": 4})


class QualifyRuleIn(Schema):
    """Her rank in the same event of a final competition one level below."""

    best = Whole(least=1, most=1000, required=True, metadata={"example": 10})


class AdmissionIn(Schema):
    """Who may enter."""

    age = fields.Nested(AgeRuleIn, load_default=None, allow_none=True)
    years = Whole(least=0, most=60, load_default=None, allow_none=True, metadata={
        "description": "years of work at least, by calendar years", "example": 1})
    certificate = fields.Nested(CertificateRuleIn, load_default=None, allow_none=True)
    titles_barred = fields.List(Text(most=40), load_default=list, validate=validate.Length(0, 20), metadata={
        "description": "codes of titles whose holders may not enter again", "example": ["city_technical_expert"]})
    per_firm = Whole(least=1, most=10_000, load_default=None, allow_none=True, metadata={
        "description": "entrants of one firm at most; null: no limit", "example": 20})
    qualify = fields.Nested(QualifyRuleIn, load_default=None, allow_none=True)
    barred_excluded = fields.Boolean(load_default=True, metadata={"description": "nobody on the block list",
                                                                  "example": True})


class MedalCountsIn(Schema):
    """How many of each medal."""

    gold = Whole(most=1000, required=True, metadata={"example": 1})
    silver = Whole(most=1000, required=True, metadata={"example": 2})
    bronze = Whole(most=1000, required=True, metadata={"example": 3})


class AwardLevelsIn(Schema):
    """What a medal weighs in credit: 1 to 3; null: nothing."""

    gold = Whole(least=1, most=3, required=True, allow_none=True, metadata={"example": 2})
    silver = Whole(least=1, most=3, required=True, allow_none=True, metadata={"example": 1})
    bronze = Whole(least=1, most=3, required=True, allow_none=True, metadata={"example": 1})


class ScoringIn(Schema):
    """How marks become ranks."""

    theory_permille = Whole(required=True, **_PERMILLE, metadata={"example": 300})
    practice_permille = Whole(required=True, **_PERMILLE, metadata={"example": 700})
    drop_from = Whole(least=1, most=100, required=True, metadata={
        "description": "from so many judges on the highest and the lowest are dropped", "example": 5})
    least_judges = Whole(least=1, most=100, required=True, metadata={
        "description": "with fewer sheets an entrant is not ranked", "example": 3})
    tie = fields.List(fields.String(validate=validate.OneOf(ranking.TIE)), required=True, metadata={
        "description": "what decides between equal totals, in turn: practice, theory, high and low (the sheets "
                       "dropped); who is equal in all shares the rank", "example": ["practice", "theory"]})
    shared = fields.String(required=True, validate=validate.OneOf(ranking.SHARED), metadata={
        "description": "who shares a rank has the better medal (upward) or the lesser (downward)",
        "example": "upward"})
    medal_least = Whole(most=10_000, required=True, metadata={
        "description": "no medal below this total, in hundredths of a point", "example": 6000})
    award_levels = fields.Nested(AwardLevelsIn, required=True)


class TitleRuleIn(Schema):
    """A title that is named after the competition, and by whom."""

    code = Text(most=40, required=True, metadata={"example": "city_technical_expert"})
    name = Text(most=40, required=True, metadata={"example": "市技术能手"})
    body = Text(most=80, required=True, metadata={"description": "who names it", "example": "宿迁市总工会"})
    to = fields.List(fields.String(validate=validate.OneOf(shape.NAMED)), required=True,
                     validate=validate.Length(1, 2), metadata={"example": ["entrant"]})
    best = Whole(least=1, most=1000, required=True, metadata={"description": "an entrant's rank at most",
                                                              "example": 3})
    most = Whole(least=1, most=10_000, required=True, metadata={"description": "how many at most", "example": 15})
    award_level = Whole(least=1, most=3, required=True, allow_none=True, metadata={
        "description": "what it weighs in a worker's credit; null: nothing", "example": 3})


class CriterionIn(Schema):
    """What a judge marks."""

    code = Text(most=40, required=True, metadata={"example": "skill"})
    name = Text(most=40, required=True, metadata={"example": "操作规范"})
    max = Whole(least=1, most=1_000_000, required=True, metadata={"description": "hundredths of a point",
                                                                  "example": 6000})


class CompetitionEventIn(Schema):
    """A kind of work that is competed in."""

    code = Text(most=40, required=True, metadata={"example": "mother_baby"})
    name = Text(most=40, required=True, metadata={"example": "母婴护理"})
    name_en = Text(most=60, required=True, metadata={"example": "Mother and baby care"})
    theory_max = Whole(least=1, most=1_000_000, load_default=ranking.FULL, metadata={
        "description": "hundredths of a point", "example": 10000})
    criteria = fields.List(fields.Nested(CriterionIn), required=True, validate=validate.Length(1, 20),
                           metadata={"example": CRITERIA})
    medals = fields.Nested(MedalCountsIn, required=True)
