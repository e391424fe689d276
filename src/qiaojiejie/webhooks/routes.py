"""Webhooks over HTTP: a firm's manager looks after the firm's endpoints."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.webhooks import queries
from qiaojiejie.webhooks import service as webhooks
from qiaojiejie.webhooks.errors import (
    TooManyWebhookEndpoints, WebhookDeliveryNotFound, WebhookEndpointNotFound, WebhookUrlRefused)
from qiaojiejie.webhooks.models import WebhookDelivery, WebhookEndpoint
from qiaojiejie.webhooks.schemas import (
    WebhookAttemptOut, WebhookDeliveryFilter, WebhookDeliveryOut, WebhookEndpointChangeIn, WebhookEndpointIn,
    WebhookEndpointOut, WebhookSecretOut)

blp = Blueprint("webhooks", description="事件推送 · What concerns a firm, sent to its own programs")

_MANAGER = Role.FIRM_MANAGER


@blp.route("/webhook-endpoints", methods=["GET"])
@allow(_MANAGER)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(WebhookEndpointOut))
def list_endpoints(args: dict[str, Any]) -> Page:
    """推送地址列表 · My firm's endpoints"""
    return queries.endpoints(actor(), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/webhook-endpoints", methods=["POST"])
@allow(_MANAGER)
@refuses(WebhookUrlRefused, TooManyWebhookEndpoints)
@blp.arguments(WebhookEndpointIn)
@blp.response(201, WebhookSecretOut)
def add_endpoint(body: dict[str, Any]) -> WebhookEndpoint:
    """添加推送地址 · Add an endpoint

    Its secret is told this once. See docs/webhooks.md for how to verify what arrives.
    """
    return webhooks.add(actor=actor(), **body)


@blp.route("/webhook-endpoints/<uuid:webhook_endpoint_id>", methods=["GET"])
@allow(_MANAGER)
@refuses(WebhookEndpointNotFound)
@blp.response(200, WebhookEndpointOut)
def show_endpoint(webhook_endpoint_id: UUID) -> WebhookEndpoint:
    """推送地址 · One endpoint, and whether it is failing"""
    return queries.endpoint(actor(), webhook_endpoint_id)


@blp.route("/webhook-endpoints/<uuid:webhook_endpoint_id>", methods=["PATCH"])
@allow(_MANAGER)
@refuses(WebhookEndpointNotFound, WebhookUrlRefused)
@blp.arguments(WebhookEndpointChangeIn)
@blp.response(200, WebhookEndpointOut)
def change_endpoint(body: dict[str, Any], webhook_endpoint_id: UUID) -> WebhookEndpoint:
    """修改推送地址 · Change an endpoint's address or kinds

    What is on its way goes to the new address.
    """
    return webhooks.change(actor=actor(), endpoint_id=webhook_endpoint_id, **body)


@blp.route("/webhook-endpoints/<uuid:webhook_endpoint_id>", methods=["DELETE"])
@allow(_MANAGER)
@refuses(WebhookEndpointNotFound)
@blp.response(204)
def remove_endpoint(webhook_endpoint_id: UUID) -> None:
    """删除推送地址 · Remove an endpoint: nothing is sent there any more"""
    webhooks.remove(actor=actor(), endpoint_id=webhook_endpoint_id)


@blp.route("/webhook-endpoints/<uuid:webhook_endpoint_id>/secrets", methods=["POST"])
@allow(_MANAGER)
@refuses(WebhookEndpointNotFound)
@blp.response(201, WebhookSecretOut)
def rotate_secret(webhook_endpoint_id: UUID) -> WebhookEndpoint:
    """更换密钥 · Rotate an endpoint's secret

    The new one is told this once; for 24 hours events are signed with both.
    """
    return webhooks.rotate(actor=actor(), endpoint_id=webhook_endpoint_id)


@blp.route("/webhook-endpoints/<uuid:webhook_endpoint_id>/resumptions", methods=["POST"])
@allow(_MANAGER)
@refuses(WebhookEndpointNotFound, StepNotPossible)
@blp.response(200, WebhookEndpointOut)
def switch_on(webhook_endpoint_id: UUID) -> WebhookEndpoint:
    """重新启用 · Switch an endpoint on again that was switched off for failing"""
    return webhooks.switch_on(actor=actor(), endpoint_id=webhook_endpoint_id)


@blp.route("/webhook-endpoints/<uuid:webhook_endpoint_id>/pings", methods=["POST"])
@allow(_MANAGER)
@refuses(WebhookEndpointNotFound, StepNotPossible)
@blp.response(202, WebhookDeliveryOut)
def ping(webhook_endpoint_id: UUID) -> WebhookDelivery:
    """发送测试事件 · Send a test event (kind `ping`)"""
    return webhooks.ping(actor=actor(), endpoint_id=webhook_endpoint_id)


@blp.route("/webhook-endpoints/<uuid:webhook_endpoint_id>/deliveries", methods=["GET"])
@allow(_MANAGER)
@refuses(WebhookEndpointNotFound)
@blp.arguments(WebhookDeliveryFilter, location="query")
@blp.response(200, page_of(WebhookDeliveryOut))
def list_deliveries(args: dict[str, Any], webhook_endpoint_id: UUID) -> Page:
    """推送记录 · What was and is to be sent to an endpoint, newest first, of the last 30 days"""
    endpoint = queries.endpoint(actor(), webhook_endpoint_id)
    return queries.deliveries(endpoint, state=args.get("state"), cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/webhook-deliveries/<uuid:webhook_delivery_id>", methods=["GET"])
@allow(_MANAGER)
@refuses(WebhookDeliveryNotFound)
@blp.response(200, WebhookDeliveryOut)
def show_delivery(webhook_delivery_id: UUID) -> WebhookDelivery:
    """推送详情 · One delivery"""
    return queries.delivery(actor(), webhook_delivery_id)


@blp.route("/webhook-deliveries/<uuid:webhook_delivery_id>/attempts", methods=["GET"])
@allow(_MANAGER)
@refuses(WebhookDeliveryNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(WebhookAttemptOut))
def list_attempts(args: dict[str, Any], webhook_delivery_id: UUID) -> Page:
    """推送尝试 · The attempts of a delivery, newest first"""
    found = queries.delivery(actor(), webhook_delivery_id)
    return queries.attempts(found, cursor=args.get("cursor"), limit=args["limit"])


@blp.route("/webhook-deliveries/<uuid:webhook_delivery_id>/replays", methods=["POST"])
@allow(_MANAGER)
@refuses(WebhookDeliveryNotFound, StepNotPossible)
@blp.response(202, WebhookDeliveryOut)
def replay(webhook_delivery_id: UUID) -> WebhookDelivery:
    """重新推送 · Send a delivery once more: the same event, the same bytes

    When it was delivered or given up, at an endpoint that is on.
    """
    return webhooks.replay(actor=actor(), delivery_id=webhook_delivery_id)
