"""Where this service is reached from outside: what bodies' names and the addresses in credentials are made of."""

from flask import Flask, current_app

from qiaojiejie.core import cities
from qiaojiejie.core.config import Config


def init_app(app: Flask, config: Config) -> None:
    """Read the public address once."""
    app.extensions["certificates"] = config.public_url.rstrip("/")


def public_url() -> str:
    """The address, without a slash at its end."""
    found: str = current_app.extensions["certificates"]
    return cities.address(found)
