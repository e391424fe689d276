"""Shapes of numbers and the queue."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Moment, PageFilter, Schema, Whole, page_of
from qiaojiejie.desk.lifecycle import TICKET
from qiaojiejie.desk.rules import SUBJECTS, WINDOWS
from qiaojiejie.identity.schemas import Phone
from qiaojiejie.stations.schemas import SOME_ID

SUBJECT = validate.OneOf(list(SUBJECTS))
WAITED = {"description": "seconds", "example": 640}


class TicketIn(Schema):
    """What somebody comes for. ``phone`` is the clerk's to give, for who walked in and wants to be told."""

    subject = fields.String(required=True, validate=SUBJECT, metadata={"example": "elderly_care"})
    phone = Phone(allow_none=True, load_default=None)


class TicketOut(Schema):
    """A number."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    station_id = fields.UUID(required=True, metadata=SOME_ID)
    day = fields.Date(required=True, metadata={"example": "2026-12-01"})
    number = fields.Integer(required=True, metadata={"example": 17})
    subject = fields.String(required=True, validate=SUBJECT, metadata={"example": "elderly_care"})
    state = fields.String(required=True, validate=validate.OneOf(list(TICKET.states)), metadata={"example": "waiting"})
    window = fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    drawn_at = Moment(required=True)
    called_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


TicketPageOut = page_of(TicketOut)


class TicketBeforeOut(Schema):
    """A number and how many are called before it."""

    ticket = fields.Nested(TicketOut, required=True)
    before = fields.Integer(required=True, metadata={"example": 3})


class TicketFilter(PageFilter):
    """Which day and state; today unless said."""

    day = fields.Date(load_default=None, metadata={"example": "2026-12-01"})
    state = fields.String(validate=validate.OneOf(list(TICKET.states)), metadata={"example": "waiting"})


class CallIn(Schema):
    """To which window, for which subjects (all unless said)."""

    window = Whole(required=True, least=1, most=WINDOWS, metadata={"example": 2})
    subjects = fields.List(fields.String(validate=SUBJECT), allow_none=True, load_default=None,
                           validate=validate.Length(1, len(SUBJECTS)), metadata={"example": None})


class TicketAnswerIn(Schema):
    """What became of a number."""

    answer = fields.String(required=True, validate=validate.OneOf(list(TICKET.steps)), metadata={
        "description": "`serve`, `miss`, `call` (again): the station's; `leave`: hers too", "example": "serve"})
    window = Whole(least=1, most=WINDOWS, allow_none=True, load_default=None, metadata={"example": 2})


class CalledOut(Schema):
    """Who is called where."""

    number = fields.Integer(required=True, metadata={"example": 17})
    window = fields.Integer(required=True, metadata={"example": 2})


class QueueOut(Schema):
    """What the board at the door says."""

    day = fields.Date(required=True, metadata={"example": "2026-12-01"})
    waiting = fields.Integer(required=True, metadata={"example": 4})
    called = fields.List(fields.Nested(CalledOut), required=True)
    waited = fields.Integer(required=True, allow_none=True, metadata={
        "description": "median of today's waits, seconds; null before the first call", "example": 640})


class DeskFilter(FilterSchema):
    """Which days; the last thirty unless said."""

    since = fields.Date(load_default=None, metadata={"example": "2026-11-01"})
    until = fields.Date(load_default=None, metadata={"example": "2026-11-30"})


class SubjectWaitsOut(Schema):
    """A subject's numbers."""

    subject = fields.String(required=True, validate=SUBJECT, metadata={"example": "elderly_care"})
    drawn = fields.Integer(required=True, metadata={"example": 120})
    served = fields.Integer(required=True, metadata={"example": 112})
    absent = fields.Integer(required=True, metadata={"example": 5})
    left = fields.Integer(required=True, metadata={"example": 3})
    waited_median = fields.Integer(required=True, allow_none=True, metadata=WAITED)
    waited_p90 = fields.Integer(required=True, allow_none=True, metadata={"description": "seconds", "example": 1500})


class DeskStatisticsOut(Schema):
    """A station's desk over some days."""

    since = fields.Date(required=True, metadata={"example": "2026-11-01"})
    until = fields.Date(required=True, metadata={"example": "2026-11-30"})
    drawn = fields.Integer(required=True, metadata={"example": 640})
    served = fields.Integer(required=True, metadata={"example": 600})
    absent = fields.Integer(required=True, metadata={"example": 25})
    left = fields.Integer(required=True, metadata={"example": 15})
    subjects = fields.List(fields.Nested(SubjectWaitsOut), required=True)
