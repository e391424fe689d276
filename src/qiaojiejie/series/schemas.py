"""Shapes of series."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.booking import rules as booking_rules
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.schemas import VisitLineOut
from qiaojiejie.calendars.schemas import HalfHour
from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.series import rules
from qiaojiejie.series.lifecycle import OCCURRENCE, SERIES
from qiaojiejie.series.rules import prospects

EXAMPLE = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"
DAY = {"description": "the day the rule gave it, whenever it is now (RECURRENCE-ID)", "example": "2026-12-08"}


class MovedIn(Schema):
    """A visit wanted at another time than the rule gives."""

    day = fields.Date(required=True, metadata=DAY)
    start = Moment(required=True)


class SeriesAskedIn(Schema):
    """Which visits a household wants."""

    worker_id = fields.UUID(required=True)
    service_code = Text(required=True, most=40, metadata={"example": "cleaning"})
    address_id = fields.UUID(required=True, metadata={"description": "one of the household's own addresses"})
    member_id = fields.UUID(allow_none=True, load_default=None, metadata={
        "description": "whom of the household they are for", "example": None})
    start = Moment(required=True, metadata={"description": "of the first visit, on a weekday of the rule"})
    minutes = Whole(required=True, least=1, most=booking_rules.MOST_MINUTES, metadata={
        "description": "of each visit, in half hours", "example": 180})
    rrule = Text(required=True, most=200, metadata={
        "description": "RFC 5545: `FREQ=WEEKLY`, `INTERVAL` 1–4, `BYDAY`, and `COUNT` or `UNTIL` (included); "
                       "2 to 60 visits within 6 months",
        "example": "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=12"})
    holidays = fields.String(load_default="keep", validate=validate.OneOf(rules.HOLIDAYS), metadata={
        "description": "on statutory holidays: keep the visit; skip it; ask (silence until 7 days before skips it)",
        "example": "skip"})
    moved = fields.List(fields.Nested(MovedIn), load_default=list, validate=validate.Length(max=rules.MOST_VISITS))


class SeriesIn(SeriesAskedIn):
    """Which visits to book, at what price, and what to do with those that can't be had."""

    expected_price = Whole(required=True, metadata={"description": "fen of a visit, as previewed", "example": 13800})
    if_taken = fields.String(load_default="refuse", validate=validate.OneOf(["refuse", "leave_out"]), metadata={
        "description": "visits that can't be had: refuse everything, naming them; or leave them out",
        "example": "refuse"})
    note = Text(most=300, load_default=None, allow_none=True, metadata={
        "description": "for the worker, of every visit; sealed", "example": "家里有一只猫，请按门铃"})


class CandidateOut(Schema):
    """A visit the rule asks for."""

    day = fields.Date(required=True, metadata=DAY)
    start = Moment(required=True)
    end = Moment(required=True, attribute="until")
    holiday = fields.String(required=True, allow_none=True, metadata={"example": "元旦"})
    plan = fields.String(required=True, validate=validate.OneOf(["book", "ask", "skip"]), metadata={"example": "book"})
    state = fields.String(required=True, validate=validate.OneOf(list(prospects.STATES)), metadata={"example": "free"})
    state_name = fields.String(required=True, metadata={"example": "可预约"})
    others = fields.List(Moment(), required=True, metadata={
        "description": "where it can't be had: starts that are free, that day first, then that week"})


class SeriesPreviewOut(Schema):
    """What a series would be; nothing is held."""

    rrule = fields.String(required=True, metadata={"example": "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=12"})
    lines = fields.List(fields.Nested(VisitLineOut), required=True, metadata={"description": "of each visit"})
    price = Money(required=True, attribute="total_fen", metadata={"description": "of each visit"})
    total = Money(required=True, attribute="whole_fen", metadata={"description": "of all that can be had"})
    troubled = fields.Integer(required=True, metadata={"description": "visits that can't be had", "example": 0})
    visits = fields.List(fields.Nested(CandidateOut), required=True)


