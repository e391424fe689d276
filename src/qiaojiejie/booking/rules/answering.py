"""The firm is asked before a paid booking stands: how long it has, by when it answers. Pure; moments are given."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from qiaojiejie.booking.errors import OnBlockList, TooLittleNotice
from qiaojiejie.booking.rules import check_window, whole_minutes
from qiaojiejie.booking.rules.words import answer_words

#: what a firm is left at the least of its time to answer when a booking is asked for
LEAST_TIME = timedelta(minutes=30)


def frozen(minutes: int | None) -> dict[str, Any] | None:
    """A firm's time to answer as the quote shows it; None where it need not."""
    if minutes is None:
        return None
    words, words_en = answer_words(minutes)
    return {"minutes": minutes, "words": words, "words_en": words_en}


def check_askable(*, start: datetime | None, now: datetime, notice: timedelta) -> None:
    """Is there time for the firm to answer before the notice its worker needs? ``start``: None where it is days ahead,
    for a birth. Raises TooLittleNotice."""
    if start is not None and start - now < notice + LEAST_TIME:
        raise TooLittleNotice(minutes=whole_minutes(notice + LEAST_TIME))


def answer_by(*, start: datetime, paid_at: datetime, minutes: int, notice: timedelta) -> datetime:
    """By when the firm answers: never later than the notice its worker needs."""
    return min(paid_at + timedelta(minutes=minutes), start - notice)


class Asked(Protocol):
    """What ``check_acceptable`` reads of a booking."""

    answer_by: Any


def check_acceptable(booking: Asked, now: datetime, barred: bool) -> None:
    """May the firm still accept? Raises OnBlockList, TooLate."""
    if barred:
        raise OnBlockList()
    check_window(now=now, earliest=now, latest=booking.answer_by)
