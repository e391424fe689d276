"""Shapes of invoice titles, requests for invoices and receipts."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.core.schema import Masked, Moment, Money, PageFilter, Schema, Text, page_of
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.firms.schemas import CreditCode
from qiaojiejie.invoices import rules
from qiaojiejie.invoices.lifecycle import INVOICE
from qiaojiejie.invoices.rules.receipts import DUE, METHODS, PARTS
from qiaojiejie.refunds.lifecycle import REFUND

ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}
NUMBER = validate.Regexp(r"^[0-9]{20}\Z")
FIRM_NAME = "宿迁巧手家政有限公司"


class InWhole(Masked):
    """A sealed value in plain text: to the family whose it is, or after a recorded look."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value.reveal() if isinstance(value, Sealed) else value


class InvoiceTitlePatchIn(Schema):
    """What to change in a title; what is left out stays as it was."""

    name = Text(most=100, metadata={"description": "a person's or a company's full name", "example": "王小明"})
    uscc = CreditCode(most=30, allow_none=True, metadata={
        "description": "统一社会信用代码, of a company alone", "example": None})
    email = fields.Email(allow_none=True, validate=validate.Length(max=200), metadata={
        "description": "where the firm sends the invoice; null: nowhere", "example": "wang@example.cn"})


class InvoiceTitleIn(InvoiceTitlePatchIn):
    """A title to keep: of a person (name), or of a company (name and code)."""

    kind = fields.String(required=True, validate=validate.OneOf(list(rules.TITLE_KINDS)), metadata={
        "example": "personal"})
    name = Text(required=True, most=100, metadata={"description": "a person's or a company's full name",
                                                   "example": "王小明"})
    uscc = CreditCode(most=30, allow_none=True, load_default=None, metadata={
        "description": "统一社会信用代码, of a company alone; its check digit is verified", "example": None})
    email = fields.Email(allow_none=True, load_default=None, validate=validate.Length(max=200), metadata={
        "description": "where the firm sends the invoice", "example": "wang@example.cn"})


class InvoiceTitleOut(Schema):
    """A title as lists show it: masked."""

    id = fields.UUID(required=True, metadata=ID)
    kind = fields.String(required=True, validate=validate.OneOf(list(rules.TITLE_KINDS)), metadata={
        "example": "personal"})
    name = Masked(required=True, metadata={"description": "masked", "example": "王**"})
    uscc = Masked(required=True, allow_none=True, metadata={"description": "masked", "example": None})
    email = Masked(required=True, allow_none=True, metadata={"description": "masked", "example": "****"})
    created_at = Moment(required=True)


class OwnInvoiceTitleOut(InvoiceTitleOut):
    """A title in full, to the family that keeps it."""

    name = InWhole(required=True, metadata={"example": "王小明"})
    uscc = InWhole(required=True, allow_none=True, metadata={"example": None})
    email = InWhole(required=True, allow_none=True, metadata={"example": "wang@example.cn"})


class InvoiceRequestIn(Schema):
    """What invoice a family wants, and in whose name."""

    title_id = fields.UUID(required=True, metadata=ID)
    kind = fields.String(required=True, validate=validate.OneOf(list(rules.KINDS)), metadata={
        "description": "数电普票, or 数电专票 (company titles only)", "example": "electronic_ordinary"})


class OwnInvoiceRequestFilter(PageFilter):
    """Which requests to list."""

    state = fields.String(validate=validate.OneOf(list(INVOICE.states)), metadata={"example": "requested"})


class InvoiceRequestFilter(OwnInvoiceRequestFilter):
    """Which requests to list; those the firm is late with, or all but those."""

    overdue = fields.Boolean(metadata={"description": "true: only what the firm is late with, the latest first",
                                       "example": True})


class InvoiceIssueIn(Schema):
    """The invoice the firm issued with its tax bureau."""

    number = fields.String(required=True, validate=NUMBER, metadata={
        "description": "数电发票号码, 20 digits; the first two are the year's", "example": "26322000000012345678"})
    issued_on = fields.Date(required=True, metadata={"example": "2026-12-01"})
    media_id = fields.UUID(allow_none=True, load_default=None, metadata={
        "description": "its file: a document of POST /media (PDF or image)", "example": None})


class InvoiceRefusalIn(Schema):
    """Why the firm does not issue it."""

    reason = fields.String(required=True, validate=validate.OneOf(list(rules.REFUSALS)), metadata={
        "example": "title_wrong"})


class InvoiceVoidIn(Schema):
    """Why the firm took an invoice back, and the red one's number."""

    reason = fields.String(required=True, validate=validate.OneOf(list(rules.VOIDINGS)), metadata={
        "example": "money_back"})
    red_number = fields.String(allow_none=True, load_default=None, validate=NUMBER, metadata={
        "description": "of the red invoice, 20 digits", "example": "26322000000012345679"})


