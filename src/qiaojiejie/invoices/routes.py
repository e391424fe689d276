"""Invoice titles, requests for invoices and receipts over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.invoices import errors, service as invoices
from qiaojiejie.invoices.models import InvoiceRequest, InvoiceTitle
from qiaojiejie.invoices.queries import requests, titles
from qiaojiejie.invoices.schemas import (
    BookingReceiptOut, InvoiceIssueIn, InvoiceRefusalIn, InvoiceRequestFilter, InvoiceRequestIn, InvoiceRequestOut,
    InvoiceRequestPageOut, InvoiceRequestWholeOut, InvoiceTitleIn, InvoiceTitlePageOut, InvoiceTitlePatchIn,
    InvoiceVoidIn, OwnInvoiceRequestFilter, OwnInvoiceTitleOut)
from qiaojiejie.media.errors import MediaNotFound

blp = Blueprint("invoices", description="发票与收据 · Invoices families ask their firm for, receipts of what was paid")

_FILE = {"type": "string", "format": "binary"}
_PDF = "application/pdf"


@blp.route("/me/invoice-titles", methods=["GET"])
@allow(Role.HOUSEHOLD)
@blp.arguments(PageFilter, location="query")
@blp.response(200, InvoiceTitlePageOut)
def list_titles(filters: dict[str, Any]) -> Page:
    """我的发票抬头 · List my invoice titles

    Newest first, masked; one alone is shown in full.
    """
    return titles.page(actor().account_id, **filters)


@blp.route("/me/invoice-titles", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.TaxNumberRequired, errors.TaxNumberNotForPersons, errors.InvoiceTitlesFull)
@blp.arguments(InvoiceTitleIn)
@blp.response(201, OwnInvoiceTitleOut)
def add_title(body: dict[str, Any]) -> InvoiceTitle:
    """新增发票抬头 · Keep an invoice title

    Of a person by name, of a company by name and 统一社会信用代码. At most 20.
    """
    return invoices.add_title(actor=actor(), **body)


@blp.route("/me/invoice-titles/<uuid:invoice_title_id>", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(errors.InvoiceTitleNotFound)
@blp.response(200, OwnInvoiceTitleOut)
def show_title(invoice_title_id: UUID) -> InvoiceTitle:
    """查看发票抬头 · Show one of my invoice titles

    In full: it is the family's own, so no look is recorded.
    """
    return titles.own(actor().account_id, invoice_title_id)


@blp.route("/me/invoice-titles/<uuid:invoice_title_id>", methods=["PATCH"])
@allow(Role.HOUSEHOLD)
@refuses(errors.InvoiceTitleNotFound, errors.TaxNumberRequired, errors.TaxNumberNotForPersons)
@blp.arguments(InvoiceTitlePatchIn)
@blp.response(200, OwnInvoiceTitleOut)
def change_title(body: dict[str, Any], invoice_title_id: UUID) -> InvoiceTitle:
    """修改发票抬头 · Change an invoice title

    What was asked for already keeps the title as it was then.
    """
    return invoices.change_title(actor=actor(), title_id=invoice_title_id, **body)


@blp.route("/me/invoice-titles/<uuid:invoice_title_id>", methods=["DELETE"])
@allow(Role.HOUSEHOLD)
@refuses(errors.InvoiceTitleNotFound)
@blp.response(204)
def remove_title(invoice_title_id: UUID) -> None:
    """删除发票抬头 · Remove an invoice title

    What was asked for already keeps it.
    """
    invoices.remove_title(actor=actor(), title_id=invoice_title_id)


@blp.route("/bookings/<uuid:booking_id>/invoice-requests", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(BookingNotFound, errors.InvoiceTitleNotFound, errors.KindNeedsCompany, errors.NothingKept,
         errors.InvoiceNotYet, errors.InvoiceTooLate, errors.InvoiceAlreadyRequested)
@blp.arguments(InvoiceRequestIn)
@blp.response(201, InvoiceRequestWholeOut)
def ask(body: dict[str, Any], booking_id: UUID) -> InvoiceRequest:
    """申请发票 · Ask the firm for an invoice

    Of what is kept of a booking that is over, until 180 days after; title and amount are frozen as they are now. The
    firm has 7 working days. One request at a time: ask again once it was withdrawn, refused or voided.
    """
    return invoices.ask(actor=actor(), booking_id=booking_id, **body)


@blp.route("/me/invoice-requests", methods=["GET"])
@allow(Role.HOUSEHOLD)
@blp.arguments(OwnInvoiceRequestFilter, location="query")
@blp.response(200, InvoiceRequestPageOut)
def list_own(filters: dict[str, Any]) -> Page:
    """我的开票申请 · List my requests for invoices

    Newest first, titles masked.
    """
    return requests.mine(actor().account_id, **filters)


@blp.route("/firms/<uuid:firm_id>/invoice-requests", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound)
@blp.arguments(InvoiceRequestFilter, location="query")
@blp.response(200, InvoiceRequestPageOut)
def list_of_firm(filters: dict[str, Any], firm_id: UUID) -> Page:
    """企业开票申请 · List the invoices families ask a firm for

    Newest first, titles masked.
    """
    firms.require_member(actor(), firm_id)
    return requests.page(firm_id=firm_id, **filters)


@blp.route("/federation/invoice-requests", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(InvoiceRequestFilter, location="query")
@blp.response(200, InvoiceRequestPageOut)
def list_all(filters: dict[str, Any]) -> Page:
    """开票申请监督 · List requests for invoices of every firm

    To the federation, titles masked; `overdue=true`: what firms are late with, the latest first.
    """
    return requests.page(**filters)


@blp.route("/invoice-requests/<uuid:invoice_request_id>", methods=["GET"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(errors.InvoiceRequestNotFound)
@blp.response(200, InvoiceRequestOut)
def show(invoice_request_id: UUID) -> InvoiceRequest:
    """开票申请详情 · Show a request for an invoice

    To its family and its firm, the title masked.
    """
    return requests.of_party(actor(), invoice_request_id)[0]


@blp.route("/invoice-requests/<uuid:invoice_request_id>/look", methods=["POST"])
@allow(*FIRM)
@refuses(errors.InvoiceRequestNotFound, errors.InvoiceTitleClosed)
@blp.response(200, InvoiceRequestWholeOut)
def look(invoice_request_id: UUID) -> InvoiceRequest:
    """查看完整抬头 · Show a request with its title in full

    To the firm, while the request is waiting or issued. Every look is recorded.
    """
    return invoices.look(actor=actor(), request_id=invoice_request_id)


@blp.route("/invoice-requests/<uuid:invoice_request_id>/issues", methods=["POST"])
@allow(*FIRM)
@refuses(errors.InvoiceRequestNotFound, StepNotPossible, errors.InvoiceAmountChanged, errors.InvoiceDayDoesNotFit,
         errors.InvoiceFileNotYours, errors.InvoiceNumberTaken)
@blp.arguments(InvoiceIssueIn)
@blp.response(200, InvoiceRequestOut)
def issue(body: dict[str, Any], invoice_request_id: UUID) -> InvoiceRequest:
    """登记已开发票 · Record that the invoice was issued

    By the firm, with the 20 digits of the 数电发票, its day and its file. Refused when something else is kept of the
    booking now than was asked for.
    """
    return invoices.issue(actor=actor(), request_id=invoice_request_id, **body)


@blp.route("/invoice-requests/<uuid:invoice_request_id>/refusals", methods=["POST"])
@allow(*FIRM)
@refuses(errors.InvoiceRequestNotFound, StepNotPossible)
@blp.arguments(InvoiceRefusalIn)
@blp.response(200, InvoiceRequestOut)
def refuse(body: dict[str, Any], invoice_request_id: UUID) -> InvoiceRequest:
    """不予开票 · Refuse an invoice, saying why

    By the firm; the family may ask anew.
    """
    return invoices.refuse(actor=actor(), request_id=invoice_request_id, **body)


@blp.route("/invoice-requests/<uuid:invoice_request_id>/withdrawals", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(errors.InvoiceRequestNotFound, StepNotPossible)
@blp.response(200, InvoiceRequestOut)
def withdraw(invoice_request_id: UUID) -> InvoiceRequest:
    """撤回开票申请 · Withdraw a request

    By the family, before the invoice was issued.
    """
    return invoices.withdraw(actor=actor(), request_id=invoice_request_id)


@blp.route("/invoice-requests/<uuid:invoice_request_id>/voids", methods=["POST"])
@allow(*FIRM)
@refuses(errors.InvoiceRequestNotFound, StepNotPossible)
@blp.arguments(InvoiceVoidIn)
@blp.response(200, InvoiceRequestOut)
def void(body: dict[str, Any], invoice_request_id: UUID) -> InvoiceRequest:
    """红冲发票 · Record that an issued invoice was taken back

    By the firm, by a red invoice; the family may ask anew for what is kept now.
    """
    return invoices.void(actor=actor(), request_id=invoice_request_id, **body)


@blp.route("/invoice-requests/<uuid:invoice_request_id>/file", methods=["GET"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(errors.InvoiceRequestNotFound, errors.InvoiceFileNotFound, MediaNotFound)
@blp.response(200, _FILE, content_type=_PDF)
@blp.alt_response(200, schema=_FILE, content_type="image/jpeg", success=True)
@blp.alt_response(200, schema=_FILE, content_type="image/webp", success=True)
def show_file(invoice_request_id: UUID) -> Response:
    """下载发票 · Download the invoice's file

    To its family and its firm; the firm's look is recorded.
    """
    stored, content = invoices.open_file(actor=actor(), request_id=invoice_request_id)
    return Response(content, mimetype=stored.content_type, headers={
        "Content-Disposition": f'attachment; filename="invoice-{invoice_request_id}"', "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox"})


@blp.route("/bookings/<uuid:booking_id>/receipt", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(BookingNotFound, errors.NothingPaid)
@blp.response(200, BookingReceiptOut)
def show_receipt(booking_id: UUID) -> dict[str, Any]:
    """收据 · The receipt of what was paid for a booking

    To the family: the price, what came, what went back and why, what is kept. No tax invoice.
    """
    return invoices.receipt(actor=actor(), booking_id=booking_id)


@blp.route("/bookings/<uuid:booking_id>/receipt.pdf", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(BookingNotFound, errors.NothingPaid)
@blp.response(200, _FILE, content_type=_PDF)
def show_receipt_paper(booking_id: UUID) -> Response:
    """收据 PDF · The receipt on paper

    The same figures; the same bytes until one of them changes.
    """
    return Response(invoices.paper(actor=actor(), booking_id=booking_id), mimetype=_PDF, headers={
        "Content-Disposition": f'attachment; filename="receipt-{booking_id}.pdf"', "Cache-Control": "no-store"})
