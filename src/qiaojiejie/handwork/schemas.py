"""Shapes of piece-work."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Moment, Money, PageFilter, QueryWhole, Schema, Text, Whole, page_of
from qiaojiejie.handwork.lifecycle import ORDER, TAKE
from qiaojiejie.stations.schemas import SOME_ID, AskedIn, AskedOut


class HandworkFilter(PageFilter):
    """Whose board."""

    station_id = fields.UUID(metadata=SOME_ID)


class HandworkIn(Schema):
    """An order."""

    customer = Text(required=True, most=80, metadata={"description": "who ordered it", "example": "宿迁市绢花工艺厂"})
    title = Text(required=True, most=60, metadata={"example": "绢花牡丹"})
    description = Text(required=True, most=1000, metadata={"example": "五瓣，按样品，材料由工作站发放"})
    pieces = Whole(required=True, least=1, most=1_000_000, metadata={"example": 2000})
    unit_fen = Whole(required=True, least=1, most=1_000_000, metadata={"description": "fen for a good piece",
                                                                       "example": 80})
    due_on = fields.Date(required=True, metadata={"example": "2026-12-31"})


class HandworkOut(Schema):
    """An order and what is left of it."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    station_id = fields.UUID(required=True, attribute="board_id", metadata=SOME_ID)
    station = fields.String(required=True, attribute="board.name", metadata={"example": "幸福社区巧姐姐示范工作站"})
    customer = fields.String(required=True, metadata={"example": "宿迁市绢花工艺厂"})
    title = fields.String(required=True, metadata={"example": "绢花牡丹"})
    description = fields.String(required=True, metadata={"example": "五瓣，按样品"})
    pieces = fields.Integer(required=True, metadata={"example": 2000})
    free = fields.Integer(required=True, metadata={"example": 640})
    unit = Money(required=True, attribute="unit_fen")
    due_on = fields.Date(required=True, metadata={"example": "2026-12-31"})
    state = fields.String(required=True, validate=validate.OneOf(list(ORDER.states)), metadata={"example": "open"})
    posted_at = Moment(required=True)


HandworkPageOut = page_of(HandworkOut)


class TakeIn(AskedIn):
    """How much somebody takes home."""

    pieces = Whole(required=True, least=1, most=10_000, metadata={"example": 50})


class TakeAnswerIn(Schema):
    """What became of it."""

    answer = fields.String(required=True, validate=validate.OneOf(list(TAKE.steps)), metadata={
        "description": "`deliver`, `judge`, `pay`: the station's; `receive`, `miss`: hers; `give_back`: either's",
        "example": "judge"})
    accepted = Whole(least=0, most=10_000, allow_none=True, load_default=None, metadata={
        "description": "to judge: how many are good", "example": 48})
    reason = Text(most=200, allow_none=True, load_default=None, metadata={"description": "why fewer",
                                                                          "example": "两朵脱胶"})
    reference = Text(most=60, allow_none=True, load_default=None, metadata={
        "description": "to pay: the transfer's or the receipt's number", "example": None})


class TakeFilter(PageFilter):
    """Which of them."""

    state = fields.String(validate=validate.OneOf(list(TAKE.states)), metadata={"example": "taken"})


class TakeOut(AskedOut):
    """Pieces somebody took."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    order_id = fields.UUID(required=True, metadata=SOME_ID)
    title = fields.String(required=True, attribute="order.title", metadata={"example": "绢花牡丹"})
    pieces = fields.Integer(required=True, metadata={"example": 50})
    state = fields.String(required=True, validate=validate.OneOf(list(TAKE.states)), metadata={"example": "judged"})
    accepted = fields.Integer(required=True, allow_none=True, metadata={"example": 48})
    pay = Money(required=True, allow_none=True, attribute="pay_fen")
    reason = fields.String(required=True, allow_none=True, metadata={"example": "两朵脱胶"})
    reference = fields.String(required=True, allow_none=True, metadata={"example": None})
    judged_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-12-20"})
    changed_at = Moment(required=True)


TakePageOut = page_of(TakeOut)


class HandworkYearFilter(FilterSchema):
    """Which year and board; the twelve months to today and all unless said."""

    year = QueryWhole(least=2000, most=2100, load_default=None, metadata={"example": 2026})
    station_id = fields.UUID(load_default=None, metadata=SOME_ID)


class HandworkYearOut(Schema):
    """What piece-work came to."""

    year = fields.Integer(required=True, allow_none=True, metadata={"example": 2026})
    station_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    makers = fields.Integer(required=True, metadata={"example": 164})
    pieces = fields.Integer(required=True, metadata={"description": "good ones", "example": 41_200})
    earned = Money(required=True, attribute="earned_fen")
    paid = Money(required=True, attribute="paid_fen")
    received = Money(required=True, attribute="received_fen", metadata={"description": "by the makers' own word"})