class SeriesVisitsOut(Schema):
    """How many visits are in which state."""

    booked = fields.Integer(required=True, metadata={"example": 11})
    asked = fields.Integer(required=True, metadata={"example": 0})
    skipped = fields.Integer(required=True, metadata={"example": 1})
    cancelled = fields.Integer(required=True, metadata={"example": 0})


class VisitSeriesOut(Schema):
    """A series as its parties see it; its occurrences are a list of their own."""

    id = fields.UUID(required=True, attribute="series.id", metadata={"example": EXAMPLE})
    state = fields.String(required=True, attribute="series.state", validate=validate.OneOf(list(SERIES.states)),
                          metadata={"example": "confirmed"})
    state_name = fields.String(required=True, attribute="series.state_name", metadata={"example": "进行中"})
    worker_id = fields.UUID(required=True, attribute="series.worker_id", metadata={"example": EXAMPLE})
    worker_called = fields.String(required=True, attribute="series.worker.called", metadata={"example": "王阿姨"})
    firm_id = fields.UUID(required=True, attribute="series.firm_id", metadata={"example": EXAMPLE})
    firm_name = fields.String(required=True, attribute="series.firm.name", metadata={"example": "宿迁巧手家政有限公司"})
    service_code = fields.String(required=True, attribute="series.service_code", metadata={"example": "cleaning"})
    service_name = fields.String(required=True, attribute="series.service.name", metadata={"example": "日常保洁"})
    address_id = fields.UUID(required=True, attribute="series.address_id", metadata={"example": EXAMPLE})
    rrule = fields.String(required=True, attribute="series.rrule", metadata={
        "example": "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=12"})
    start = Moment(required=True, attribute="series.starts", metadata={"description": "the first time of the rule"})
    minutes = fields.Integer(required=True, attribute="series.minutes", metadata={"example": 180})
    holidays = fields.String(required=True, attribute="series.holidays", validate=validate.OneOf(rules.HOLIDAYS),
                             metadata={"example": "skip"})
    price = Money(required=True, attribute="series.total_fen", metadata={"description": "of a visit added now"})
    lines = fields.List(fields.Nested(VisitLineOut), required=True, attribute="series.lines")
    first_booking_id = fields.UUID(required=True, attribute="series.first_id", metadata={
        "description": "to be paid within ten minutes, for all to stand", "example": EXAMPLE})
    visits = fields.Nested(SeriesVisitsOut, required=True)
    created_at = Moment(required=True, attribute="series.created_at")


class OccurrenceBookingOut(Schema):
    """The booking that stands for an occurrence, in short."""

    id = fields.UUID(required=True, metadata={"example": EXAMPLE})
    state = fields.String(required=True, validate=validate.OneOf(list(BOOKING.states)), metadata={"example": "held"})
    worker_id = fields.UUID(required=True, metadata={"example": EXAMPLE})
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    total = Money(required=True, attribute="total_fen")
    paid = Money(required=True, attribute="paid_fen")
    refund = Money(required=True, attribute="refund_fen")
    payable_from = Moment(required=True, allow_none=True, metadata={"description": "while held: pay from then on"})
    expires_at = Moment(required=True, metadata={"description": "while held: pay, or answer, before this moment"})


class OccurrenceOut(Schema):
    """A day of the rule and what became of it."""

    day = fields.Date(required=True, metadata=DAY)
    recurrence_id = Moment(required=True, metadata={"description": "the time the rule gave it"})
    start = Moment(required=True, metadata={"description": "when it begins now"})
    end = Moment(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(OCCURRENCE.states)),
                          metadata={"example": "booked"})
    state_name = fields.String(required=True, metadata={"example": "已排"})
    because = fields.String(required=True, allow_none=True, validate=validate.OneOf(list(rules.BECAUSE)), metadata={
        "description": "why it is skipped", "example": None})
    holiday = fields.String(required=True, allow_none=True, metadata={"example": None})
    moved = fields.Boolean(required=True, metadata={"description": "it alone has another time", "example": False})
    reseated = fields.Boolean(required=True, metadata={
        "description": "it alone has another worker", "example": False})
    booking = fields.Nested(OccurrenceBookingOut, required=True, allow_none=True)


