"""How a survey's list of firms is read: headers as they vary, cells as clerks type them. The day is given."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from qiaojiejie.core.sheets import Row, day, plain
from qiaojiejie.enrolment.errors import NoSurveyHeader, NoSurveyRows, Wrong, problem

KINDS = {"company": "公司", "sole_trader": "个体工商户", "cooperative": "合作社", "nonprofit": "社会组织", "other": "其他"}
#: what a survey may say of where it comes from, when it says nothing
SOURCE = "基线调查"
MOST_STAFF = 100_000

#: field → what its column is called; the first name is told back
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("企业名称", "名称", "单位名称", "机构名称", "firm"),
    "uscc": ("统一社会信用代码", "信用代码", "社会信用代码", "uscc"),
    "region_code": ("区县", "所在区县", "区域", "所在地", "district"),
    "kind": ("类型", "企业类型", "单位类型", "kind"),
    "staff_estimate": ("从业人数", "从业人员", "员工数", "人数", "估计人数", "staff"),
    "surveyed_on": ("调查日期", "调查时间", "摸底日期", "日期", "date"),
    "source": ("来源", "调查来源", "source"),
}
FIELD_OF = {word: field for field, words in HEADERS.items() for word in words}
NEEDED = frozenset({"name", "region_code", "surveyed_on"})
HEADER_WITHIN = 30


def header(cells: Sequence[Any]) -> dict[str, int] | None:
    """Field → column, when this row is a list's header; else None."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        field = FIELD_OF.get(plain(cell).replace(" ", "").rstrip("*:").lower())
        if field:
            found.setdefault(field, column)
    return found if found.keys() >= NEEDED else None


def read(rows: Iterator[Row], districts: Mapping[str, str],
         today: date) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """(entries, problems) of a list; ``districts``: name or code → code. Raises NoSurveyHeader, NoSurveyRows."""
    columns = next((found for found in (header(cells) for _, cells in _top(rows)) if found), None)
    if columns is None:
        raise NoSurveyHeader()
    entries: list[dict[str, Any]] = []
    problems: list[dict[str, str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in rows:
        if any(plain(cell).startswith(("合计", "总计")) for cell in cells):
            continue
        entry, wrong = _entry(number, cells, columns, districts, today)
        if not wrong:
            first = seen.setdefault(identity(entry), number)
            wrong = [] if first == number else [problem(number, HEADERS["name"][0], "twice", str(first))]
        entries.append(entry)
        problems += wrong
    if not entries:
        raise NoSurveyRows()
    return entries, problems


def identity(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes two rows the same firm: the credit code, or name and district where it is unknown."""
    return (entry["uscc"],) if entry["uscc"] else (entry["name"], entry["region_code"])


def _top(rows: Iterator[Row]) -> Iterator[Row]:
    for number, cells in rows:
        if number > HEADER_WITHIN:
            return
        yield number, cells


def _entry(number: int, cells: Sequence[Any], columns: Mapping[str, int], districts: Mapping[str, str],
           today: date) -> tuple[dict[str, Any], list[dict[str, str]]]:
    readers = {"name": _name, "uscc": _code, "region_code": lambda cell: _district(cell, districts), "kind": _kind,
               "staff_estimate": _staff, "surveyed_on": lambda cell: _day(cell, today), "source": _source}
    entry, wrong = {}, []
    for field, reader in readers.items():
        column = columns.get(field)
        cell = cells[column] if column is not None and column < len(cells) else None
        try:
            if isinstance(cell, str) and cell.startswith("="):
                raise Wrong("formula")
            entry[field] = reader(cell)
        except Wrong as problem_found:
            wrong.append(problem(number, HEADERS[field][0], problem_found.code, problem_found.value))
    return entry, wrong


def _name(cell: Any) -> str:
    text = plain(cell)
    if not text:
        raise Wrong("name_missing")
    if not 2 <= len(text) <= 80:
        raise Wrong("name_invalid")
    return text


def _code(cell: Any) -> str | None:
    text = plain(cell).replace(" ", "").upper()
    if text in ("", "无", "-", "不详", "未知"):
        return None
    try:
        return str(uscc.validate(text))
    except ValidationError as wrong:
        raise Wrong("uscc_invalid") from wrong


def _district(cell: Any, districts: Mapping[str, str]) -> str:
    text = plain(cell)
    if not text:
        raise Wrong("district_missing")
    if text not in districts:
        raise Wrong("district_unknown", text[:20])
    return districts[text]


def by_word(regions: Iterable[Any]) -> dict[str, str]:
    """Every word for a district (code, 宿城区, 宿城) → its code."""
    return {word: region.code for region in regions for word in (region.code, region.name, region.name[:-1])}


def _kind(cell: Any) -> str:
    text = plain(cell)
    found = next((code for code, name in KINDS.items() if text in (code, name)), None) if text else "other"
    if found is None:
        raise Wrong("kind_unknown", text[:20])
    return found


def _staff(cell: Any) -> int | None:
    text = plain(cell).removesuffix("人")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) <= MOST_STAFF):
        raise Wrong("staff_invalid")
    return int(text)


def _day(cell: Any, today: date) -> date:
    if not plain(cell):
        raise Wrong("day_missing")
    try:
        found = day(cell)
    except ValueError as unreadable:
        raise Wrong("day_unreadable") from unreadable
    if found > today:
        raise Wrong("day_to_come")
    return found


def _source(cell: Any) -> str:
    text = plain(cell)
    if len(text) > 80:
        raise Wrong("too_long")
    return text or SOURCE
