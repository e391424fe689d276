"""Shapes of statements, of a firm's balance and of wages."""

from marshmallow import fields

from qiaojiejie.core.schema import Moment, Money, Schema, page_of
from qiaojiejie.payouts.schemas import SOME_ID
from qiaojiejie.payouts.schemas.batches import PayoutItemOut


class StatementTotalsOut(Schema):
    """The sums of a statement's lines: gross − fee + promotion + owed + other = net."""

    lines = fields.Integer(required=True, metadata={"example": 41})
    gross = Money(required=True, attribute="gross_fen")
    fee = Money(required=True, attribute="fee_fen")
    promotion = Money(required=True, attribute="promotion_fen")
    owed = Money(required=True, attribute="owed_fen", metadata={
        "description": "the part of refunds that became the firm's debt"})
    other = Money(required=True, attribute="other_fen", metadata={"description": "payouts that came back, adjustments"})
    net = Money(required=True, attribute="net_fen")


class StatementOut(PayoutItemOut):
    """A statement with the sums of its lines, counted from the books."""

    totals = fields.Nested(StatementTotalsOut, required=True)


class StatementLineOut(Schema):
    """A movement: gross − fee + promotion + owed + other = net; what was taken back is negative."""

    kind = fields.String(required=True, metadata={"example": "released"})
    kind_name = fields.Function(lambda line: line.kind_names[0], metadata={"type": "string", "example": "服务结算"})
    on = fields.Date(required=True, metadata={"example": "2026-10-12"})
    booking_id = fields.Function(lambda line: line.booking or None, metadata={
        "type": ["string", "null"], **SOME_ID})
    service = fields.String(required=True, metadata={"description": "empty where no booking is behind it",
                                                     "example": "日常保洁"})
    served_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-10-10"})
    gross = Money(required=True)
    fee = Money(required=True)
    promotion = Money(required=True)
    owed = Money(required=True)
    other = Money(required=True)
    net = Money(required=True)


StatementLinePageOut = page_of(StatementLineOut)


class NextStatementOut(Schema):
    """What a batch made now would pay."""

    since = fields.Date(required=True, metadata={"example": "2026-11-01"})
    movements = fields.Integer(required=True, metadata={"description": "on no statement yet", "example": 12})
    offset = Money(required=True, attribute="offset_fen")
    amount = Money(required=True, attribute="amount_fen", metadata={
        "description": "nothing while it is less than the minimum or no account is verified"})
    minimum = Money(required=True, attribute="minimum_fen")
    account_verified = fields.Boolean(required=True, metadata={"example": True})


class FirmBalanceOut(Schema):
    """How a firm stands with the platform."""

    payable = Money(required=True, attribute="payable_fen", metadata={"description": "owed to it, not set aside"})
    receivable = Money(required=True, attribute="receivable_fen", metadata={"description": "owed by it"})
    set_aside = Money(required=True, attribute="set_aside_fen", metadata={"description": "on its way to it"})
    next = fields.Nested(NextStatementOut, required=True)


class WageOut(Schema):
    """What she earned with a booking."""

    booking_id = fields.UUID(required=True, metadata=SOME_ID)
    service = fields.String(required=True, metadata={"example": "日常保洁"})
    served_on = fields.Date(required=True, metadata={"example": "2026-10-10"})
    wage = Money(required=True, attribute="wage_fen", metadata={"description": "as the price says"})
    earned = Money(required=True, attribute="earned_fen", metadata={
        "description": "in proportion to what was released and did not go back"})
    released_at = Moment(required=True, metadata={"description": "when it became the firm's"})
    paid_at = Moment(required=True, allow_none=True, metadata={"description": "when the firm was paid it"})


class WageMonthOut(Schema):
    """What she earned in a month, by the day it was released; refunds count in the month they were taken back."""

    month = fields.String(required=True, metadata={"example": "2026-10"})
    bookings = fields.Integer(required=True, metadata={"example": 18})
    earned = Money(required=True, attribute="earned_fen")
    paid = Money(required=True, attribute="paid_fen", metadata={"description": "of it, what the firm was paid"})


class WagesOut(Schema):
    """A page of a worker's wages, newest first, with the sums of the last twelve months."""

    items = fields.List(fields.Nested(WageOut), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata={
        "description": "give it as `cursor` for the next page; null on the last page", "example": "WzgxMiwxN10.Kx3v"})
    months = fields.List(fields.Nested(WageMonthOut), required=True)
