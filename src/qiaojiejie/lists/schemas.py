"""Shapes of the lists."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.lists import rules
from qiaojiejie.lists.lifecycle import LIST_ENTRY
from qiaojiejie.lists.models import ListEntry
from qiaojiejie.transparency.queries import opaque

OFFICERS_STEPS = [name for name, row in LIST_ENTRY.steps.items() if row.parties & {"first", "second"}]
_KIND = {"description": "honour 红名单, block 黑名单, sanction 处罚", "example": "block"}
_NOTE = {"description": "without names, phones or addresses", "example": "两次经书面通知仍不答复投诉。"}


def _kind(**given: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(rules.KINDS)), metadata=_KIND, **given)


def _person(entry: ListEntry) -> str | None:
    return opaque("person", entry.worker.id_index.hex()) if entry.worker else None


class ListReasonOut(Schema):
    """Why, in both languages, and what it rests on."""

    code = fields.String(required=True, metadata={"example": "complaints_unanswered"})
    zh = fields.String(required=True, metadata={"example": "多次不答复投诉"})
    en = fields.String(required=True, metadata={"example": "complaints left unanswered again and again"})
    basis_zh = fields.String(required=True, metadata={"example": "平台自律规则（本产品自定）"})
    basis_en = fields.String(required=True, metadata={"example": "the platform's own rules"})


class ListReasonRuleOut(ListReasonOut):
    """A reason with the lists it goes with and its term."""

    kinds = fields.List(fields.String(), required=True, metadata={"example": ["block", "sanction"]})
    days = fields.Integer(required=True, metadata={
        "description": "how long an entry lasts (a sanction: by its level)", "example": 365})
    urgent = fields.Boolean(required=True, metadata={
        "description": "safety: entered without waiting for the period to object", "example": False})


class ListReasonsOut(Schema):
    """All reasons."""

    items = fields.List(fields.Nested(ListReasonRuleOut), required=True)


class ListStandingOut(Schema):
    """Somebody on a list as everybody sees it: a firm by its name, a worker masked, by an opaque key."""

    id = fields.UUID(required=True)
    kind = _kind(required=True)
    subject = fields.String(required=True, attribute="subject_kind", validate=validate.OneOf(["worker", "firm"]),
                            metadata={"example": "firm"})
    name = fields.String(required=True, metadata={"example": "王**"})
    person = fields.Function(_person, required=True, metadata={
        "type": ["string", "null"], "description": "the worker's opaque key, as in her credit; null for a firm",
        "example": "p_9a3c1f0e5b7d2468"})
    firm_id = fields.UUID(required=True, allow_none=True)
    reason = fields.Nested(ListReasonOut, required=True, attribute="reason_words")
    level = fields.Integer(required=True, allow_none=True, metadata={"description": "of a sanction, 1–3",
                                                                     "example": 1})
    since = Moment(required=True, allow_none=True, attribute="entered_at")
    until = fields.Date(required=True, allow_none=True, metadata={"description": "the last day",
                                                                  "example": "2027-11-23"})


class ListEntryOut(ListStandingOut):
    """An entry as whom it is about and the federation see it, whatever became of it."""

    state = fields.String(required=True, validate=validate.OneOf(list(LIST_ENTRY.states)), metadata={
        "example": "proposed"})
    state_name = fields.String(required=True, metadata={"example": "待复核"})
    note = fields.String(required=True, metadata=_NOTE)
    urgent = fields.Boolean(required=True, metadata={"example": False})
    contested = fields.Boolean(required=True, metadata={"description": "an objection is open", "example": False})
    evidence = fields.List(fields.UUID(), required=True, metadata={
        "description": "files, for the federation", "example": ["0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"]})
    proposed_at = Moment(required=True)
    objection_until = fields.Date(required=True, metadata={"description": "the last day to object before it is entered",
                                                           "example": "2026-12-08"})
    reviewed_at = Moment(required=True, allow_none=True)
    review_note = fields.String(required=True, metadata={"example": "材料齐全，同意列入。"})
    correction_note = fields.String(required=True, metadata={"example": "列错对象，应予更正。"})
    left_at = Moment(required=True, allow_none=True)
    left_because = fields.String(required=True, allow_none=True, validate=validate.OneOf(list(rules.BECAUSE)),
                                 metadata={"example": "expiry"})


ListStandingPageOut, ListEntryPageOut = page_of(ListStandingOut), page_of(ListEntryOut)


class ListEntryFilter(PageFilter):
    """Which entries to list."""

    state = fields.String(validate=validate.OneOf(list(LIST_ENTRY.states)), metadata={
        "description": "without it those that wait for a second officer", "example": "proposed"})
    kind = _kind()


class ListEntryIn(Schema):
    """Whom to put on which list, and why: one worker or one firm."""

    kind = _kind(required=True)
    worker_id = fields.UUID(metadata={"description": "or firm_id"})
    firm_id = fields.UUID(metadata={"description": "or worker_id"})
    reason = fields.String(required=True, validate=validate.OneOf(list(rules.REASONS)), metadata={
        "description": "see `GET /lists/reasons`", "example": "complaints_unanswered"})
    level = Whole(least=1, most=3, metadata={"description": "of a sanction, and only of one"})
    note = Text(required=True, most=1000, metadata=_NOTE)
    media_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, rules.MOST_EVIDENCE),
                            metadata={"description": "evidence you uploaded (POST /media, kind evidence)"})


class ListDecisionIn(Schema):
    """What an officer decides on an entry."""

    step = fields.String(required=True, validate=validate.OneOf(OFFICERS_STEPS), metadata={
        "description": "; ".join(OFFICERS_STEPS), "example": "confirm"})
    note = Text(required=True, most=1000, metadata=_NOTE)
