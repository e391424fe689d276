"""Numbers and rules of signing in: pure, no clock."""

import re
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from uuid import UUID

import phonenumbers

from qiaojiejie.core.access import Role

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
#: wrong codes that may be given for one code sent; the next one is not even compared
CODE_TRIES = 5
#: what a code is for when nothing else is said
SIGN_IN = "sign_in"
#: in demo and test mode every code is this
DEMO_CODE = "0" * CODE_DIGITS

ACCESS_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)

#: roles held in one firm or station, and so never without its id
NEEDS_ORG = frozenset({Role.FIRM_MANAGER, Role.BROKER, Role.STATION_CLERK})


#: a role and the organisation it is held in
Held = tuple[Role, UUID | None]


class Limit(NamedTuple):
    """At most ``most`` uses in each window of ``seconds``, counted per ``by``: "phone" or "address"."""

    by: str
    most: int
    seconds: int


class Limits(NamedTuple):
    """How often codes may be asked for and given. Narrow windows come first: what they refuse costs no wide one."""

    codes: tuple[Limit, ...]
    tokens: tuple[Limit, ...]
    #: seconds that must lie between two codes to one phone, whichever window they fall in
    gap: int


#: One address may stand for a whole village behind one router, so it may ask for more a minute than one phone.
LIMITS = Limits(
    codes=(Limit("address", 5, 60), Limit("address", 10, 3600), Limit("phone", 1, 60), Limit("phone", 10, 86400)),
    tokens=(Limit("address", 60, 3600), Limit("phone", 60, 86400)), gap=60)
#: Demo and test: wide enough that the README's journey can be walked again and again.
DEMO_LIMITS = Limits(codes=(Limit("address", 10_000, 60), Limit("phone", 1_000, 60)),
                     tokens=(Limit("address", 50_000, 60), Limit("phone", 5_000, 60)), gap=0)

#: who may appoint whom (a manager: only in her own firm); household and worker come by themselves and by a firm
APPOINTS: dict[Role, frozenset[Role]] = {
    Role.FEDERATION_ADMIN: frozenset(Role) - {Role.HOUSEHOLD, Role.WORKER},
    Role.FIRM_MANAGER: frozenset({Role.BROKER}),
}


def may_appoint(appointer: Role, own_org: UUID | None, role: Role, org_id: UUID | None) -> bool:
    """Whether someone acting as ``appointer`` (of ``own_org``) may give and take ``role`` in ``org_id``."""
    return role in APPOINTS.get(appointer, ()) and (appointer == Role.FEDERATION_ADMIN or org_id == own_org)


def network(address: str | None) -> str:
    """What one caller's limits are counted on: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ip_network((found, 64), strict=False))
    return str(found)


def mobile(text: str) -> str | None:
    """The 11 digits of a mainland mobile number, whatever way it was written; None when it is not one.

    Fixed lines are "valid" numbers too, so the type is asked for; what is not valid has none.
    """
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 86 or number.extension:
        return None
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        return None
    digits = phonenumbers.national_significant_number(number)
    return digits if re.fullmatch(r"1\d{10}", digits) else None


def fitting(held: Iterable[Held], *, role: Role | None, org_id: UUID | None, allowed: frozenset[Role]) -> list[Held]:
    """Of the (role, organisation) pairs held, those that a request may act in, in the order roles are listed in.

    ``allowed`` empty: any role will do, and it matters to nobody which.
    """
    order = list(Role)
    fit = [pair for pair in held if (not allowed or pair[0] in allowed) and role in (None, pair[0])
           and org_id in (None, pair[1])]
    return sorted(fit, key=lambda pair: (order.index(pair[0]), str(pair[1] or "")))
