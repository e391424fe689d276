"""Shapes of publications: an edition in the list, and a period's figures."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Moment, PageFilter, QueryWhole, Schema, Text
from qiaojiejie.publications import rules

_HASH = "9f2c4f2c8c5e0a0d6f0d3a0f8f4f4b6c1f9d3e0c7b2a5d8e4f1a6b3c9d0e7f52"


def _kind(**given: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(rules.KINDS)), metadata={
        "description": "monthly 月报, quarterly 季报", "example": "monthly"}, **given)


def _count(example: int, **metadata: Any) -> fields.Integer:
    return fields.Integer(required=True, metadata={"example": example, **metadata})


def _permyriad(example: int) -> fields.Integer:
    return fields.Integer(required=True, allow_none=True, metadata={"description": "in 1/10000; null of nothing",
                                                                    "example": example})


class PublicationFilter(PageFilter):
    """Which publications to list."""

    kind = _kind()


class EditionFilter(FilterSchema):
    """Which edition to read."""

    edition = QueryWhole(least=1, most=10_000, metadata={"description": "the newest unless named", "example": 1})


class PublicationIn(Schema):
    """Why a period is counted again."""

    reason = Text(required=True, most=500, metadata={
        "description": "published with the edition: no names", "example": "期末后有投诉经申诉撤销，重新统计。"})


class PublicationCardOut(Schema):
    """One edition of a period."""

    kind = _kind(required=True)
    period = fields.String(required=True, metadata={"description": "2026-10, or 2026-Q3", "example": "2026-10"})
    edition = _count(1)
    from_day = fields.Date(required=True, metadata={"example": "2026-10-01"})
    to_day = fields.Date(required=True, metadata={"example": "2026-10-31"})
    reason = fields.String(required=True, allow_none=True, metadata={
        "description": "why an edition after the first was made", "example": None})
    sha256 = fields.String(required=True, metadata={"description": "of the JSON, byte for byte", "example": _HASH})
    published_at = Moment(required=True)
    files = fields.Dict(keys=fields.String(), values=fields.String(), required=True, metadata={
        "example": {"json": "/api/v1/publications/monthly/2026-10?edition=1"}})


class BadJobsOut(Schema):
    """Bad jobs of one grade. An order may have several causes and counts once in ``bad``."""

    grade = fields.String(required=True, metadata={
        "description": "the one last published before the order; `none`: none was yet; `all`: together",
        "example": "AA"})
    n = _count(412)
    bad = _count(7)
    worker_absent = _count(2)
    complaint = _count(3)
    low_marks = _count(4)
    permyriad = _permyriad(170)
    low_permyriad = _permyriad(82)
    high_permyriad = _permyriad(348)


class PublicationOut(Schema):
    """A period's figures: whole numbers and words only. ``definitions`` says what they mean."""

    kind = _kind(required=True)
    period = fields.String(required=True, metadata={"example": "2026-10"})
    edition = _count(1)
    reason = fields.String(required=True, allow_none=True, metadata={"example": None})
    from_day = fields.Date(required=True, data_key="from", metadata={"example": "2026-10-01"})
    to_day = fields.Date(required=True, data_key="to", metadata={"example": "2026-10-31"})
    known_until = Moment(required=True)
    definitions = fields.Dict(required=True, metadata={"example": {"days": {"zh": "工作日", "en": "working days"}}})
    orders = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "example": {"paid": 1810, "completed": 1702}})
    bad_jobs = fields.List(fields.Nested(BadJobsOut), required=True)
    ratings = fields.Dict(required=True, metadata={"example": {"number": 903, "by_stars": {"5": 811, "4": 61}}})
    complaints = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "example": {"opened": 21, "severity_1": 4, "voided": 1}})
    petitions = fields.Dict(required=True, metadata={"example": {"all": {
        "opened": 6, "decided": 5, "upheld": 2, "days_median": 9, "days_90th": 14}}})
    grades = fields.Dict(required=True, metadata={
        "description": "at the end of the period, all together and by firm; null where a cell is left out for privacy",
        "example": {"all": {"AAA": 41, "AA": 388, "total": 3000},
                    "firms": [{"firm": "f_5f0c1e9a7b3d2468", "AA": None}]}})
    lists = fields.Dict(required=True, metadata={"example": {"block": {"entered": 1, "left": 0, "standing": 3}}})
    audits = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "example": {"reported": 1, "sampled": 59, "defects": 0, "unverifiable": 1}})
    log = fields.Dict(required=True, metadata={"example": {
        "size": 81244, "root": _HASH, "checkpoints": 8100, "cosignatures": 31}})
