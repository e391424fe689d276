"""The words of every kind of notification, in Chinese and English. ``[…]`` is left out when its values are missing."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from qiaojiejie.messages.rules import interviews, money, orders, series, skills, trust
from qiaojiejie.messages.rules.orders import Words

#: kind → ((Chinese title, body), (English title, body))
TEMPLATES: dict[str, tuple[Words, Words]] = (
    orders.TEMPLATES | interviews.TEMPLATES | series.TEMPLATES | money.TEMPLATES | trust.TEMPLATES | skills.TEMPLATES)

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def words(kind: str, data: Mapping[str, Any], language: str) -> Words:
    """(title, body) of a notification in ``zh`` or ``en``.

    Raises KeyError for an unknown kind or a missing value that the words can't do without.
    """
    given = {name: value for name, value in data.items() if value is not None}
    title, body = TEMPLATES[kind][0 if language == "zh" else 1]
    return _fill(title, given), _fill(body, given)


def _fill(template: str, given: Mapping[str, Any]) -> str:
    always, optional = _OPTIONAL.split(template)[::2], _OPTIONAL.findall(template)
    filled = [part.format_map(given) for part in always]
    chosen = [part.format_map(given) if _names(part) <= given.keys() else "" for part in optional]
    return "".join(one + two for one, two in zip(filled, [*chosen, ""], strict=True))


def _names(part: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(part) if name}
