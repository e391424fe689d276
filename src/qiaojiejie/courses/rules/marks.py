"""Whether somebody may be assessed, and whether she has passed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

PARTS = ("theory", "practice")
FULL = 100


class Given(Protocol):
    """A mark that was given."""

    @property
    def part(self) -> str:
        """theory or practice."""

    @property
    def attempt(self) -> int:
        """From 1."""

    @property
    def passed(self) -> bool:
        """Whether it was enough."""

    @property
    def given_on(self) -> date:
        """The day."""


def of_part(marks: Sequence[Given], part: str) -> list[Given]:
    """The marks of one part in the order of attempts."""
    return sorted((each for each in marks if each.part == part), key=lambda each: each.attempt)


def passed(marks: Sequence[Given], parts: Sequence[str] = PARTS) -> bool:
    """Whether every part is passed."""
    return all(any(each.passed for each in of_part(marks, part)) for part in parts)


def resit_from(marks: Sequence[Given], part: str, days: int) -> date | None:
    """The first day on which a part may be taken again; None before its first attempt."""
    there = of_part(marks, part)
    return there[-1].given_on + timedelta(days=days) if there else None


def parts_of(theory_minutes: int, practice_minutes: int) -> list[str]:
    """What a course assesses: a part without hours is not."""
    return [part for part, minutes in zip(PARTS, (theory_minutes, practice_minutes), strict=True) if minutes]
