"""The rule of a series: a weekly part of RFC 5545, expanded by dateutil over local days. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil.relativedelta import relativedelta
from dateutil.rrule import WEEKLY, rrule

from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.series.errors import RuleNotUnderstood, SeriesTooLong, SeriesTooShort, StartNotInRule
from qiaojiejie.series.rules import MONTHS, MOST_VISITS

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PARTS = {
    "FREQ": re.compile("WEEKLY"), "INTERVAL": re.compile("[1-4]"), "WKST": re.compile("MO"),
    "COUNT": re.compile("[1-9][0-9]{0,2}"), "UNTIL": re.compile("[0-9]{8}(T[0-9]{6}Z)?"),
    "BYDAY": re.compile(f"({'|'.join(WEEKDAYS)})(,({'|'.join(WEEKDAYS)})){{0,6}}"),
}


@dataclass(frozen=True)
class Rule:
    """A rule as it was understood; ``until`` is a local moment, included."""

    interval: int
    weekdays: tuple[int, ...]
    count: int | None
    until: datetime | None

    def __str__(self) -> str:
        named = ",".join(WEEKDAYS[weekday] for weekday in self.weekdays)
        ends = f"COUNT={self.count}" if self.until is None else f"UNTIL={self.until:%Y%m%d}"
        return f"FREQ=WEEKLY;INTERVAL={self.interval};BYDAY={named};{ends}"


def parse(text: str) -> Rule:
    """A rule from its words. Raises RuleNotUnderstood."""
    said: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, _, value = piece.partition("=")
        if name in said or name not in _PARTS or not _PARTS[name].fullmatch(value):
            raise RuleNotUnderstood()
        said[name] = value
    if not {"FREQ", "BYDAY"} <= said.keys() or ("COUNT" in said) == ("UNTIL" in said):
        raise RuleNotUnderstood()
    weekdays = tuple(sorted({WEEKDAYS.index(each) for each in said["BYDAY"].split(",")}))
    return Rule(int(said.get("INTERVAL", 1)), weekdays, int(said["COUNT"]) if "COUNT" in said else None,
                _until(said["UNTIL"]) if "UNTIL" in said else None)


def _until(text: str) -> datetime:
    """The last local moment: the end of a day, or a moment given in UTC."""
    try:
        if len(text) == 8:
            return datetime.combine(datetime.strptime(text, "%Y%m%d"), time(23, 59, 59))
        moment = datetime.strptime(text + "+0000", "%Y%m%dT%H%M%SZ%z")
        return moment.astimezone(LOCAL).replace(tzinfo=None)
    except (ValueError, OverflowError) as wrong:
        raise RuleNotUnderstood() from wrong


def expand(rule: Rule, first: datetime) -> list[datetime]:
    """The local times (without zone) of a rule from ``first`` on.

    Raises StartNotInRule, SeriesTooShort, SeriesTooLong.
    """
    if first.weekday() not in rule.weekdays:
        raise StartNotInRule()
    every = rrule(WEEKLY, dtstart=first, interval=rule.interval, byweekday=rule.weekdays, count=rule.count,
                  until=rule.until)
    found = list(islice(every, MOST_VISITS + 1))
    if len(found) < 2:
        raise SeriesTooShort()
    if len(found) > MOST_VISITS or found[-1] > first + relativedelta(months=MONTHS):
        raise SeriesTooLong(most=MOST_VISITS, months=MONTHS)
    return found


def days(rule: Rule, first: datetime) -> list[date]:
    """The local days of a rule from a moment on. Raises as ``expand``."""
    return [each.date() for each in expand(rule, first.astimezone(LOCAL).replace(tzinfo=None))]


def latest(starts: datetime) -> datetime:
    """Visits of a series begin before that: a week after the longest rule ends."""
    return starts + relativedelta(months=MONTHS) + timedelta(days=7)
