"""Shapes of visits."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, page_of
from qiaojiejie.enrolment.lifecycle import VISIT
from qiaojiejie.enrolment.rules import standards

_STATES = ", ".join(f"{state} {name}" for state, name in VISIT.states.items())
_KINDS = ", ".join(f"{kind} {name}" for kind, name in standards.VISIT_KINDS.items())
_ITEMS = ", ".join(f"{item['code']} {item['zh']}" for item in standards.CURRENT.data["checklist"])
_FINDINGS = [{"item": item["code"], "result": "good", "note": "", "photos": []}
             for item in standards.CURRENT.data["checklist"]]


class VisitIn(Schema):
    """A visit to plan."""

    kind = fields.String(required=True, validate=validate.OneOf(list(standards.VISIT_KINDS)), metadata={
        "description": f"{_KINDS}; of an unannounced visit the firm learns from its report", "example": "announced"})
    planned_on = fields.Date(required=True, metadata={"example": "2099-12-08"})
    purpose = Text(most=200, required=True, metadata={"example": "年度例行走访"})


class VisitFilter(PageFilter):
    """Which visits to list."""

    state = fields.String(validate=validate.OneOf(list(VISIT.states)), metadata={
        "description": f"{_STATES}; left out: all that are not over", "example": "planned"})
    due_by = fields.Date(metadata={"description": "due on this day or before", "example": "2026-12-31"})


class FindingIn(Schema):
    """What was found at one item of the checklist."""

    item = Text(most=40, required=True, metadata={"description": _ITEMS, "example": "contracts_sampled"})
    result = fields.String(required=True, validate=validate.OneOf(list(standards.RESULTS)), metadata={
        "description": ", ".join(f"{result} {name}" for result, name in standards.RESULTS.items()), "example": "good"})
    note = Text(most=500, least=0, load_default="", metadata={"example": "抽查 10 份，均已签字"})
    photos = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, 10), metadata={
        "description": "files you uploaded (POST /media, kind evidence)", "example": []})


class VisitReportIn(Schema):
    """What a visit found."""

    findings = fields.List(fields.Nested(FindingIn), required=True, validate=validate.Length(1, 50),
                           metadata={"example": _FINDINGS})
    summary = Text(most=2000, required=True, metadata={"example": "两名走访人员查看了门店和档案，情况良好。"})
    follow_up_on = fields.Date(load_default=None, allow_none=True, metadata={
        "description": "by when faults are mended; null when there are none", "example": None})


class VisitReasonIn(Schema):
    """Why a visit is called off."""

    reason = Text(most=200, required=True, metadata={"example": "企业当日停电停业"})


class VisitAnswerIn(Schema):
    """The firm's answer to a report."""

    answer = fields.String(required=True, data_key="answer", attribute="step",
                           validate=validate.OneOf(["acknowledge", "object"]), metadata={"example": "object"})
    words = Text(most=2000, load_default=None, allow_none=True, metadata={
        "description": "required to object, null to acknowledge", "example": "合同当日在总部存档，并非缺失。"})


class VisitClosureIn(Schema):
    """What came of a visit."""

    outcome = Text(most=2000, required=True, metadata={"example": "已复查，问题均已整改。"})


class FindingOut(Schema):
    """What was found at one item."""

    item = fields.String(required=True, metadata={"example": "contracts_sampled"})
    result = fields.String(required=True, metadata={"example": "good"})
    note = fields.String(required=True, metadata={"example": "抽查 10 份，均已签字"})
    photos = fields.List(fields.UUID(), required=True, metadata={
        "description": "read each at …/visits/{visit_id}/photos/{media_id}"})


class VisitCardOut(Schema):
    """A visit in a list."""

    id = fields.UUID(required=True)
    firm_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"description": _STATES, "example": "reported"})
    state_name = fields.Function(lambda visit: VISIT.states[visit.state], required=True, metadata={
        "type": "string", "example": "待企业确认"})
    kind = fields.String(required=True, metadata={"description": _KINDS, "example": "unannounced"})
    purpose = fields.String(required=True, metadata={"example": "年度例行走访"})
    planned_on = fields.Date(required=True, metadata={"example": "2026-11-20"})
    visited_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-11-20"})
    visited_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account of who visited"})
    due_on = fields.Date(required=True, metadata={"description": "of the present stage", "example": "2026-11-30"})
    follow_up_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-12-20"})


def _words(visit: Any) -> str | None:
    return None if visit.objection is None else visit.objection.reveal()


class VisitOut(VisitCardOut):
    """A visit with what was found, said and done."""

    findings = fields.List(fields.Nested(FindingOut), required=True)
    summary = fields.String(required=True, metadata={"example": "两名走访人员查看了门店和档案。"})
    answer_by = fields.Date(required=True, allow_none=True, metadata={
        "description": "the firm's last day to answer", "example": "2026-11-30"})
    answered_at = Moment(required=True, allow_none=True)
    objection = fields.Function(_words, required=True, metadata={
        "type": ["string", "null"], "example": "合同当日在总部存档，并非缺失。"})
    outcome = fields.String(required=True, metadata={"example": ""})
    closed_at = Moment(required=True, allow_none=True)


VisitPageOut = page_of(VisitCardOut)
