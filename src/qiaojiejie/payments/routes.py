"""Paying for a booking, and Stripe's webhook."""

from typing import Any
from uuid import UUID

from flask import request

from qiaojiejie.booking.errors import BookingNotFound, HoldExpired, OnBlockList, PartNotDue, TooEarly, TooLate
from qiaojiejie.changes.errors import ChangeExpired, NothingToSupplement
from qiaojiejie.core.access import Role, actor, allow, public
from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.core.http import Blueprint, checkpoint, refuses
from qiaojiejie.inbox import service as inbox
from qiaojiejie.payments import queries
from qiaojiejie.payments import service as payments
from qiaojiejie.payments.errors import (BadEvent, BadSignature, EventTooLarge, PaymentNotFound, PaymentRefused,
                                        StripeBroke, StripeDown)
from qiaojiejie.payments.gateway import gateway
from qiaojiejie.payments.schemas import PaymentIn, PaymentOut, ReceiptOut

blp = Blueprint("payments", description="支付 · Paying for a booking")

MOST_BYTES = 2**20
#: what stands in openapi.yaml of a webhook's body; the real body is read raw, for its signature
EVENT = {"required": True, "content": {"application/json": {"schema": {
    "type": "object", "required": ["id", "type", "data"], "properties": {
        "id": {"type": "string", "example": "evt_1a"},
        "type": {"type": "string", "example": "payment_intent.succeeded"},
        "data": {"type": "object", "properties": {"object": {"type": "object", "properties": {
            "id": {"type": "string", "example": "pi_1daa002b"}}}}}}}}}}


@blp.route("/bookings/<uuid:booking_id>/payment", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(BookingNotFound, StepNotPossible, NotYourStep, OnBlockList, HoldExpired, TooEarly, TooLate, PartNotDue,
         NothingToSupplement, ChangeExpired, PaymentRefused, StripeDown, StripeBroke)
@blp.arguments(PaymentIn)
@blp.response(201, PaymentOut)
def pay(body: dict[str, Any], booking_id: UUID) -> dict[str, Any]:
    """付款 · Pay what is due of a booking

    By the household: all of a visit, or the deposit of an engagement, while it is held; the balance of an engagement
    from some days before its start (`due` of the booking); what a change of its time costs more (`part: supplement`).
    Answers what to do next: open an address, show a
    QR code, or finish with Stripe.js. Sent again, it takes up the same payment, with another method if one is given;
    after a declined try it starts another. The booking is confirmed once Stripe says that the money came.
    """
    charge = payments.begin(actor=actor(), booking_id=booking_id, **body)
    checkpoint()
    payments.present(charge=charge)
    return queries.shown(actor(), booking_id)


@blp.route("/bookings/<uuid:booking_id>/payment", methods=["GET"])
@allow(Role.HOUSEHOLD, Role.WORKER, Role.FIRM_MANAGER, Role.BROKER)
@refuses(BookingNotFound, PaymentNotFound)
@blp.response(200, PaymentOut)
def show(booking_id: UUID) -> dict[str, Any]:
    """查看支付 · The newest payment of a booking

    To the parties of the booking; what is needed to pay only to the household.
    """
    return queries.shown(actor(), booking_id)


@blp.route("/webhooks/stripe", methods=["POST"])
@public
@refuses(BadSignature, BadEvent, EventTooLarge)
@blp.doc(requestBody=EVENT, parameters=[{
    "in": "header", "name": "Stripe-Signature", "required": True,
    "schema": {"type": "string", "example": "t=1795469161,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff53"}}])
@blp.response(200, ReceiptOut)
def hear() -> dict[str, bool]:
    """Stripe 通知 · Stripe's webhook

    Guarded by its signature, not by a session. The event is stored and answered at once; a job then asks Stripe how
    the object stands, so nothing the event says of it is believed.
    """
    if (request.content_length or 0) > MOST_BYTES:
        raise EventTooLarge()
    request.max_content_length = MOST_BYTES
    event = gateway().read_event(request.get_data(cache=False), request.headers.get("Stripe-Signature", ""))
    inbox.receive(id=event.id, type=event.type, object_id=event.object_id)
    return {"received": True}
