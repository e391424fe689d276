"""The courier: the one file of the room that speaks HTTP.

The address is looked at when the connection is made, not only when it was registered: a name that leads to a private
address gets nothing. No redirect is followed, no proxy of the environment is used, no body is read.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from qiaojiejie.webhooks import rules
from qiaojiejie.webhooks.gateway import Answer

#: seconds to connect, seconds between two bytes of the answer, and for all of it
TIMEOUT, ALL = (5, 5), 15

_HEADERS = {"Content-Type": "application/json", "User-Agent": "Qiaojiejie-Webhooks/1", "Accept-Encoding": "identity"}


class _AddressRefused(Exception):
    """The name leads to an address nothing is sent to."""


class _Attempt(threading.local):
    """What the attempt of this thread may reach, and its socket, to be cut when it takes too long."""

    local = False
    twin: socket.socket | None = None
    cut = False


_attempt = _Attempt()


def _guarded(connect: Any, host: str, port: int) -> socket.socket:
    """Connect, to a public address only, and keep a hand on the socket."""
    found = {str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not all(rules.reachable(address, _attempt.local) for address in found):
        raise _AddressRefused()
    made: socket.socket = connect()
    if not rules.reachable(str(made.getpeername()[0]), _attempt.local):  # the name's answer has changed in between
        made.close()
        raise _AddressRefused()
    _attempt.twin = made.dup()
    return made


class _Http(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _guarded(super()._new_conn, self._dns_host, self.port)


class _Https(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _guarded(super()._new_conn, self._dns_host, self.port)


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Guarded(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As ever, but every connection is made by a guarded class."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


def _cut(attempt: dict[str, Any]) -> None:
    twin: socket.socket | None = attempt.get("twin")
    if twin is not None:
        attempt["cut"] = True
        with suppress(OSError):  # it was closed meanwhile, which is all that is wanted
            twin.shutdown(socket.SHUT_RDWR)


class Courier:
    """Sends events. ``local``: this machine's own ports may be sent to, in demo and test."""

    def __init__(self, local: bool, all_seconds: float = ALL) -> None:
        self.local, self._all = local, all_seconds

    def post(self, url: str, content: str, headers: dict[str, str]) -> Answer:
        """One attempt; never raises for what the other side does or does not do."""
        begun = time.monotonic()
        with self._limited() as session:
            try:
                answer = session.post(url, data=content.encode(), headers={**_HEADERS, **headers}, timeout=TIMEOUT,
                                      allow_redirects=False, stream=True)
                answer.close()
                status, failure, later = answer.status_code, None, answer.headers.get("Retry-After", "")
            except _AddressRefused:
                status, failure, later = None, "address_refused", ""
            except requests.Timeout:
                status, failure, later = None, "timeout", ""
            except requests.exceptions.SSLError:
                status, failure, later = None, "tls", ""
            except (requests.RequestException, OSError, ValueError):
                status, failure, later = None, "unreachable", ""
        took = time.monotonic() - begun
        if _attempt.cut:  # half an answer reads as a whole one: where a connection ends, headers end
            status, failure, later = None, "timeout", ""
        wanted = int(later) if later.isascii() and later.isdecimal() and len(later) < 7 else None
        return Answer(status, failure, int(took * 1000), wanted)

    @contextmanager
    def _limited(self) -> Iterator[requests.Session]:
        """A session that lives as long as an attempt may take; then its connection is cut, drip as the answer may."""
        _attempt.local, _attempt.twin, _attempt.cut, mine = self.local, None, False, vars(_attempt)
        timer = threading.Timer(self._all, _cut, args=(mine,))
        timer.daemon = True
        timer.start()
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.mount("https://", _Guarded(max_retries=0))
                session.mount("http://", _Guarded(max_retries=0))
                yield session
        finally:
            timer.cancel()
            if _attempt.twin is not None:
                _attempt.twin.close()
                _attempt.twin = None
