"""Shapes of needs and of quotes for them."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.booking.rules import MOST_MINUTES
from qiaojiejie.booking.rules.days import MOST_DAYS
from qiaojiejie.booking.schemas import CaredForOut, VisitLineOut
from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.needs.lifecycle import NEED, NEED_QUOTE
from qiaojiejie.needs.rules import LONGEST_SPAN, SORTS
from qiaojiejie.search.schemas import WorkerFoundOut

#: the highest wage a unit of a service may have, in fen
MOST_PRICE = 10_000_000
MOST_BUDGET = 100 * MOST_PRICE
SOME_ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}


class NeedIn(Schema):
    """What a household looks for."""

    service_code = Text(required=True, most=40, metadata={"example": "cleaning"})
    address_id = fields.UUID(required=True, metadata={
        "description": "one of the household's own addresses; firms are told its district and about where it is"})
    member_id = fields.UUID(allow_none=True, load_default=None, metadata={
        "description": "whom of the household it is for; firms are told relation, age band and care, no name",
        "example": None})
    minutes = Whole(least=1, most=MOST_MINUTES, allow_none=True, load_default=None, metadata={
        "description": "of a visit, in half hours", "example": 180})
    days = Whole(least=1, most=MOST_DAYS, allow_none=True, load_default=None, metadata={
        "description": "instead of `minutes`, for services priced by the day or month", "example": None})
    start = Moment(allow_none=True, load_default=None, metadata={
        "description": "when it is to begin, on the hour or half hour; or give `from_day` and `to_day`"})
    from_day = fields.Date(allow_none=True, load_default=None, metadata={
        "description": f"the first day on which it may begin; with `to_day`, at most {LONGEST_SPAN} days",
        "example": None})
    to_day = fields.Date(allow_none=True, load_default=None, metadata={"description": "the last", "example": None})
    budget_fen = Whole(least=1, most=MOST_BUDGET, allow_none=True, load_default=None, metadata={
        "description": "fen for all of it; a word, no bound", "example": 16000})
    note = Text(most=300, allow_none=True, load_default=None, metadata={
        "description": "for the worker who comes, as a booking's; sealed, no firm reads it before",
        "example": "家里有一只猫，请按门铃"})
    closes_at = Moment(required=True, metadata={
        "description": "quotes are taken until then: at most 7 days ahead and 60 minutes before it can begin",
        "example": "2026-11-30T18:00:00+08:00"})

    @validates_schema(skip_on_field_errors=True)
    def _one_of_each(self, data: dict[str, Any], **_: Any) -> None:
        if (data["minutes"] is None) == (data["days"] is None):
            raise ValidationError("minutes 和 days 请给且只给一个|Give either minutes or days", field_name="minutes")
        if (data["from_day"] is None) != (data["to_day"] is None):
            raise ValidationError("from_day 与 to_day 须同时提供|from_day and to_day go together", field_name="to_day")
        if (data["start"] is None) == (data["from_day"] is None):
            raise ValidationError("请给开始时间，或起止日期|Give start, or from_day and to_day", field_name="start")


class NeedOut(Schema):
    """A need, as its household or a firm that may quote sees it."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(NEED.states)), metadata={"example": "open"})
    state_name = fields.String(required=True, metadata={"example": "征集中"})
    service_code = fields.String(required=True, metadata={"example": "cleaning"})
    service_name = fields.String(required=True, attribute="service.name", metadata={"example": "日常保洁"})
    district = fields.String(required=True, attribute="region_code", metadata={
        "description": "GB/T 2260 code of the address", "example": "321302"})
    area = fields.String(required=True, metadata={
        "description": "about where: H3 index of a hexagon of about 5 km²", "example": "8730e1d8cffffff"})
    address_id = fields.UUID(required=True, allow_none=True, metadata={"description": "to the household"})
    member_id = fields.UUID(required=True, allow_none=True, metadata={"description": "to the household",
                                                                      "example": None})
    cared_for = fields.Nested(CaredForOut, required=True, allow_none=True, metadata={
        "description": "whom it is for, without the name"})
    minutes = fields.Integer(required=True, allow_none=True, metadata={"example": 180})
    days = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    start = Moment(required=True, allow_none=True)
    from_day = fields.Date(required=True, allow_none=True, metadata={"example": None})
    to_day = fields.Date(required=True, allow_none=True, metadata={"example": None})
    budget = Money(required=True, allow_none=True, attribute="budget_fen")
    note = fields.String(required=True, allow_none=True, metadata={"description": "to the household",
                                                                   "example": "家里有一只猫，请按门铃"})
    closes_at = Moment(required=True)
    posted_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)
    quotes = fields.Integer(required=True, allow_none=True, metadata={
        "description": "how many quotes stand, to the household", "example": 3})
    booking_id = fields.UUID(required=True, allow_none=True, metadata={
        "description": "the booking that was ordered, to the household", "example": None})


