"""A firm's list of whom to enrol, from its spreadsheet."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from qiaojiejie.core.sheets import plain
from qiaojiejie.courses.errors import RosterColumnsMissing
from qiaojiejie.workers.rules import id_fault

NAME, NUMBER = "姓名", "身份证号"
MOST = 500


class Line(NamedTuple):
    """A row that can be read: its number in the file, name and ID number in plain."""

    row: int
    name: str
    number: str


def read(rows: Iterable[tuple[int, Sequence[Any]]], on: date) -> tuple[list[Line], dict[int, str]]:
    """(lines, row → code of what is wrong with it on a day). Raises RosterColumnsMissing."""
    found: list[Line] = []
    wrong: dict[int, str] = {}
    columns: tuple[int, int] | None = None
    for row, cells in rows:
        texts = [plain(cell) for cell in cells]
        if columns is None:
            if NAME not in texts or NUMBER not in texts:
                raise RosterColumnsMissing()
            columns = texts.index(NAME), texts.index(NUMBER)
            continue
        name, number = (texts[at] if at < len(texts) else "" for at in columns)
        number = number.upper()
        problem = _problem(name, number, on, {line.number for line in found}, len(found))
        if problem:
            wrong[row] = problem
        else:
            found.append(Line(row, name, number))
    if columns is None:
        raise RosterColumnsMissing()
    return found, wrong


def _problem(name: str, number: str, on: date, known: set[str], count: int) -> str | None:
    if not name:
        return "name_missing"
    if id_fault(number, on):
        return "id_invalid"
    if number in known:
        return "twice_in_list"
    return "too_many" if count >= MOST else None
