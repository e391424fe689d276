"""What a contract says, how it is worded, printed and hashed. Pure."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from qiaojiejie.booking import facts as booking
from qiaojiejie.contracts import facts
from qiaojiejie.contracts.rules import clauses  # noqa: F401
from qiaojiejie.contracts.rules.engagement import (  # noqa: F401
    content_in_words, days_in_words, ends_in_words, holidays_in_words, hours_in_words, starts_in_words)
from qiaojiejie.contracts.rules.fields import (  # noqa: F401
    FIELDS, MODE_NAMES, OPTIONAL, PART_NAMES, PAYMENT, PERSONAL, SECTIONS, SIDE_NAMES, SIDES, TABLES, TITLES, VARIANTS,
    Field, called, changes, check_changed, check_complete, day, health_in_words, insurance_in_words, last_day,
    lines_in_words, moment, number, parts_in_words, payable, training_in_words)
from qiaojiejie.transparency.rules import canonical

#: states of a booking in which its contract is drafted and signed
OPEN = ("confirmed", "under_way")
#: facts after which a booking has no contract any more
ENDS = (booking.CANCELLED, booking.DECLINED, booking.WORKER_ABSENT, booking.HOUSEHOLD_ABSENT)
#: fact → the kind of notification and the parties who are told, but for who did it
NEWS = {facts.DRAFTED: ("contract_drafted", ("household", "firm", "worker")),
        facts.SIGNED: ("contract_signed", ("household", "firm", "worker")),
        facts.VOIDED: ("contract_voided", ("household", "firm"))}


def digest(data: Mapping[str, Any], personal: Mapping[str, str]) -> str:
    """SHA-256 of all a version says, in RFC 8785 form. The salt keeps it from being guessed at."""
    return sha256(canonical({"data": dict(data), "personal": dict(personal)})).hexdigest()


def split(values: Mapping[str, str | None]) -> tuple[dict[str, str], dict[str, str]]:
    """Fields that lie open, and those that are sealed; what is left empty is in neither."""
    said = {code: value for code, value in values.items() if value}
    return ({code: value for code, value in said.items() if code not in PERSONAL},
            {code: value for code, value in said.items() if code in PERSONAL})