class NeedFilter(PageFilter):
    """Which of the household's needs."""

    state = fields.String(validate=validate.OneOf(list(NEED.states)), metadata={"example": "open"})


class WantedFilter(PageFilter):
    """Which open needs."""

    service = Text(most=40, metadata={"description": "code of a service", "example": "cleaning"})


class NeedQuoteIn(Schema):
    """What a firm offers."""

    worker_id = fields.UUID(required=True, metadata={"description": "of the firm's staff: eligible, listed, free then"})
    price_fen = Whole(required=True, least=1, most=MOST_PRICE, metadata={
        "description": "her wage in fen per unit of the service, for this once; fees are added by the rules",
        "example": 4200})
    start = Moment(allow_none=True, load_default=None, metadata={
        "description": "where the family left the day open; otherwise as it asks"})
    good_until = Moment(allow_none=True, load_default=None, metadata={
        "description": "at most until 60 minutes before the start; left out: until the need closes",
        "example": None})
    message = Text(most=300, least=0, load_default="", metadata={"description": "to the family",
                                                                 "example": "王阿姨做过三年深度保洁，自带工具"})


class NeedQuoteFilter(PageFilter):
    """Which of the firm's quotes."""

    state = fields.String(validate=validate.OneOf(list(NEED_QUOTE.states)), metadata={"example": "offered"})


class NeedQuoteOut(Schema):
    """A quote for a need."""

    id = fields.UUID(required=True)
    need_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(NEED_QUOTE.states)), metadata={
        "example": "offered"})
    state_name = fields.String(required=True, metadata={"example": "有效"})
    firm_id = fields.UUID(required=True)
    firm_name = fields.String(required=True, attribute="firm.name", metadata={"example": "宿迁巧手家政有限公司"})
    worker_id = fields.UUID(required=True)
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    start = Moment(required=True)
    end = Moment(required=True)
    price = Money(required=True, attribute="price_fen", metadata={"description": "her wage per unit"})
    lines = fields.List(fields.Nested(VisitLineOut), required=True)
    total = Money(required=True, attribute="total_fen")
    message = fields.String(required=True, metadata={"example": "王阿姨做过三年深度保洁，自带工具"})
    good_until = Moment(required=True)
    quoted_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)


class ComparedFilter(PageFilter):
    """In what order to compare."""

    sort = fields.String(load_default="total", validate=validate.OneOf(SORTS), metadata={
        "description": "total: cheapest first; score: highest first", "example": "total"})


class ComparedOut(Schema):
    """A quote beside the others."""

    quote = fields.Nested(NeedQuoteOut, required=True)
    worker = fields.Nested(WorkerFoundOut, required=True, allow_none=True, metadata={
        "description": "her card as `GET /workers` shows it, with the distance from the address to the middle of her "
                       "cell; null while she takes no bookings"})
    above_least = Money(required=True, metadata={"description": "more than the cheapest quote"})
    within_budget = fields.Boolean(required=True, allow_none=True, metadata={
        "description": "null where the family named no budget", "example": True})


class ComparedPageOut(page_of(ComparedOut)):  # type: ignore[misc]
    """One page of ComparedOut."""

    differs = fields.List(fields.String(metadata={"example": "total"}), required=True, metadata={
        "description": "by what the quotes that stand differ, on this page or not: total, start, firm, a line of the "
                       "price (wage, firm_fee, insurance, platform_fee), distance, grade, score, completed, "
                       "certificates, years"})


class NeedOrderIn(Schema):
    """Which quote the family orders from."""

    need_quote_id = fields.UUID(required=True, metadata=SOME_ID)


NeedPageOut = page_of(NeedOut)
NeedQuotePageOut = page_of(NeedQuoteOut)
