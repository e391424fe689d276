"""Who may enrol: a course's conditions, as data, against what is known of a worker.

``conditions``: {"age": {"least", "most"} or None, "certificate": {"occupation", "least_level"} or None}.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from qiaojiejie.workers.rules import age_on

NONE: dict[str, Any] = {"age": None, "certificate": None}


def reasons(conditions: Mapping[str, Any], *, born: date, held: Sequence[tuple[str | None, int | None]],
            on: date) -> list[tuple[str, str, str]]:
    """(code, Chinese, English) of every condition somebody born then, with these certificates, does not meet on a day.

    ``held``: (occupation, national level: 5 lowest), verified and in date.
    """
    found, age, paper = list[tuple[str, str, str]](), conditions["age"], conditions["certificate"]
    years = age_on(born, on)
    if age is not None and years < age["least"]:
        found.append(("too_young", f"开班时未满 {age['least']} 周岁", f"under {age['least']} when it begins"))
    if age is not None and years > age["most"]:
        found.append(("too_old", f"开班时已超过 {age['most']} 周岁", f"over {age['most']} when it begins"))
    if paper is not None and not any(
            occupation == paper["occupation"] and (level or 9) <= paper["least_level"] for occupation, level in held):
        found.append(("certificate_missing", f"没有有效的 {paper['least_level']} 级及以上证书",
                      f"no certificate in date of level {paper['least_level']} or better"))
    return found