class InvoiceRequestOut(Schema):
    """A request for an invoice; its title masked."""

    id = fields.UUID(required=True, metadata=ID)
    booking_id = fields.UUID(required=True, metadata=ID)
    firm_id = fields.UUID(required=True, metadata=ID)
    firm_name = fields.String(required=True, attribute="booking.firm.name", metadata={"example": FIRM_NAME})
    service_name = fields.String(required=True, attribute="booking.service.name", metadata={"example": "日常保洁"})
    start = Moment(required=True, attribute="booking.start")
    state = fields.String(required=True, validate=validate.OneOf(list(INVOICE.states)), metadata={
        "example": "requested"})
    state_name = fields.String(required=True, metadata={"example": "待开票"})
    kind = fields.String(required=True, validate=validate.OneOf(list(rules.KINDS)), metadata={
        "example": "electronic_ordinary"})
    kind_name = fields.String(required=True, metadata={"example": "电子发票（普通发票）"})
    amount = Money(required=True, attribute="amount_fen", metadata={"description": "what was kept when it was asked"})
    title_kind = fields.String(required=True, validate=validate.OneOf(list(rules.TITLE_KINDS)), metadata={
        "example": "personal"})
    title_name = Masked(required=True, attribute="name", metadata={"description": "masked", "example": "王**"})
    title_uscc = Masked(required=True, allow_none=True, attribute="uscc", metadata={
        "description": "masked", "example": None})
    title_email = Masked(required=True, allow_none=True, attribute="email", metadata={
        "description": "masked", "example": "****"})
    asked_at = Moment(required=True)
    due_on = fields.Date(required=True, metadata={"description": "the last day on which it is in time",
                                                  "example": "2026-12-10"})
    overdue = fields.Boolean(required=True, metadata={"example": False})
    number = fields.String(required=True, allow_none=True, metadata={"example": None})
    issued_on = fields.Date(required=True, allow_none=True, metadata={"example": None})
    has_file = fields.Function(lambda found: found.media_id is not None, required=True, metadata={
        "type": "boolean", "example": False})
    red_number = fields.String(required=True, allow_none=True, metadata={"example": None})
    reason = fields.String(required=True, allow_none=True, metadata={"description": "why refused or voided",
                                                                     "example": None})
    reason_name = fields.String(required=True, allow_none=True, metadata={"example": None})
    amount_changed = fields.Boolean(required=True, metadata={
        "description": "something else is kept of the booking now", "example": False})
    kept = Money(required=True, allow_none=True, attribute="kept_fen", metadata={
        "description": "what is kept now, when it changed"})
    changed_at = Moment(required=True)


class InvoiceRequestWholeOut(InvoiceRequestOut):
    """A request with its title in full: to its family, or to the firm after a recorded look."""

    title_name = InWhole(required=True, attribute="name", metadata={"example": "王小明"})
    title_uscc = InWhole(required=True, allow_none=True, attribute="uscc", metadata={"example": None})
    title_email = InWhole(required=True, allow_none=True, attribute="email", metadata={"example": "wang@example.cn"})


class ReceiptLineOut(Schema):
    """A line of the price."""

    line = fields.String(required=True, metadata={"example": "wage"})
    name = fields.String(required=True, metadata={"example": "服务人员劳务费"})
    amount = Money(required=True, attribute="amount_fen")


class ReceiptPaymentOut(Schema):
    """A payment that came."""

    part = fields.String(required=True, validate=validate.OneOf(list(PARTS)), metadata={"example": "full"})
    part_name = fields.String(required=True, metadata={"example": "全款"})
    method = fields.String(required=True, validate=validate.OneOf(list(METHODS)), metadata={"example": "alipay"})
    method_name = fields.String(required=True, metadata={"example": "支付宝"})
    amount = Money(required=True, attribute="amount_fen")
    at = Moment(required=True)


class ReceiptRefundOut(Schema):
    """Money that went or goes back, and why."""

    amount = Money(required=True, attribute="amount_fen")
    at = Moment(required=True, allow_none=True)
    reason = fields.String(required=True, metadata={"example": "企业退款（服务质量）"})
    state = fields.String(required=True, validate=validate.OneOf([*REFUND.states, DUE]), metadata={
        "description": "of the refund; `due`: decided, not begun yet", "example": "succeeded"})
    state_name = fields.String(required=True, metadata={"example": "已退款"})


class BookingReceiptOut(Schema):
    """What a family paid for a booking, what went back, what is kept."""

    number = fields.String(required=True, metadata={"example": "SJ-0190F3A2-7C1E-7C3A-9D52-3F6B8A1C2D4E"})
    booking_id = fields.UUID(required=True, metadata=ID)
    paid_at = Moment(required=True)
    payer = fields.String(required=True, metadata={"description": "masked", "example": "王** 138****0001"})
    firm_name = fields.String(required=True, metadata={"example": FIRM_NAME})
    worker_called = fields.String(required=True, metadata={"example": "王阿姨"})
    service_name = fields.String(required=True, metadata={"example": "日常保洁"})
    start = Moment(required=True)
    end = Moment(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(BOOKING.states)), metadata={
        "example": "completed"})
    state_name = fields.String(required=True, metadata={"example": "已完成"})
    lines = fields.List(fields.Nested(ReceiptLineOut), required=True)
    price = Money(required=True, attribute="price_fen", metadata={"description": "before what is taken off"})
    discount = Money(required=True, attribute="discount_fen")
    total = Money(required=True, attribute="total_fen")
    payments = fields.List(fields.Nested(ReceiptPaymentOut), required=True)
    paid = Money(required=True, attribute="paid_fen")
    refunds = fields.List(fields.Nested(ReceiptRefundOut), required=True)
    refunded = Money(required=True, attribute="refunded_fen")
    kept = Money(required=True, attribute="kept_fen")
    sha256 = fields.String(required=True, metadata={
        "description": "of the figures in RFC 8785 form; at the foot of the PDF too", "example": "9f86d081" * 8})


InvoiceTitlePageOut = page_of(InvoiceTitleOut)
InvoiceRequestPageOut = page_of(InvoiceRequestOut)
