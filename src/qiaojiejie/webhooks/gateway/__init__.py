"""Sends an event to a firm's endpoint."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app

from qiaojiejie.core.config import Config

if TYPE_CHECKING:
    from qiaojiejie.webhooks.gateway.wire import Courier


@dataclass(frozen=True)
class Answer:
    """How an attempt ended: a status, or why there was none."""

    status: int | None
    failure: str | None
    took_ms: int
    retry_after: int | None = None


def courier() -> "Courier":
    """The courier of the running app: made when the first event is sent."""
    from qiaojiejie.webhooks.gateway.wire import Courier

    found: Courier = current_app.extensions.setdefault(
        "webhook_courier", Courier(local=current_app.extensions["webhooks_local"]))
    return found


def init_app(app: Flask, config: Config) -> None:
    """Demo and test may send to this machine's own ports."""
    app.extensions["webhooks_local"] = config.demo
