"""Shapes of guarantees."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Moment, Schema, page_of
from qiaojiejie.guarantees import rules
from qiaojiejie.guarantees.lifecycle import GUARANTEE

EXAMPLE = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"
REASONS = sorted({reason for reasons in rules.REASONS.values() for reason in reasons})


class ReplacementIn(Schema):
    """Why she is to be replaced."""

    reason = fields.String(required=True, validate=validate.OneOf(REASONS), metadata={
        "description": "household: unskilled, unsuited, unpunctual, unwell, other; "
                       "firm: worker_ill, worker_left, other",
        "example": "unsuited"})


class ReplacementDayFilter(FilterSchema):
    """From when."""

    begins_on = fields.Date(required=True, metadata={"description": "the day on which she would begin",
                                                     "example": "2026-12-03"})


class ReplacementOfferIn(Schema):
    """Who can go on, and from when."""

    begins_on = fields.Date(required=True, metadata={
        "description": "after the other's last day, within the days promised", "example": "2026-12-03"})
    worker_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, rules.MOST), metadata={
        "description": "from `GET /bookings/{booking_id}/replacement-candidates`", "example": [EXAMPLE]})


class ReplacementAnswerIn(Schema):
    """Whom the family takes."""

    worker_id = fields.UUID(required=True, allow_none=True, metadata={
        "description": "one of those offered; null: nobody, it ends and only days worked are paid", "example": EXAMPLE})


class ReplacementCandidateOut(Schema):
    """Somebody the firm offers."""

    worker_id = fields.UUID(required=True)
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "李阿姨"})


class ReplacementOut(Schema):
    """Who works is to be replaced."""

    id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True, metadata={"description": "who is to be replaced"})
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    party = fields.String(required=True, metadata={"description": "who asked: household or firm",
                                                   "example": "household"})
    reason = fields.String(required=True, validate=validate.OneOf(REASONS), metadata={"example": "unsuited"})
    asked_at = Moment(required=True)
    until = Moment(required=True, metadata={
        "description": "when nobody was taken by then, it ends and only days worked are paid"})
    begins_on = fields.Date(required=True, allow_none=True, metadata={
        "description": "the day on which those offered can begin", "example": "2026-12-03"})
    candidates = fields.List(fields.Nested(ReplacementCandidateOut), required=True)
    settled_at = Moment(required=True, allow_none=True)
    taken_id = fields.UUID(required=True, allow_none=True, metadata={"description": "who goes on", "example": None})


class GuaranteeOut(Schema):
    """What an engagement by days promises, and how it stands."""

    booking_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(GUARANTEE.states)), metadata={
        "example": "on_trial"})
    state_name = fields.String(required=True, metadata={"example": "试用中"})
    trial_days = fields.Integer(required=True, metadata={"description": "days of work of each worker on trial",
                                                         "example": 3})
    trial_until = fields.Date(required=True, allow_none=True, metadata={
        "description": "the last day of trial of who works at present", "example": "2026-12-03"})
    replacement_days = fields.Integer(required=True, metadata={
        "description": "within how many days another worker is promised", "example": 3})
    worker_id = fields.UUID(required=True, metadata={"description": "who works, or worked last"})
    worker_called = fields.String(required=True, metadata={"example": "王阿姨"})
    days_left = fields.Integer(required=True, metadata={"description": "days that wait for another worker",
                                                        "example": 0})
    replacement = fields.Nested(ReplacementOut, required=True, allow_none=True, metadata={
        "description": "while she is to be replaced"})


ReplacementPageOut = page_of(ReplacementOut)
