"""Shapes of interviews."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Moment, PageFilter, Schema, Text, page_of
from qiaojiejie.interviews.lifecycle import INTERVIEW
from qiaojiejie.interviews.queries import Shown
from qiaojiejie.interviews.rules import MISSED, OUTCOMES, REASONS

SOME_ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}
DAY = {"description": "of the Shanghai calendar", "example": "2026-12-01"}


def _state_name(shown: Shown) -> str:
    return INTERVIEW.states[shown.state]


class InterviewIn(Schema):
    """Whom to meet for what, where and when."""

    worker_id = fields.UUID(required=True, metadata=SOME_ID)
    service_code = Text(required=True, most=40, metadata={"description": "one that is booked by days",
                                                          "example": "maternity_nurse"})
    station_id = fields.UUID(required=True, metadata=SOME_ID)
    starts = Moment(required=True, metadata={"description": "on the half hour", "example": "2026-12-01T10:00:00+08:00"})


class InterviewOut(Schema):
    """An interview of half an hour at a station."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    state = fields.String(required=True, validate=validate.OneOf(list(INTERVIEW.states)), metadata={
        "example": "booked"})
    state_name = fields.Function(_state_name, required=True, metadata={"type": "string", "example": "已约好"})
    starts = Moment(required=True)
    ends = Moment(required=True)
    station_id = fields.UUID(required=True, metadata=SOME_ID)
    station_name = fields.String(required=True, attribute="station.name", metadata={"example": "幸福社区工作站"})
    station_address = fields.String(required=True, attribute="station.address", metadata={"example": "幸福路 8 号"})
    room = fields.String(required=True, allow_none=True, metadata={
        "description": "null once it is given back", "example": "洽谈室"})
    service_code = fields.String(required=True, metadata={"example": "maternity_nurse"})
    service_name = fields.String(required=True, attribute="service.name", metadata={"example": "月嫂"})
    worker_id = fields.UUID(required=True, metadata=SOME_ID)
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    firm_name = fields.String(required=True, attribute="firm.name", metadata={"example": "宿迁巧手家政有限公司"})
    outcome = fields.String(required=True, allow_none=True, validate=validate.OneOf([*OUTCOMES, None]), metadata={
        "description": "what the family made of it, once it took place", "example": None})
    words = fields.String(required=True, allow_none=True, metadata={
        "description": "to the family alone: what it wrote of it", "example": None})
    reason = fields.String(required=True, allow_none=True, validate=validate.OneOf([*REASONS, None]), metadata={
        "description": "why it was cancelled", "example": None})
    closed_by = fields.String(required=True, allow_none=True, metadata={
        "description": "household, worker, firm, station or system", "example": None})
    booked_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)


InterviewPageOut = page_of(InterviewOut)


class InterviewFilter(PageFilter):
    """Of one state, or of all."""

    state = fields.String(validate=validate.OneOf(list(INTERVIEW.states)), metadata={"example": "booked"})


class StationDayFilter(PageFilter):
    """Which day of a station."""

    day = fields.Date(load_default=None, metadata={"description": f"{DAY['description']}; today unless said",
                                                   "example": DAY["example"]})


class SlotFilter(FilterSchema):
    """With whom, on which day."""

    worker_id = fields.UUID(required=True, metadata=SOME_ID)
    day = fields.Date(required=True, metadata=DAY)


class SlotsOut(Schema):
    """When on a day an interview can begin."""

    starts = fields.List(Moment(), required=True, metadata={"example": ["2026-12-01T10:00:00+08:00"]})


class InterviewCancelIn(Schema):
    """Why it is called off."""

    reason = fields.String(required=True, validate=validate.OneOf(list(REASONS)), metadata={"example": "found_other"})


class InterviewOutcomeIn(Schema):
    """What came of it; a clerk's words are not kept, and her outcome is always ``undecided``."""

    outcome = fields.String(load_default="undecided", validate=validate.OneOf(list(OUTCOMES)), metadata={
        "example": "suitable"})
    words = Text(most=500, allow_none=True, load_default=None, metadata={"example": "很有经验，谈得来"})


class InterviewMissIn(Schema):
    """Who did not come."""

    missing = fields.String(required=True, validate=validate.OneOf(list(MISSED)), metadata={"example": "worker"})


class InterviewLookOut(Schema):
    """How to reach both while it is ahead, and to the firm what the family wrote; the look was recorded."""

    household_phone = fields.String(required=True, allow_none=True, metadata={"example": "13900010001"})
    worker_phone = fields.String(required=True, allow_none=True, metadata={"example": "13900010002"})
    words = fields.String(required=True, allow_none=True, metadata={"example": None})
