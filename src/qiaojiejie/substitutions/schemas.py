"""Shapes of substitutions."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, Schema, page_of
from qiaojiejie.search.schemas import WorkerFoundOut
from qiaojiejie.substitutions import rules
from qiaojiejie.substitutions.lifecycle import SUBSTITUTION

EXAMPLE = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"


class SubstituteOut(Schema):
    """A worker who fits and is free."""

    worker = fields.Nested(WorkerFoundOut, required=True, metadata={
        "description": "her card as `GET /workers` shows it, with the distance to the address"})
    completed_here = fields.Integer(required=True, metadata={
        "description": "bookings she completed for this household", "example": 2})


class SubstitutesIn(Schema):
    """Who else is offered."""

    worker_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, rules.MOST), metadata={
        "description": "from `GET /bookings/{booking_id}/substitutes`", "example": [EXAMPLE]})


class SubstitutionIn(SubstitutesIn):
    """Why she can't come, and who could instead."""

    reason = fields.String(required=True, validate=validate.OneOf(rules.REASONS), metadata={"example": "worker_ill"})


class SubstitutionAnswerIn(Schema):
    """Whom the family takes."""

    worker_id = fields.UUID(required=True, allow_none=True, metadata={
        "description": "one of those offered; null: nobody, and everything that was paid goes back",
        "example": EXAMPLE})


class SubstitutionCandidateOut(Schema):
    """Somebody the firm offers."""

    worker_id = fields.UUID(required=True)
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "李阿姨"})
    dropped_at = Moment(required=True, allow_none=True, metadata={
        "description": "since when it is known that she can't come any more; null while she can", "example": None})


class SubstitutionOut(Schema):
    """A firm can't send who was booked and offers others."""

    id = fields.UUID(required=True)
    booking_id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True, metadata={"description": "who was to come"})
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    reason = fields.String(required=True, validate=validate.OneOf(rules.REASONS), metadata={"example": "worker_ill"})
    state = fields.String(required=True, validate=validate.OneOf(list(SUBSTITUTION.states)), metadata={
        "example": "offered"})
    state_name = fields.String(required=True, metadata={"example": "待家庭答复"})
    candidates = fields.List(fields.Nested(SubstitutionCandidateOut), required=True)
    asked_at = Moment(required=True)
    until = Moment(required=True, metadata={
        "description": "without an answer by then the booking is declined and everything goes back"})
    answered_at = Moment(required=True, allow_none=True)
    taken_id = fields.UUID(required=True, allow_none=True, metadata={"description": "who comes instead",
                                                                     "example": None})


SubstitutePageOut = page_of(SubstituteOut)
SubstitutionPageOut = page_of(SubstitutionOut)
