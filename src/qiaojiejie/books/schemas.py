"""Shapes of the books."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Moment, Money, Schema


class LedgerTroubleOut(Schema):
    """One thing that is wrong in the books."""

    check = fields.String(required=True, metadata={"example": "charge"})
    subject = fields.String(required=True, metadata={"example": "payment:0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"})
    detail = fields.String(required=True, metadata={"example": "succeeded without an equal charge"})
    since = Moment(required=True, allow_none=True)


class LedgerHealthOut(Schema):
    """Whether the books are right; at most 100 troubles are listed."""

    healthy = fields.Boolean(required=True, metadata={"example": True})
    troubles = fields.List(fields.Nested(LedgerTroubleOut), required=True, metadata={"example": []})


class MoneyReportFilter(FilterSchema):
    """Which month."""

    month = fields.String(required=True, validate=validate.Regexp(r"^20[0-9][0-9]-(0[1-9]|1[0-2])$"), metadata={
        "description": "of Asia/Shanghai", "example": "2026-11"})


class BooksAccountOut(Schema):
    """A kind of account over the month; debits are positive, credits negative."""

    account = fields.String(required=True, metadata={"example": "escrow"})
    opening = Money(required=True)
    debit = Money(required=True)
    credit = Money(required=True)
    closing = Money(required=True)


class MoneyReportOut(Schema):
    """A month of money, from the books."""

    month = fields.String(required=True, metadata={"example": "2026-11"})
    taken = Money(required=True, metadata={"description": "paid by families through Stripe"})
    redeemed = Money(required=True, metadata={"description": "paid from prepaid cards"})
    returned = Money(required=True, metadata={"description": "given back to prepaid cards"})
    held = Money(required=True, metadata={"description": "held for families at the end of the month"})
    released = Money(required=True, metadata={"description": "released at completion, firms' and platform's part"})
    recalled = Money(required=True, metadata={"description": "released and taken back to be refunded"})
    firms = Money(required=True, metadata={"description": "the firms' part of what was released less recalled"})
    platform_fees = Money(required=True, metadata={"description": "the platform's part of it"})
    promotions = Money(required=True, metadata={"description": "what the platform added for its coupons"})
    refunded = Money(required=True, metadata={"description": "given back to families, less what came back"})
    paid_out = Money(required=True, metadata={"description": "paid out to firms, less what came back"})
    stripe_fees = Money(required=True, metadata={"description": "kept by Stripe"})
    swept = Money(required=True, metadata={"description": "sent on by Stripe to the platform's bank"})
    accounts = fields.List(fields.Nested(BooksAccountOut), required=True)
