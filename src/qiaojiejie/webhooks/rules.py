"""Which facts are told and what of them, how a body is signed, what an answer means, where may be sent to. Pure."""

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from qiaojiejie.booking import facts as booking
from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.payments import facts as payments
from qiaojiejie.payouts import facts as payouts
from qiaojiejie.refunds import facts as refunds
from qiaojiejie.webhooks.errors import WebhookUrlRefused

PING = "ping"
#: facts an endpoint may hear of
KINDS = (
    booking.HELD, booking.HOLD_MOVED, booking.HOLD_RESEATED, booking.EXPIRED, booking.ASKED, booking.ACCEPTED,
    booking.LAPSED, booking.CONFIRMED, booking.BALANCE_PAID, booking.BEGINNING_SAID, booking.RESCHEDULED,
    booking.SUBSTITUTED, booking.CANCELLED, booking.DECLINED, booking.CHECKED_IN, booking.EXTENDED,
    booking.REPLACEMENT_SOUGHT, booking.REPLACED, booking.ENDED_EARLY, booking.CHECKED_OUT, booking.DAYS_UNWORKED,
    booking.COMPLETED, booking.WORKER_ABSENT, booking.HOUSEHOLD_ABSENT, booking.REFUND_GRANTED,
    payments.SUCCEEDED, payments.RELEASED, refunds.SUCCEEDED,
    payouts.SENT, payouts.PAID, payouts.FAILED, payouts.REVERSED)
#: what of a fact's data is told: opaque ids, times, amounts in fen, codes that say nothing of a person
FIELDS = ("worker", "service", "category", "start", "end", "was", "series", "expires_at", "answer_by", "until",
          "begins_on", "total", "paid", "fee", "refund", "amount", "net", "promotion", "by", "notice_minutes",
          "late_minutes", "minutes", "days", "payment", "method", "item")
#: the state a booking is in after a fact
STATES = {booking.HELD: BOOKING.initial, **{row.fact: row.target for row in BOOKING.steps.values()}}

MOST_ENDPOINTS = 5
#: how long both secrets count after one was rotated
ROTATION = timedelta(hours=24)
#: a delivery is tried for so long; an endpoint where nothing arrives for so long is switched off
TRIED_FOR = OFF_AFTER = timedelta(days=3)
#: deliveries are shown for so long
KEPT = timedelta(days=30)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=6)
#: an attempt not ended in this time is lost with its process, and made anew
LEASE = timedelta(seconds=60)
#: a job that has not begun in this time is deferred again
QUEUED = timedelta(minutes=2)

SIGNATURE = "Qiaojiejie-Signature"
#: answers of the 4xx that mean "later"
LATER = (408, 429)


def booking_of(subject: str) -> str | None:
    """The booking a fact is about, if it is about one."""
    kind, _, id = subject.partition(":")
    return id if kind == "booking" else None


def body(*, event: str, kind: str, at: datetime, subject: str, data: Mapping[str, Any]) -> str:
    """What is sent: ``{"id", "kind", "at", "booking", "state", "data"}``."""
    told = {name: data[name] for name in FIELDS if name in data}
    return json.dumps({"id": event, "kind": kind, "at": at.isoformat(timespec="seconds"),
                       "booking": booking_of(subject), "state": STATES.get(kind), "data": told},
                      ensure_ascii=False, separators=(",", ":"))


def signature(content: str, secrets: Sequence[str], timestamp: int) -> str:
    """The header: when, and HMAC-SHA256 over ``timestamp.body`` with each secret that counts."""
    signed = f"{timestamp}.{content}".encode()
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])


def verdict(status: int | None) -> str:
    """What an answer means: ``delivered``, ``again``, or ``never``. None: there was no answer."""
    if status is None or status >= 500 or status in LATER:
        return "again"
    return "delivered" if 200 <= status < 300 else "never"


def wait(tries: int, retry_after: int | None = None) -> timedelta:
    """How long after a failed try the next is made: 10 s, 20 s, 40 s … 6 h; later when the answer asked for it."""
    doubled = min(FIRST_WAIT * 2 ** min(tries - 1, 20), LONGEST_WAIT)
    return max(doubled, min(timedelta(seconds=retry_after or 0), LONGEST_WAIT))


def check_url(url: str, local: bool) -> None:
    """May this be an endpoint's address? ``local``: this machine's own http port may, in demo and test.

    Raises WebhookUrlRefused.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as broken:
        raise WebhookUrlRefused() from broken
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not (plain and host) or parts.username or parts.password or parts.fragment:
        raise WebhookUrlRefused()
    if local and parts.scheme == "http" and host == "127.0.0.1":
        return
    if parts.scheme != "https" or not _public_name(host):
        raise WebhookUrlRefused()


def _public_name(host: str) -> bool:
    try:
        return reachable(host, local=False)
    except ValueError:  # a name: where it leads is looked at whenever something is sent
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost"))


def reachable(address: str, local: bool) -> bool:
    """Whether something may be sent to an IP address: to public ones; ``local``: to this machine too.

    Raises ValueError when it is no address.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if local and found.is_loopback:
        return True
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return _public(found.ipv4_mapped)
        inside = [found.sixtofour, *(found.teredo or ())]
        if found in ipaddress.ip_network("64:ff9b::/96"):
            inside.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        if not all(_public(each) for each in inside if each is not None):
            return False
    return _public(found)


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def in_order(kinds: Collection[str]) -> list[str]:
    """Kinds without doubles, as they are listed."""
    return [kind for kind in KINDS if kind in kinds]
