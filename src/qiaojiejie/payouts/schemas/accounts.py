"""Shapes of where firms are paid."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Masked, Moment, Schema, Text, page_of
from qiaojiejie.payouts.lifecycle import ACCOUNT
from qiaojiejie.payouts.models import KINDS
from qiaojiejie.payouts.schemas import SOME_ID

NUMBER = validate.Regexp(r"^[0-9]{8,32}\Z", error="须为 8 到 32 位数字|Must be 8 to 32 digits.")
STRIPE = validate.Regexp(r"^acct_[0-9A-Za-z]{6,40}\Z", error="须为 acct_ 开头的编号|Must be an id that begins with acct_.")


class PayoutAccountIn(Schema):
    """Where the firm is to be paid. A bank account is in the firm's own name."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata={"example": "bank"})
    bank_name = Text(most=60, load_default=None, allow_none=True, metadata={"example": "中国工商银行"})
    branch = Text(most=80, load_default=None, allow_none=True, metadata={"example": "宿迁宿城支行"})
    number = Text(most=32, load_default=None, allow_none=True, validate=NUMBER, metadata={
        "description": "of a bank account", "example": "6222020200112233445"})
    stripe_account = Text(most=60, load_default=None, allow_none=True, validate=STRIPE, metadata={
        "description": "of a Stripe account, instead of the three above", "example": None})


class PayoutAccountOut(Schema):
    """Where a firm is paid; the number masked."""

    id = fields.UUID(required=True, metadata=SOME_ID)
    firm_id = fields.UUID(required=True, metadata=SOME_ID)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata={"example": "bank"})
    state = fields.String(required=True, validate=validate.OneOf(list(ACCOUNT.states)),
                          metadata={"example": "verified"})
    state_name = fields.Function(lambda account: ACCOUNT.states[account.state], metadata={
        "type": "string", "example": "已核实"})
    holder = fields.String(required=True, metadata={"example": "宿迁市巧姐姐家政有限公司"})
    bank_name = fields.String(required=True, allow_none=True, metadata={"example": "中国工商银行"})
    branch = fields.String(required=True, allow_none=True, metadata={"example": "宿迁宿城支行"})
    number = Masked(required=True, allow_none=True, metadata={"example": "****3445"})
    stripe_account = fields.String(required=True, allow_none=True, metadata={"example": None})
    set_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    note = fields.String(required=True, metadata={"example": ""})


PayoutAccountPageOut = page_of(PayoutAccountOut)


class PayoutAccountDecisionIn(Schema):
    """What the federation found."""

    step = fields.String(required=True, validate=validate.OneOf(["verify", "refuse"]), metadata={"example": "verify"})
    note = Text(most=200, least=0, load_default="", metadata={"description": "why it was refused",
                                                              "example": "与开户许可证一致"})


class PayoutAccountLookIn(Schema):
    """What the whole number is needed for."""

    reason = Text(required=True, most=200, metadata={"example": "核对开户许可证"})


class PayoutAccountLookOut(Schema):
    """The whole number; the look is on record."""

    number = fields.String(required=True, allow_none=True, metadata={"example": "6222020200112233445"})
    stripe_account = fields.String(required=True, allow_none=True, metadata={"example": None})
