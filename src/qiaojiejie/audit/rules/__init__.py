"""When an audit may be drawn, how its tasks are shared out, what its report says. Pure.

The draw itself is in ``credit.rules.sampling``, which whoever checks from outside uses too.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle
from typing import Any, TypeVar
from uuid import UUID

from qiaojiejie.audit.errors import (AnswersDoNotFit, DefectDoesNotFit, DrawTooSoon, NonceDoesNotMatch,
                                     PeriodDoesNotFit, ReasonMissing, TooEarlyToDraw)
from qiaojiejie.audit.rules.forms import ANSWERS, DEFECTS, FLAGS, FORMS, POPULATIONS, UNREACHED, VERDICTS
from qiaojiejie.credit.rules import sampling

__all__ = [
    "ANSWERS", "DAYS_BEFORE", "DAYS_TO_WORK", "DEFECTS", "FLAGS", "FORMS", "POPULATIONS", "PUBLIC_DRAW", "RATES",
    "UNREACHED", "VERDICTS", "check_answers", "check_draw", "check_plan", "check_review", "check_verdict", "report",
    "share_out", "street_and_door"]

Thing = TypeVar("Thing")

#: days between the commitment and the draw
DAYS_BEFORE = 7
DAYS_TO_WORK = 30
#: defect rate in 1/10000 → size of the sample
RATES = sampling.SIZES
#: a public draw is written in one way only: its parts in the order of the source, one blank between them
PUBLIC_DRAW = re.compile(r"[0-9A-Za-z.]{1,20}( [0-9A-Za-z.]{1,20}){0,30}")
_REGION = re.compile(r"^(江苏省?)?(宿迁市?)?(宿城区|宿豫区|沭阳县|泗阳县|泗洪县|[^路街道号]{1,6}?(区|县))?")
#: of both bounds in a report
CONFIDENCE = "0.95"


def check_plan(*, from_day: date, to_day: date, draw_on: date, today: date) -> None:
    """A period that is over before the draw, and a draw at least seven days after the commitment (Shanghai days).

    Raises PeriodDoesNotFit, DrawTooSoon.
    """
    earliest = today + timedelta(days=DAYS_BEFORE)
    if draw_on < earliest:
        raise DrawTooSoon(days=DAYS_BEFORE, earliest=earliest)
    if not from_day <= to_day < draw_on:
        raise PeriodDoesNotFit()


def check_draw(*, draw_on: date, today: date, commitment: bytes, nonce: bytes) -> None:
    """Not before its day, and with the nonce that was committed to. Raises TooEarlyToDraw, NonceDoesNotMatch."""
    if today < draw_on:
        raise TooEarlyToDraw(draw_on=draw_on)
    if sampling.commitment(nonce) != commitment.hex():
        raise NonceDoesNotMatch()


def check_answers(*, population: str, whom: str, unreached: str | None, answers: Mapping[str, str]) -> None:
    """Whoever was reached answered every question of the form; whoever was not, none. Raises AnswersDoNotFit."""
    asked = {question["code"] for question in FORMS[population] if question["whom"] == whom}
    if not asked or set(answers) != (asked if unreached is None else set()):
        raise AnswersDoNotFit()


def check_verdict(*, verdict: str, defect: str | None) -> None:
    """A defect has a kind, and nothing else has. Raises DefectDoesNotFit."""
    if (verdict == "defect") != (defect is not None):
        raise DefectDoesNotFit()


def check_review(*, accepted: bool, reason: str | None) -> None:
    """What is returned is returned for a reason. Raises ReasonMissing."""
    if not accepted and not reason:
        raise ReasonMissing()


def share_out(tasks: Sequence[Thing], accounts: Sequence[UUID]) -> list[tuple[Thing, UUID]]:
    """(task, account) in turn, so that nobody has more than one task above another."""
    return list(zip(tasks, cycle(accounts), strict=False))


def report(*, plan: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], frame: int) -> dict[str, Any]:
    """What is published of an audit: the plan and draw, counts, bounds, and each leaf with what was found of it.

    ``findings``: [{"index", "verdict", "defect"}] in index order. A finding that could not be verified is no defect in
    ``bound_permyriad`` and one in ``cautious_permyriad``.
    """
    drawn = len(findings)
    counts = {verdict: sum(each["verdict"] == verdict for each in findings) for verdict in sorted(VERDICTS)}
    kinds = sorted({each["defect"] for each in findings if each["defect"]})
    doubtful = counts["defect"] + counts["unverifiable"]
    return {**plan, "sample_size": drawn, "frame": frame, "confidence": CONFIDENCE, "counts": counts,
            "defects": {kind: sum(each["defect"] == kind for each in findings) for kind in kinds},
            "rate_permyriad": counts["defect"] * sampling.WHOLE // drawn,
            "bound_permyriad": sampling.upper_bound(drawn, counts["defect"], frame),
            "cautious_permyriad": sampling.upper_bound(drawn, doubtful, frame), "findings": list(findings)}


def street_and_door(address: str) -> str:
    """An address without blanks, marks, city and district: what equal ones have in common however they are written."""
    text = unicodedata.normalize("NFKC", address).lower()
    return _REGION.sub("", "".join(char for char in text if char.isalnum()))
