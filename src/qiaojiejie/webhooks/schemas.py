"""Shapes of webhooks."""

from typing import Any

from marshmallow import fields, validate

from qiaojiejie.core.schema import FilterSchema, Moment, PageFilter, Schema, Text
from qiaojiejie.webhooks import rules
from qiaojiejie.webhooks.lifecycle import DELIVERY, ENDPOINT
from qiaojiejie.webhooks.models import WebhookAttempt

URL = {"description": "https, reachable in public", "example": "https://erp.example.com/qiaojiejie"}
EXAMPLE_BODY = ('{"id":"evt_1042","kind":"booking.confirmed","at":"2026-12-01T09:00:00+08:00",'
                '"booking":"0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e","state":"confirmed","data":{"paid":13800}}')


def _kinds(**more: Any) -> fields.List:
    one = fields.String(validate=validate.OneOf(rules.KINDS))
    return fields.List(one, metadata={"description": "what is told", "example": ["booking.confirmed"]}, **more)


class WebhookEndpointIn(Schema):
    """Where to send what."""

    url = Text(required=True, most=500, metadata=URL)
    kinds = _kinds(required=True, validate=validate.Length(1, len(rules.KINDS)))


class WebhookEndpointChangeIn(Schema):
    """What is to be another."""

    url = Text(most=500, metadata=URL)
    kinds = _kinds(validate=validate.Length(1, len(rules.KINDS)))


class WebhookEndpointOut(Schema):
    """An endpoint; never its secret."""

    id = fields.UUID(required=True)
    url = fields.String(required=True, metadata=URL)
    kinds = _kinds(required=True)
    state = fields.String(required=True, validate=validate.OneOf(sorted(ENDPOINT.states)), metadata={"example": "on"})
    state_name = fields.String(required=True, metadata={"example": "使用中"})
    failing_since = Moment(required=True, allow_none=True, metadata={
        "description": "nothing has arrived since; after 3 days it is switched off"})
    previous_until = Moment(required=True, allow_none=True, metadata={
        "description": "until then events are signed with the secret before, too"})
    added_at = Moment(required=True)


class WebhookSecretOut(WebhookEndpointOut):
    """An endpoint and its new secret, told this once."""

    secret = fields.Function(lambda endpoint: endpoint.secret.reveal(), required=True, metadata={
        "type": "string", "example": "whsec_Yx3mS0v7Jq1nT5bD9wKcE2hR8uFpL4zAoG6iV_tXk0M"})


class WebhookDeliveryOut(Schema):
    """An event for an endpoint."""

    id = fields.UUID(required=True)
    endpoint_id = fields.UUID(required=True)
    event = fields.String(required=True, metadata={"description": "the event's id, by which repeats are dropped",
                                                   "example": "evt_1042"})
    kind = fields.String(required=True, metadata={"example": "booking.confirmed"})
    body = fields.String(required=True, metadata={"description": "what is sent, byte by byte", "example": EXAMPLE_BODY})
    state = fields.String(required=True, validate=validate.OneOf(sorted(DELIVERY.states)),
                          metadata={"example": "delivered"})
    state_name = fields.String(required=True, metadata={"example": "已送达"})
    attempts = fields.Integer(required=True, metadata={"example": 1})
    next_at = Moment(required=True, allow_none=True, attribute="due_at")
    created_at = Moment(required=True)
    delivered_at = Moment(required=True, allow_none=True)


def _outcome(attempt: WebhookAttempt) -> str:
    if attempt.ended_at is None:
        return "unknown"
    return "failed" if attempt.status is None else rules.verdict(attempt.status)


class WebhookAttemptOut(Schema):
    """One attempt."""

    number = fields.Integer(required=True, metadata={"example": 1})
    begun_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    outcome = fields.Function(_outcome, required=True, metadata={
        "type": "string", "example": "delivered", "description":
            "delivered; again: to be tried again; never: refused for good; failed: no answer; unknown: lost sight of"})
    status = fields.Integer(required=True, allow_none=True, metadata={"description": "what the endpoint answered",
                                                                      "example": 200})
    failure = fields.String(required=True, allow_none=True, metadata={
        "description": "timeout, unreachable, tls or address_refused: why there was no answer", "example": None})
    took_ms = fields.Integer(required=True, allow_none=True, metadata={"example": 83})


class WebhookDeliveryFilter(PageFilter, FilterSchema):
    """Which deliveries."""

    state = Text(validate=validate.OneOf(sorted(DELIVERY.states)), metadata={"example": "given_up"})
