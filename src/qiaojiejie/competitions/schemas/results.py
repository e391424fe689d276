"""Shapes of results and honours."""

from typing import Any

from marshmallow import fields

from qiaojiejie.core.schema import Masked, QueryWhole, Schema, Text, page_of

_RANK = {"event": "mother_baby", "number": 7, "rank": 1, "medal": "gold", "total": 9012, "practice": 9050,
         "theory": 8925, "exact": "9012", "sheets": 5, "dropped": [8700, 9600], "why": None}
_RAW = {"event": "mother_baby", "number": 7, "entrant": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21", "theory": 8925,
        "practice": {"J1": {"skill": 5250, "care": 3600}}}


class EditionFilter(Schema):
    """Which edition of the results."""

    edition = QueryWhole(least=1, most=100_000, metadata={"description": "the newest unless one is named",
                                                          "example": 1})


class ResultsOut(Schema):
    """An edition of the results, with everything it is worked out from; no name in it."""

    format = fields.Integer(required=True, metadata={"example": 1})
    competition = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "宿迁市第六届“巧姐姐”家政服务技能大赛"})
    year = fields.Integer(required=True, metadata={"example": 2026})
    level = fields.String(required=True, metadata={"example": "city"})
    held_on = fields.Date(required=True, metadata={"example": "2026-06-01"})
    edition = fields.Integer(required=True, metadata={"example": 1})
    rule = fields.Dict(required=True, metadata={"description": "events and scoring, as the ranks are worked out by",
                                                "example": {"events": [], "scoring": {"drop_from": 5}}})
    judges = fields.List(fields.String(), required=True, metadata={"example": ["J1", "J2", "J3", "J4", "J5"]})
    missing = fields.List(fields.Dict(), required=True, metadata={"example": []})
    missing_because = fields.String(required=True, allow_none=True, metadata={"example": None})
    raw_sha256 = fields.String(required=True, metadata={"description": "of raw, as it was sealed",
                                                        "example": "5a" * 32})
    draw = fields.Dict(required=True, metadata={"example": {"seed": "07" * 32, "commitment": "9f" * 32}})
    raw = fields.List(fields.Dict(), required=True, metadata={"example": [_RAW]})
    corrections = fields.List(fields.Dict(), required=True, metadata={
        "description": "marks put right by upheld objections, over what stands in raw", "example": []})
    ranks = fields.List(fields.Dict(), required=True, metadata={"example": [_RANK]})


class TitleIn(Schema):
    """That a title was named: to an entrant, or to who heads a firm."""

    title = Text(most=40, required=True, metadata={"description": "one of the competition's titles",
                                                   "example": "city_technical_expert"})
    entrant_id = fields.UUID(load_default=None, allow_none=True, metadata={
        "example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"})
    head_of = fields.UUID(load_default=None, allow_none=True, metadata={
        "description": "the firm whose legal representative is named", "example": None})
    named_on = fields.Date(required=True, metadata={"example": "2026-07-01"})
    document_no = Text(most=80, required=True, metadata={"description": "of the body's decision",
                                                         "example": "宿工发〔2026〕18 号"})
    document_media_id = fields.UUID(required=True, metadata={
        "description": "the decision, uploaded by yourself (POST /media, kind evidence)",
        "example": "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e22"})


class RevocationIn(Schema):
    """Why a medal or title is taken back."""

    reason = Text(most=500, required=True, metadata={"description": "published: without names",
                                                     "example": "报名材料不实，经核实取消成绩。"})


def _kind(honour: Any) -> str:
    return "worker" if honour.worker_id else "firm_head"


class HonourOut(Schema):
    """A medal or a title: of whom (masked), by whom, when, by which decision."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"description": "medal or title", "example": "title"})
    code = fields.String(required=True, metadata={"example": "city_technical_expert"})
    name = fields.String(required=True, metadata={"example": "市技术能手"})
    body = fields.String(required=True, metadata={"example": "宿迁市总工会"})
    state = fields.String(required=True, metadata={"example": "standing"})
    state_name = fields.String(required=True, metadata={"example": "有效"})
    event = fields.String(required=True, allow_none=True, metadata={"example": "mother_baby"})
    to = fields.Function(_kind, required=True, metadata={"type": "string", "description": "worker or firm_head",
                                                         "example": "worker"})
    holder = Masked(required=True, metadata={"example": "王**"})
    worker_id = fields.UUID(required=True, allow_none=True)
    firm_name = fields.String(required=True, allow_none=True, metadata={"example": "宿迁某某家政有限公司"})
    named_on = fields.Date(required=True, metadata={"example": "2026-07-01"})
    document_no = fields.String(required=True, allow_none=True, metadata={"example": "宿工发〔2026〕18 号"})
    revoked_because = fields.String(required=True, allow_none=True, metadata={"example": None})


HonourPageOut = page_of(HonourOut)
