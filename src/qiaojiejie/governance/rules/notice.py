"""How long before its day a change of the rule is announced."""

from datetime import date, timedelta

from qiaojiejie.governance.errors import NoticeTooLong, NoticeTooShort

NOTICE_DAYS = 30
MOST_DAYS = 366


def earliest(today: date) -> date:
    """The first day on which a change announced today may come into force."""
    return today + timedelta(days=NOTICE_DAYS)


def check_notice(*, from_day: date, today: date) -> None:
    """Nothing, when the notice is long enough and not a year off. Raises NoticeTooShort, NoticeTooLong."""
    if from_day < earliest(today):
        raise NoticeTooShort(days=NOTICE_DAYS, earliest=earliest(today).isoformat())
    if from_day > today + timedelta(days=MOST_DAYS):
        raise NoticeTooLong(latest=(today + timedelta(days=MOST_DAYS)).isoformat())
