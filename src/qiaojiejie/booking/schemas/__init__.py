"""Shapes of quotes and bookings."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.booking import rules
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.rules.days import MOST_DAYS
from qiaojiejie.booking.schemas.engagements import DailyIn, DayPriceOut, EngagementOut
from qiaojiejie.catalog.schemas import SHIFTS
from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Text, Whole
from qiaojiejie.households.rules import RELATIONS
from qiaojiejie.households.schemas import Need, WhereIn

LINES = ("wage", "firm_fee", "insurance", "platform_fee", "discount")
PARTS = ("full", "deposit", "balance")
FOUR_DIGITS = validate.Regexp(r"^[0-9]{4}\Z", error="须为 4 位数字|Must be four digits.")


class QuoteIn(Schema):
    """What a household wants priced."""

    worker_id = fields.UUID(required=True)
    service_code = Text(required=True, most=40, metadata={"example": "cleaning"})
    address_id = fields.UUID(required=True, metadata={"description": "one of the household's own addresses"})
    start = Moment(allow_none=True, load_default=None, metadata={
        "description": "on the hour or half hour, at least 60 minutes ahead; left out where `due_on` is given"})
    minutes = Whole(least=1, most=rules.MOST_MINUTES, allow_none=True, load_default=None, metadata={
        "description": "of a visit: in half hours, at least the service's shortest visit, at most 12 hours",
        "example": 180})
    days = Whole(least=1, most=MOST_DAYS, allow_none=True, load_default=None, metadata={
        "description": "instead of `minutes`, for services priced by the day or month: how many days of work",
        "example": None})
    due_on = fields.Date(allow_none=True, load_default=None, metadata={
        "description": "instead of `start`, of a package for a birth: the day it is due; she is held for some days "
                       "before and after", "example": None})
    babies = Whole(least=1, most=2, allow_none=True, load_default=None, metadata={
        "description": "of a package for a birth: 2 are twins", "example": None})
    daily = fields.Nested(DailyIn, allow_none=True, load_default=None, metadata={
        "description": "of a service by the month, not living in: hours of each day within hers; else all of hers"})
    shift = fields.String(validate=validate.OneOf(SHIFTS), allow_none=True, load_default=None, metadata={
        "description": "of a service that has shifts (`GET /services`)", "example": None})
    coupon_code = Text(most=20, allow_none=True, load_default=None, metadata={
        "description": "of a coupon (`GET /me/coupons`) to be taken off", "example": None})
    member_id = fields.UUID(allow_none=True, load_default=None, metadata={
        "description": "whom of the household (`GET /me/members`) it is for; left out: it does not say",
        "example": None})

    @validates_schema(skip_on_field_errors=True)
    def _one_length(self, data: dict[str, Any], **_: Any) -> None:
        if (data["minutes"] is None) == (data["days"] is None):
            raise ValidationError("minutes 和 days 请给且只给一个|Give either minutes or days", field_name="minutes")
        if (data["start"] is None) == (data["due_on"] is None):
            raise ValidationError("start 和 due_on 请给且只给一个|Give either start or due_on", field_name="start")
        for name in ("due_on", "babies", "daily", "shift") if data["days"] is None else ():
            if data[name] is not None:
                raise ValidationError("只用于按天的服务（days）|Only of what is booked by days", field_name=name)


class VisitLineOut(Schema):
    """One line of a price; a discount is negative."""

    line = fields.String(required=True, validate=validate.OneOf(LINES), metadata={"example": "wage"})
    name = fields.String(required=True, metadata={"example": "服务人员劳务费"})
    amount = Money(required=True)
    by = fields.String(metadata={"description": "of a discount alone: who bears it, `platform` or `firm`",
                                 "example": "platform"})
    coupon = fields.UUID(metadata={"description": "of a discount alone: the coupon",
                                   "example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})


class FrozenTierOut(Schema):
    """What cancelling costs until a moment (inclusive)."""

    until = Moment(required=True)
    permille = fields.Integer(required=True, metadata={"description": "of the total", "example": 300})
    fee = Money(required=True)
    refund = Money(required=True)
    words = fields.String(required=True, metadata={"example": "开始前 2 小时至 24 小时取消，收取 30 %"})
    words_en = fields.String(required=True, metadata={"example": "2 h to 24 h before the start: 30 %"})


class FrozenPolicyOut(Schema):
    """The policy that is frozen onto a booking; after the last tier cancelling costs as a no-show."""

    code = fields.String(required=True, metadata={"example": "standard-2026"})
    name = fields.String(required=True, metadata={"example": "标准取消规则"})
    grace_minutes = fields.Integer(required=True, metadata={
        "description": "cancelling is free for so long after paying", "example": 5})
    no_show_permille = fields.Integer(required=True, metadata={"example": 1000})
    tiers = fields.List(fields.Nested(FrozenTierOut), required=True)


class PartOut(Schema):
    """A part in which a booking is paid."""

    part = fields.String(required=True, validate=validate.OneOf(PARTS), metadata={"example": "full"})
    amount = Money(required=True)
    payable_from = Moment(required=True, allow_none=True, metadata={
        "description": "of a balance, and of a visit of a series; else the first part is paid while it is held",
        "example": None})


class AnswerOut(Schema):
    """That the firm is asked before a paid booking stands."""

    minutes = fields.Integer(required=True, metadata={"description": "at most so long after the payment",
                                                      "example": 120})
    words = fields.String(required=True, metadata={"example": "企业须在 2 小时内答复，婉拒或逾期全额退款"})
    words_en = fields.String(required=True, metadata={
        "example": "the firm answers within 2 h; declined or unanswered, everything is refunded"})


class RebookingIn(Schema):
    """When to have the same again."""

    start = Moment(required=True, metadata={"description": "on the hour or half hour, at least 60 minutes ahead"})


class CaredForOut(Schema):
    """Whom a booking is for, without the name."""

    relation = fields.String(required=True, validate=validate.OneOf(list(RELATIONS)), metadata={"example": "parent"})
    age_band = fields.String(required=True, metadata={"description": "years", "example": "70–79"})
    needs = fields.List(Need(), required=True)
    words = fields.String(required=True, metadata={"example": "父母 · 70–79 岁 · 半自理"})


class BookingMemberOut(CaredForOut):
    """Whom a booking is for, by name; the look is on record."""

    name = fields.String(required=True, metadata={"example": "王桂兰"})


class VisitSchema(Schema):
    """What a quote and a booking both say."""

    id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True)
    firm_id = fields.UUID(required=True)
    service_code = fields.String(required=True, metadata={"example": "cleaning"})
    address_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True, allow_none=True, metadata={
        "description": "whom of the household it is for, to the household; null when it does not say",
        "example": None})
    start = Moment(required=True)
    end = Moment(required=True)
    minutes = fields.Integer(required=True, metadata={"example": 180})
    days = fields.Integer(required=True, allow_none=True, metadata={
        "description": "days of work, when it is booked by days", "example": None})
    engagement = fields.Nested(EngagementOut, required=True, allow_none=True, metadata={
        "description": "what is agreed of an engagement by days; null of a visit"})
    lines = fields.List(fields.Nested(VisitLineOut), required=True)
    total = Money(required=True, attribute="total_fen")
    parts = fields.List(fields.Nested(PartOut), required=True, metadata={
        "description": "in what parts the total is paid, in order"})
    policy = fields.Nested(FrozenPolicyOut, required=True, attribute="terms")
    answer = fields.Nested(AnswerOut, required=True, allow_none=True, metadata={
        "description": "the firm is asked first; null: it stands once it is paid", "example": None})


class QuoteOut(VisitSchema):
    """A price in lines and the policy it comes with, good until ``expires_at``."""

    expires_at = Moment(required=True, metadata={"description": "book before this moment"})
    schedule = fields.List(fields.Nested(DayPriceOut), required=True, metadata={
        "description": "the days of an engagement by days; their prices add up to the total"})


class BookingIn(Schema):
    """Which quote to book."""

    quote_id = fields.UUID(required=True)
    note = Text(most=300, metadata={"description": "for the worker: pets, where to park …; sealed",
                                    "example": "家里有一只猫，请按门铃"})


class BookingFilter(PageFilter):
    """Which bookings to list."""

    state = fields.String(validate=validate.OneOf(list(BOOKING.states)), metadata={"example": "confirmed"})


class DoorOut(Schema):
    """How far from the address somebody checked in."""

    metres = fields.Integer(required=True, metadata={"description": "to the nearest 10", "example": 80})
    far = fields.Boolean(required=True, metadata={"description": "more than 500 m", "example": False})
    words = fields.String(required=True, metadata={"example": "签到处距服务地址约 80 米"})
    words_en = fields.String(required=True, metadata={"example": "checked in about 80 m from the address"})


class BookingOut(VisitSchema):
    """A booking as the asking party sees it."""

    quote_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(BOOKING.states)), metadata={"example": "held"})
    state_name = fields.String(required=True, metadata={"example": "待支付"})
    worker_called = fields.String(required=True, attribute="worker.called", metadata={"example": "王阿姨"})
    firm_name = fields.String(required=True, attribute="firm.name", metadata={"example": "宿迁巧手家政有限公司"})
    service_name = fields.String(required=True, attribute="service.name", metadata={"example": "日常保洁"})
    district = fields.String(required=True, attribute="address.region_code", metadata={
        "description": "GB/T 2260 code of the address", "example": "321302"})
    cared_for = fields.Nested(CaredForOut, required=True, allow_none=True, metadata={
        "description": "whom it is for, without the name; to worker and firm until 24 hours after the service"})
    paid = Money(required=True, attribute="paid_fen")
    due = fields.Nested(PartOut, required=True, allow_none=True, metadata={
        "description": "the part to be paid next; null when all is paid"})
    refund = Money(required=True, attribute="refund_fen", metadata={"description": "of the present total"})
    returned = Money(required=True, attribute="returned_fen", metadata={
        "description": "went back because the price fell; no part of `paid` any more"})
    door_code = fields.String(required=True, allow_none=True, metadata={
        "description": "four digits the household tells the worker at the door; null to everybody else",
        "example": "4821"})
    note = fields.String(required=True, allow_none=True, metadata={
        "description": "the household's note, to the household; the worker reads it with the contact",
        "example": "家里有一只猫，请按门铃"})
    door = fields.Nested(DoorOut, required=True, allow_none=True, metadata={
        "description": "how far from the address she checked in; null where her phone did not say, and after 30 days"})
    created_at = Moment(required=True)
    expires_at = Moment(required=True, metadata={"description": "while held: pay before this moment"})
    answer_by = Moment(required=True, allow_none=True, metadata={
        "description": "paid, and the firm answers by this moment", "example": None})
    confirmed_at = Moment(required=True, allow_none=True)
    started_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)
    closed_by = fields.String(required=True, allow_none=True, metadata={
        "description": "household, worker, firm or system", "example": "household"})
    closed_because = fields.String(required=True, allow_none=True, metadata={"example": "ill"})
    complaint_open = fields.Boolean(required=True, metadata={"example": False})
    unattended = fields.Boolean(required=True, metadata={
        "description": "confirmed and over, but nobody has said what happened", "example": False})
    steps = fields.List(fields.String(metadata={"example": "cancel"}), required=True, metadata={
        "description": "steps the asking party may take from this state"})


class BookingFactOut(Schema):
    """One thing that happened to a booking."""

    at = Moment(required=True)
    fact = fields.String(required=True, metadata={"example": "booking.confirmed"})
    data = fields.Dict(required=True, metadata={"description": "opaque ids and numbers; money in fen",
                                                "example": {"paid": 13800}})


class CancellationQuoteOut(Schema):
    """What cancelling costs now."""

    fee = Money(required=True, attribute="fee_fen")
    refund = Money(required=True, attribute="refund_fen", metadata={"description": "send its amount to cancel"})
    good_until = Moment(required=True, allow_none=True, metadata={
        "description": "the last moment at which it costs the same; null when it will not change any more"})
    words = fields.String(required=True, metadata={"example": "开始前 24 小时以上取消，免费"})
    words_en = fields.String(required=True, metadata={"example": "24 h or more before the start: free"})


class CancellationIn(Schema):
    """The refund the household was quoted and expects, in fen."""

    expected_refund = Whole(required=True, metadata={"description": "fen, as quoted", "example": 13800})


class RefundGrantIn(Schema):
    """What a firm gives back, in fen, and why."""

    amount = Whole(least=1, required=True, metadata={"description": "fen", "example": 2000})
    reason = fields.String(required=True, validate=validate.OneOf(rules.GRANT_REASONS), metadata={
        "example": "quality"})


class WithdrawalIn(Schema):
    """Why the worker can't come."""

    reason = fields.String(required=True, validate=validate.OneOf(rules.WITHDRAWAL_REASONS),
                           metadata={"example": "ill"})


class DeclineIn(Schema):
    """Why the firm can't take the booking."""

    reason = fields.String(required=True, validate=validate.OneOf(rules.DECLINE_REASONS),
                           metadata={"example": "worker_ill"})


class CheckInIn(Schema):
    """The code the family tells the worker at the door, and where her phone says she is, if she lets it."""

    door_code = fields.String(required=True, validate=FOUR_DIGITS, metadata={"example": "4821"})
    place = fields.Nested(WhereIn, allow_none=True, load_default=None)


class BookingContactOut(Schema):
    """How to reach the other side: her phone to the household; the address, its contact and the note to the worker."""

    name = fields.String(required=True, metadata={"example": "王阿姨"})
    phone = fields.String(required=True, metadata={"example": "13900010001"})
    address = fields.String(required=True, allow_none=True, metadata={"example": "幸福路 1 号 2 单元 301"})
    note = fields.String(required=True, allow_none=True, metadata={"example": "家里有一只猫，请按门铃"})
