"""Shapes of batches and of what is paid in them."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, Money, PageFilter, Schema, Text, page_of
from qiaojiejie.payouts.lifecycle import BATCH, ITEM
from qiaojiejie.payouts.queries.statements import where_to
from qiaojiejie.payouts.schemas import SOME_ID


class PayoutBatchIn(Schema):
    """Which movements: of a month that is over (and all before it), or through a day."""

    month = Text(most=7, load_default=None, allow_none=True,
                 validate=validate.Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])$"),
                 metadata={"example": "2026-10"})
    through = fields.Date(load_default=None, allow_none=True, metadata={
        "description": "the last day, today at most; instead of `month`", "example": None})


class PayoutDecisionIn(Schema):
    """What is to be remembered of a decision."""

    note = Text(most=200, least=0, load_default="", metadata={"example": "金额与账目一致"})


class PayoutStateSumOut(Schema):
    """How many of a batch's payouts are in a state, and their sum."""

    state = fields.String(required=True, validate=validate.OneOf(list(ITEM.states)), metadata={"example": "paid"})
    items = fields.Integer(required=True, metadata={"example": 86})
    amount = Money(required=True, attribute="amount_fen")


class PayoutBatchOut(Schema):
    """A batch and what it comes to."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    state = fields.String(required=True, validate=validate.OneOf(list(BATCH.states)), metadata={"example": "waiting"})
    state_name = fields.Function(lambda batch: BATCH.states[batch["state"]], metadata={
        "type": "string", "example": "待复核"})
    through = fields.Date(required=True, metadata={"example": "2026-10-31"})
    items = fields.Integer(required=True, metadata={"example": 86})
    amount = Money(required=True, attribute="amount_fen")
    states = fields.List(fields.Nested(PayoutStateSumOut), required=True)
    made_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    note = fields.String(required=True, metadata={"example": ""})


PayoutBatchPageOut = page_of(PayoutBatchOut)


class PayoutItemFilter(PageFilter):
    """Which of a batch's payouts."""

    state = fields.String(validate=validate.OneOf(list(ITEM.states)), metadata={"example": "approved"})


class PayoutItemOut(Schema):
    """A firm's statement and what is paid on it: opening + movements = offset + amount + carried."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    firm_id = fields.UUID(required=True, metadata=SOME_ID)
    firm = fields.String(required=True, attribute="firm.name", metadata={"example": "宿迁市巧姐姐家政有限公司"})
    batch_id = fields.UUID(required=True, allow_none=True, metadata=SOME_ID)
    number = fields.Integer(required=True, metadata={"description": "the firm's first statement, its second, …",
                                                     "example": 7})
    state = fields.String(required=True, validate=validate.OneOf(list(ITEM.states)), metadata={"example": "paid"})
    state_name = fields.String(required=True, metadata={"example": "已到账"})
    since = fields.Date(required=True, metadata={"example": "2026-10-01"})
    through = fields.Date(required=True, metadata={"example": "2026-10-31"})
    opening = Money(required=True, attribute="opening_fen", metadata={"description": "carried from the one before"})
    movements = Money(required=True, attribute="movements_fen", metadata={"description": "the sum of its lines"})
    offset = Money(required=True, attribute="offset_fen", metadata={"description": "kept for what the firm owed"})
    amount = Money(required=True, attribute="amount_fen", metadata={"description": "what is paid"})
    carried = Money(required=True, attribute="carried_fen", metadata={"description": "left for the next"})
    reversed = Money(required=True, attribute="reversed_fen", metadata={"description": "what of it came back"})
    account = fields.Function(lambda item: where_to(item.account), metadata={
        "type": "string", "description": "where it goes, masked; empty while it accrues",
        "example": "中国工商银行 宿迁宿城支行 ****3445"})
    reference = fields.Function(lambda item: item.bank_reference or item.transfer_id, metadata={
        "type": ["string", "null"], "description": "the bank's reference, or Stripe's id of the transfer",
        "example": "2026110300012345"})
    failure = fields.String(required=True, allow_none=True, metadata={"example": None})
    sent_at = Moment(required=True, allow_none=True)
    paid_at = Moment(required=True, allow_none=True)


PayoutItemPageOut = page_of(PayoutItemOut)


class BankReferenceIn(Schema):
    """A transfer the bank carried out."""

    reference = Text(required=True, least=4, most=64, metadata={"description": "the bank's own",
                                                                "example": "2026110300012345"})


class PayoutReasonIn(Schema):
    """Why it did not arrive, or came back."""

    reason = Text(required=True, most=200, metadata={"example": "户名与账号不符"})
