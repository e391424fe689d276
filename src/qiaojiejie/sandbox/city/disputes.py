"""How a served visit ends: the family says so, or two days pass, or it complains and somebody decides."""

import math
from dataclasses import dataclass
from datetime import datetime

from qiaojiejie.booking.rules import COMPLETES_AFTER
from qiaojiejie.casework import facts
from qiaojiejie.casework.models import Complaint
from qiaojiejie.casework.rules import KINDS, promptness
from qiaojiejie.core import clock
from qiaojiejie.sandbox.city import load, words
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.outcomes import Outcomes, Told
from qiaojiejie.sandbox.city.town import Officials


@dataclass(slots=True)
class Course:
    """A complaint's moments; those that lie ahead of the city's day are None."""

    opened_at: datetime
    answered_at: datetime | None
    decided_at: datetime | None


class Endings:
    """Completes served visits; opens, answers and decides complaints about some."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials, outcomes: Outcomes) -> None:
        self._dice, self._diary, self._officials, self._outcomes = dice, diary, officials, outcomes
        self._rows: list[load.Row] = []

    def end(self, told: Told) -> None:
        """Complete one served visit, or leave it served where its two days or its complaint are not over."""
        if told.row["state"] != "served":
            return
        ended: datetime = told.row["ended_at"]
        course = self._complain(told)
        said_at = ended + self._dice.minutes(3, 18 * 60)
        if self._dice.chance(0.72) and (course is None or said_at < course.opened_at):
            self._outcomes.complete(told, "household", said_at)
        elif course is None:
            self._outcomes.complete(told, "system", ended + COMPLETES_AFTER + self._dice.minutes(0, 1))
        elif course.decided_at is not None:
            over = max(ended + COMPLETES_AFTER, course.decided_at) + self._dice.minutes(0, 1)
            self._outcomes.complete(told, "system", over)
        told.row["complaint_open"] = course is not None and course.decided_at is None

    def flush(self) -> None:
        """COPY the complaints."""
        load.put(Complaint, sorted(self._rows, key=lambda row: (row["opened_at"], row["id"])))

    def _complain(self, told: Told) -> Course | None:
        """One visit in a hundred, the bad ones far more often."""
        dice, visit = self._dice, told.visit
        share = 0.008 * math.exp(-0.8 * visit.hand.quality) + (0.3 if visit.pleasure < -2.4 else 0)
        opened_at = told.row["ended_at"] + dice.minutes(20, 40 * 60)
        if not dice.chance(share) or opened_at >= dice.as_of:
            return None
        answered_at = opened_at + dice.minutes(120, 4 * 24 * 60) if dice.chance(0.92) else None
        decided_at = (answered_at or opened_at) + dice.minutes(1440, 9 * 24 * 60)
        course = Course(opened_at, self._past(answered_at), self._past(decided_at))
        self._write(told, course)
        return course

    def _past(self, at: datetime | None) -> datetime | None:
        return at if at is not None and at < self._dice.as_of else None

    def _write(self, told: Told, course: Course) -> None:
        dice, visit = self._dice, told.visit
        blamed = visit.pleasure < -1.2 or dice.chance(0.25)
        severity = dice.choices((1, 2, 3, 4), (52, 30, 13, 5))[0] if blamed and course.decided_at else None
        state = "answered" if course.answered_at else "open"
        if course.decided_at:
            state = "substantiated" if severity else "dismissed"
        row: load.Row = {
            "id": dice.id_at(course.opened_at), "booking_id": visit.id, "household_id": visit.family.id,
            "worker_id": visit.hand.id, "firm_id": visit.hand.firm.id, "state": state,
            "kind": dice.choices(KINDS, (40, 20, 12, 1, 3, 18, 6))[0],
            "words": dice.choice(words.COMPLAINT_WORDS),
            "answer": dice.choice(words.ANSWER_WORDS) if course.answered_at else None, "severity": severity,
            "finding": words.FINDINGS[severity] if severity else "证据不足，不予认定。" if course.decided_at else None,
            "opened_at": course.opened_at, "answered_at": course.answered_at, "decided_at": course.decided_at,
            "decided_by": self._officials.mediator if course.decided_at else None}
        self._rows.append(row)
        self._note(told, row)

    def _note(self, told: Told, row: load.Row) -> None:
        visit = told.visit
        about, subject = {"complaint": str(row["id"]), **told.about}, told.subject
        self._diary.note(row["opened_at"], facts.OPENED, subject, f"account:{visit.family.account}",
                         about | {"kind": row["kind"]})
        if row["answered_at"]:
            self._diary.note(row["answered_at"], facts.ANSWERED, subject, f"account:{visit.hand.firm.manager}",
                             about | _promptness(row, row["answered_at"]))
        if row["decided_at"]:
            mediator = f"account:{self._officials.mediator}"
            about = about | _promptness(row, row["decided_at"])
            if row["severity"]:
                self._diary.note(row["decided_at"], facts.SUBSTANTIATED, subject, mediator,
                                 about | {"severity": row["severity"]})
            else:
                self._diary.note(row["decided_at"], facts.DISMISSED, subject, mediator, about)


def _promptness(row: load.Row, at: datetime) -> dict[str, int]:
    opened, answered, then = (each and clock.local(each).date() for each in (row["opened_at"], row["answered_at"], at))
    return promptness(opened, answered, then)
