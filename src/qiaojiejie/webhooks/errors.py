"""What webhooks refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class WebhookEndpointNotFound(NotFound):
    """没有找到该推送地址。
    Your firm has no such webhook endpoint."""


class WebhookDeliveryNotFound(NotFound):
    """没有找到该推送记录，或它已超过 30 天被清除。
    There is no such delivery, or it is older than 30 days and was forgotten."""


class WebhookUrlRefused(Invalid):
    """推送地址须为公网可达的 https 地址，不含用户名、密码和 #。
    The address of an endpoint must be https, reachable in public, without user name, password or fragment."""


class TooManyWebhookEndpoints(Conflict):
    """每家企业最多 {most} 个推送地址，请先删除不用的。
    A firm has at most {most} webhook endpoints; remove one first."""
