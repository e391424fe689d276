"""Shapes of mandates and of what is booked by them."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.booking.schemas import QuoteIn
from qiaojiejie.core import clock
from qiaojiejie.core.schema import Masked, Moment, Money, Schema, Text, page_of
from qiaojiejie.identity.schemas import Phone
from qiaojiejie.mandates.lifecycle import MANDATE
from qiaojiejie.mandates.rules import CONSENTERS, GOOD_FOR, HOW

SOME_ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}


class MandateIn(Schema):
    """Who lets whom book for them, and how they said so."""

    phone = Phone(required=True, metadata={"description": "theirs or a relative's, who is told by text message"})
    name = Text(required=True, most=40, metadata={"example": "王桂兰"})
    how = fields.String(required=True, validate=validate.OneOf(list(HOW)), metadata={"example": "in_person"})
    consenter = fields.String(required=True, validate=validate.OneOf(list(CONSENTERS)), metadata={"example": "self"})
    note = Text(required=True, most=200, metadata={"example": "本人到站口头同意，出示身份证"})
    given_at = Moment(allow_none=True, load_default=None, metadata={"description": "when; now unless said"})

    @validates_schema(skip_on_field_errors=True)
    def _was_given(self, data: dict[str, Any], **_: Any) -> None:
        at = data["given_at"]
        if at is not None and not timedelta() <= clock.now() - at <= GOOD_FOR:
            raise ValidationError("须是过去 90 天内的时间|Must be within the last 90 days", field_name="given_at")


class MandateOut(Schema):
    """A mandate; name and phone masked."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    org_id = fields.UUID(required=True, metadata={"description": "the station or firm", **SOME_ID})
    name = Masked(required=True, metadata={"example": "王**"})
    phone = Masked(required=True, metadata={"example": "138****0001"})
    state = fields.String(required=True, validate=validate.OneOf(list(MANDATE.states)), metadata={"example": "given"})
    state_name = fields.String(required=True, metadata={"example": "有效"})
    how = fields.String(required=True, validate=validate.OneOf(list(HOW)), metadata={"example": "in_person"})
    consenter = fields.String(required=True, validate=validate.OneOf(list(CONSENTERS)), metadata={"example": "self"})
    note = fields.String(required=True, metadata={"example": "本人到站口头同意，出示身份证"})
    given_at = Moment(required=True)
    until = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)


MandatePageOut = page_of(MandateOut)


class MandateQuoteIn(QuoteIn):
    """What is to be priced; address and member came in by the mandate."""

    class Meta(QuoteIn.Meta):
        """A coupon is the family's own to use."""

        exclude = ("coupon_code",)


class MandatePaymentIn(Schema):
    """How who stands at the counter pays: by scanning a code."""

    method = fields.String(required=True, validate=validate.OneOf(["alipay", "wechat_pay"]),
                           metadata={"example": "wechat_pay"})


class ErrandOut(Schema):
    """What was booked for somebody, and until when it is undone free of charge."""

    booking_id = fields.UUID(required=True, metadata=SOME_ID)
    mandate_id = fields.UUID(required=True, metadata=SOME_ID)
    service_name = fields.String(required=True, attribute="booking.service.name", metadata={"example": "日常保洁"})
    worker_called = fields.String(required=True, attribute="booking.worker.called", metadata={"example": "王阿姨"})
    firm_name = fields.String(required=True, attribute="booking.firm.name", metadata={
        "example": "宿迁巧手家政有限公司"})
    start = Moment(required=True, attribute="booking.start")
    end = Moment(required=True, attribute="booking.end")
    total = Money(required=True, attribute="booking.total_fen")
    refund = Money(required=True, attribute="booking.refund_fen")
    state = fields.String(required=True, attribute="booking.state", validate=validate.OneOf(list(BOOKING.states)),
                          metadata={"example": "confirmed"})
    made_at = Moment(required=True)
    undo_until = Moment(required=True)
    undone_at = Moment(required=True, allow_none=True)


ErrandPageOut = page_of(ErrandOut)


class UndoIn(Schema):
    """What stands in the text message."""

    token = Text(required=True, most=40, least=20, metadata={"example": "q7mXn1b3TzS4uVw9yB2cDg"})
