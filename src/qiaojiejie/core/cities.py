"""A city is a tenant: its tables lie in a schema of their own, and every request, job and command is in one city.

Without the setting ``CITIES`` one city has the database to itself, ``here()`` is None and nothing else here is felt.
Which cities there are stands in ``core.tenants``.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from flask import current_app

from qiaojiejie.core.errors import NotFound, Refusal


class CityNotFound(NotFound):
    """此网址（或 X-City）没有对应的城市。
    No city is served at this host, or under this X-City."""


@dataclass(frozen=True)
class City:
    """A row of ``platform.city``.

    ``mark`` goes into every key and signature of the city, so that nothing of one city opens anything of another;
    it is empty for the one city that was here before there were several.
    """

    code: str
    name: str
    schema: str
    mark: str
    hosts: tuple[str, ...] = ()
    state: str = "open"

    @property
    def options(self) -> str:
        """How a connection is told to be in this city and nowhere else, its job queue beside it."""
        return f"-csearch_path={self.schema},{self.schema}_jobs"


_here: ContextVar[City | Refusal | None] = ContextVar("city", default=None)
#: whether an app of this process has several; asked first, for every sealed value asks where it is
_several = False


def expect() -> None:
    """An app of several cities is made."""
    global _several
    _several = True


@contextmanager
def within(city: City | Refusal | None) -> Iterator[None]:
    """What is done inside is done in this city (or refused). Open an app context in it: a session is of one city."""
    token = _here.set(city)
    try:
        yield
    finally:
        _here.reset(token)


def stay(city: City) -> None:
    """What this process does by itself, as a command does, is done in this city from now on."""
    _here.set(city)


def here() -> City | None:
    """The city we are in; None where one city has the database to itself. Raises CityNotFound, Unavailable."""
    found = _here.get()
    if isinstance(found, Refusal):
        raise found
    if found is None and _several and current_app and current_app.extensions.get("tenants") is not None:
        raise CityNotFound()
    return found


def told() -> dict[str, str]:
    """What a line of the log says of it."""
    found = _here.get()
    return {"city": found.code} if isinstance(found, City) else {}


def nowhere() -> bool:
    """Whether no city was found for what is asked."""
    return isinstance(_here.get(), CityNotFound)


def mark() -> str:
    """What tells this city's keys from another's. Raises as ``here``."""
    city = here()
    return city.mark if city else ""


def own(secret: bytes, name: str) -> bytes:
    """The secret this city uses in place of one that was set for all of them (HMAC-SHA-256 of it, by its mark)."""
    return hmac.digest(secret, f"city:{name}".encode(), "sha256") if name else secret


def address(said: str) -> str:
    """The address people reach this city at: its first host's, or the one that was set."""
    city = here()
    return f"https://{city.hosts[0]}" if city and city.hosts else said
