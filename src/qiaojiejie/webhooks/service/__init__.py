"""What a firm does with its endpoints; how events get there."""

from qiaojiejie.webhooks.service.deliveries import fan_out, forget, ping, replay, send, take_up  # noqa: F401
from qiaojiejie.webhooks.service.endpoints import add, change, remove, rotate, switch_on  # noqa: F401
