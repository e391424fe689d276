"""What a sheet must hold, and theory marks as they come in a spreadsheet. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qiaojiejie.competitions.errors import SheetDoesNotFit
from qiaojiejie.core.sheets import plain

PAPER = "paper"
HEADER = ("工种", "号码", "成绩")
_POINTS = re.compile(r"(\d{1,4})(?:\.(\d{1,2}))?")


def check_practice(criteria: Sequence[Mapping[str, Any]], marks: Mapping[str, int]) -> None:
    """Every criterion has one mark, none beyond its maximum. Raises SheetDoesNotFit."""
    most = {criterion["code"]: criterion["max"] for criterion in criteria}
    if set(marks) != set(most):
        names = "、".join(sorted(set(marks) ^ set(most)))
        raise SheetDoesNotFit(what_zh=f"评分项须齐全且不多余：{names}", what_en=f"one mark for each criterion: {names}")
    for code, points in marks.items():
        if points > most[code]:
            raise SheetDoesNotFit(what_zh=f"{code} 最高 {most[code]}（百分之一分）",
                                  what_en=f"{code} has {most[code]} hundredths at most")


def hundredths(cell: Any) -> int | None:
    """A mark as it is written (87, 87.5, 87.50) in hundredths of a point; None when it is none."""
    text = plain(f"{cell:.2f}" if isinstance(cell, float) else cell)
    found = _POINTS.fullmatch(text)
    return None if found is None else int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def theory_rows(rows: Iterable[tuple[int, Sequence[Any]]], events: Mapping[str, str]
                ) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """({"row", "event", "number", "points"}, problems) of a list with the columns 工种, 号码, 成绩; ``events``: name or
    code → code."""
    found: list[dict[str, Any]] = []
    problems: list[dict[str, str]] = []
    for row, cells in rows:
        event, number, points = [*cells, None, None, None][:3]
        event, number, read = plain(event), plain(number), hundredths(points)
        if (event, number) == HEADER[:2]:
            continue
        if event not in events:
            problems.append(problem(row, HEADER[0], "event_unknown", "没有这个工种 · no such event"))
        elif not (number.isascii() and number.isdecimal() and len(number) < 7):
            problems.append(problem(row, HEADER[1], "number_invalid", "号码须为整数 · a number is whole"))
        elif read is None:
            problems.append(problem(row, HEADER[2], "points_invalid", "成绩如 87.5，至多两位小数 · such as 87.5"))
        else:
            found.append({"row": row, "event": events[event], "number": int(number), "points": read})
    if not found and not problems:
        problems.append(problem(1, HEADER[2], "nothing_found", "表中没有成绩 · there are no marks in the list"))
    return found, problems


def problem(row: int, column: str, code: str, message: str) -> dict[str, str]:
    """What is wrong in a row, as an answer's ``errors`` say it."""
    return {"in": "file", "pointer": f"/{row}/{column}", "code": code, "message": message}
