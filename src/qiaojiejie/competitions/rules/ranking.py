"""Ranks from raw marks: whole numbers in, exact fractions in between, whole numbers out. Pure; standard library alone.

Marks are hundredths of a point. ``rule``: {"events": [{"code", "theory_max", "criteria": [{"code", "max"}], "medals":
{"gold", "silver", "bronze"}}], "scoring": {"theory_permille", "practice_permille", "drop_from", "least_judges", "tie",
"shared", "medal_least"}}. ``raw``: [{"event", "number", "theory": mark or None, "practice": {judge: {criterion:
mark}}}]. ``corrections``: [{"event", "number", "part", "judge", "criterion", "points"}], each over those before it.

Of a judge's sheet the marks are added up. From ``drop_from`` sheets on, one highest and one lowest are dropped. The
mean of the rest, and the theory mark, are brought to 100 points and weighed. Ranks go by the exact fraction, never by
what is shown of it; equal totals by ``tie`` in turn; who is equal in all shares the rank.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

Row = dict[str, Any]
Rule = Mapping[str, Any]

MEDALS = ("gold", "silver", "bronze")
#: 100 points, in hundredths
FULL = 10_000
#: what may decide between equal totals: practice, theory, the highest sheet dropped, the lowest sheet dropped
TIE = ("practice", "theory", "high", "low")
#: who shares a rank: the better medal for all of them, or the lesser
SHARED = ("upward", "downward")


def results(rule: Rule, raw: Sequence[Rule], corrections: Iterable[Rule] = ()) -> list[Row]:
    """Every entrant with her points, rank and medal, by event and rank; those who can't be ranked last, and why."""
    marks = corrected(raw, corrections)
    found: list[Row] = []
    for event in rule["events"]:
        scored = [_scored(event, rule["scoring"], each) for each in marks if each["event"] == event["code"]]
        found += _ranked(event, rule["scoring"], scored)
    return found


def corrected(raw: Sequence[Rule], corrections: Iterable[Rule]) -> list[Row]:
    """Raw marks with corrections in the place of what they correct."""
    marks = [{**each, "practice": {judge: dict(sheet) for judge, sheet in each["practice"].items()}} for each in raw]
    by_number = {(each["event"], each["number"]): each for each in marks}
    for one in corrections:
        entrant = by_number[one["event"], one["number"]]
        if one["part"] == "theory":
            entrant["theory"] = one["points"]
        else:
            entrant["practice"][one["judge"]][one["criterion"]] = one["points"]
    return marks


def rounded(value: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def trimmed(totals: Iterable[int], drop_from: int) -> tuple[list[int], list[int]]:
    """(what is kept, [lowest, highest] dropped) of the judges' totals."""
    ordered = sorted(totals)
    if len(ordered) < drop_from:
        return ordered, []
    return ordered[1:-1], [ordered[0], ordered[-1]]


def _scored(event: Rule, scoring: Rule, entrant: Rule) -> Row:
    codes = [criterion["code"] for criterion in event["criteria"]]
    totals = [sum(sheet[code] for code in codes) for sheet in entrant["practice"].values()]
    most = sum(criterion["max"] for criterion in event["criteria"])
    row = {"event": entrant["event"], "number": entrant["number"], "sheets": len(totals)}
    theory_counts = scoring["theory_permille"] > 0
    if len(totals) < scoring["least_judges"]:
        return {**row, "why": "judges_missing"}
    if theory_counts and entrant["theory"] is None:
        return {**row, "why": "theory_missing"}
    kept, dropped = trimmed(totals, scoring["drop_from"])
    practice = Fraction(sum(kept) * FULL, len(kept) * most)
    theory = Fraction(entrant["theory"] * FULL, event["theory_max"]) if theory_counts else Fraction(0)
    total = (practice * scoring["practice_permille"] + theory * scoring["theory_permille"]) / 1000
    low, high = dropped or (0, 0)
    return {**row, "why": None, "keys": {"total": total, "practice": practice, "theory": theory, "high": high,
                                         "low": low}, "dropped": dropped}


def _ranked(event: Rule, scoring: Rule, scored: Sequence[Row]) -> list[Row]:
    order = ("total", *scoring["tie"])

    def key(row: Row) -> tuple[Any, ...]:
        return tuple(-row["keys"][name] for name in order)

    able = sorted((row for row in scored if row["why"] is None), key=lambda row: (key(row), row["number"]))
    shown, before = [], 0
    for _, group in groupby(able, key=key):
        rows = list(group)
        for row in rows:
            medal = _medal(event, scoring, row, before + (1 if scoring["shared"] == "upward" else len(rows)))
            shown.append(_shown(row, before + 1, medal))
        before += len(rows)
    rest = sorted((row for row in scored if row["why"] is not None), key=lambda row: row["number"])
    return shown + [_shown(row, None, None) for row in rest]


def _medal(event: Rule, scoring: Rule, row: Row, place: int) -> str | None:
    if rounded(row["keys"]["total"]) < scoring["medal_least"]:
        return None
    for medal in MEDALS:
        place -= event["medals"][medal]
        if place <= 0:
            return medal
    return None


def _shown(row: Row, rank: int | None, medal: str | None) -> Row:
    keys = row.get("keys")
    points = {name: rounded(keys[name]) if keys else None for name in ("total", "practice", "theory")}
    return {"event": row["event"], "number": row["number"], "rank": rank, "medal": medal, **points,
            "exact": str(keys["total"]) if keys else None, "sheets": row["sheets"],
            "dropped": row.get("dropped", []), "why": row["why"]}
