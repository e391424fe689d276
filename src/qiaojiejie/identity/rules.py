"""Numbers and rules of signing in: pure, no clock."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import phonenumbers

from qiaojiejie.core.access import Role

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
#: wrong codes that may be given for one code sent; the next one is not even compared
CODE_TRIES = 5
#: in demo and test mode every code is this
DEMO_CODE = "0" * CODE_DIGITS

ACCESS_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)

#: roles held in one firm or station, and so never without its id
NEEDS_ORG = frozenset({Role.FIRM_MANAGER, Role.BROKER, Role.STATION_CLERK})


#: a role and the organisation it is held in
Held = tuple[Role, UUID | None]


class Limit(NamedTuple):
    """At most ``most`` uses in each window of ``seconds``, counted per ``by`` ("phone" or "address")."""

    by: str
    most: int
    seconds: int


#: Codes asked for. One address may stand for a whole village behind one router, so it may have more a minute.
CODE_LIMITS = (Limit("phone", 1, 60), Limit("phone", 10, 86400),
               Limit("address", 5, 60), Limit("address", 10, 3600), Limit("address", 60, 86400))
#: Codes given, over all codes of a phone and from one address: guessing is slow on top of the tries of each code.
TOKEN_LIMITS = (Limit("phone", 60, 86400), Limit("address", 60, 3600))
#: Demo and test: wide enough that the README's journey can be walked again and again.
DEMO_CODE_LIMITS = (Limit("phone", 1000, 60), Limit("address", 10000, 60))
DEMO_TOKEN_LIMITS = (Limit("phone", 5000, 60), Limit("address", 50000, 60))


def mobile(text: str) -> str | None:
    """The 11 digits of a mainland mobile number, whatever way it was written; None when it is not one.

    Fixed lines are "valid" numbers too, so the type is asked for.
    """
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 86 or number.extension or not phonenumbers.is_valid_number(number):
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