OccurrencePageOut = page_of(OccurrenceOut)
VisitSeriesPageOut = page_of(VisitSeriesOut)


class OccurrenceFilter(PageFilter):
    """Which page of occurrences."""


class SeriesFilter(PageFilter):
    """Which series to list."""

    booking_id = fields.UUID(metadata={"description": "the one a booking is a visit of", "example": EXAMPLE})


class SkipIn(Schema):
    """Which visit to leave out, and what is to come back."""

    day = fields.Date(required=True, metadata=DAY)
    expected_refund = Whole(load_default=0, metadata={"description": "fen, as quoted; 0 of an unpaid one",
                                                      "example": 0})


class RestorationIn(Schema):
    """Which visit to bring back."""

    day = fields.Date(required=True, metadata=DAY)


class HolidayAnswerIn(Schema):
    """Whether a visit on a holiday is wanted."""

    day = fields.Date(required=True, metadata=DAY)
    wanted = fields.Boolean(required=True, metadata={"example": True})


class ScopedIn(Schema):
    """One visit, that and the following, or all that are ahead."""

    scope = fields.String(required=True, validate=validate.OneOf(rules.SCOPES), metadata={"example": "following"})
    day = fields.Date(load_default=None, allow_none=True, metadata=DAY)

    @validates_schema(skip_on_field_errors=True)
    def _from_when(self, data: dict[str, Any], **_: Any) -> None:
        if (data["scope"] == "all") != (data["day"] is None):
            raise ValidationError("scope 为 all 时不填 day，否则必填|Give day unless scope is all", "day")


def _begins_that_day(minute: int) -> None:
    if minute >= 24 * 60:
        raise ValidationError("须早于 24:00|Must be before 24:00")


class RetimingIn(ScopedIn):
    """To what time of their days the following, or all, are moved."""

    scope = fields.String(required=True, validate=validate.OneOf(["following", "all"]), metadata={
        "example": "following"})
    minute = HalfHour(required=True, data_key="time", validate=_begins_that_day, metadata={
        "description": "Asia/Shanghai", "example": "14:00"})


class WorkerChangeIn(ScopedIn):
    """Who is to come instead, at what price."""

    worker_id = fields.UUID(required=True, metadata={"description": "of the same firm"})
    expected_price = Whole(required=True, metadata={"description": "fen of a visit of hers", "example": 13800})


class SeriesCancellationIn(ScopedIn):
    """Which visits to cancel, for what refund in all."""

    expected_refund = Whole(required=True, metadata={"description": "fen, as quoted", "example": 0})


class CancelledVisitOut(Schema):
    """What cancelling one visit costs."""

    day = fields.Date(required=True, metadata=DAY)
    start = Moment(required=True)
    booking_id = fields.UUID(required=True, metadata={"example": EXAMPLE})
    fee = Money(required=True, attribute="fee_fen")
    refund = Money(required=True, attribute="refund_fen")
    words = fields.String(required=True, metadata={"example": "尚未付款，取消不收费"})
    words_en = fields.String(required=True, metadata={"example": "not paid yet; cancelling is free"})


class SeriesCancellationQuoteOut(Schema):
    """What cancelling costs now, each visit by its own policy, and in all."""

    fee = Money(required=True, attribute="fee_fen")
    refund = Money(required=True, attribute="refund_fen", metadata={"description": "send its amount to cancel"})
    good_until = Moment(required=True, allow_none=True, metadata={
        "description": "the last moment at which it costs the same"})
    visits = fields.List(fields.Nested(CancelledVisitOut), required=True)


class SeriesEditOut(Schema):
    """What an edit of many changed, and what it left."""

    changed = fields.List(fields.Nested(OccurrenceOut), required=True)
    exceptions_kept = fields.List(fields.Date(metadata={"example": "2026-12-08"}), required=True, metadata={
        "description": "days that were skipped, moved or given to another worker alone, left as they are"})
    paid_kept = fields.List(fields.Date(metadata={"example": "2026-12-01"}), required=True, metadata={
        "description": "days whose visits are paid, left as they are: each is changed as a booking of its own"})
