"""How what a draft would do is told: who moves from which grade to which, and whether some group bears it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

#: groups of fewer people are told together
SHOWN_FROM = 10
OTHERS = "others"
UNKNOWN = "unknown"
WHOLE = 10_000
_AGES = ((30, "under 30"), (40, "30–39"), (50, "40–49"), (60, "50–59"), (200, "60 and over"))
PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建", "江西", "山东",
             "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏",
             "新疆", "台湾", "香港", "澳门")


class Moved(NamedTuple):
    """So many people of one group who go from one grade to another, and the sums of their scores."""

    group: str
    before_grade: str
    after_grade: str
    n: int
    before_sum: int
    after_sum: int


def age_band(birth_year: int, day: date) -> str:
    """How old somebody born in a year turns in that day's year, by tens."""
    return next(name for limit, name in _AGES if day.year - birth_year < limit)


def province(native_place: str) -> str:
    """The province a native place lies in, as it is written."""
    return next((name for name in PROVINCES if native_place.startswith(name)), UNKNOWN)


def moved(rows: Iterable[Moved], grades: Sequence[str]) -> dict[str, dict[str, int]]:
    """Grade by the rule in force × grade by the draft: how many."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counted[row.before_grade, row.after_grade] += row.n
    return {before: {after: counted[before, after] for after in grades} for before in grades}


def fairness(rows: Iterable[Moved], grades: Sequence[str]) -> list[dict[str, Any]]:
    """Each group of a kind: n, mean scores in tenths of a point, the share in 1/10000 that loses a grade.

    Groups under SHOWN_FROM are told together as others; with them the smallest further one, if they are too few still.
    """
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        lost = row.n if grades.index(row.after_grade) > grades.index(row.before_grade) else 0
        groups[row.group].update(n=row.n, before=row.before_sum, after=row.after_sum, lost=lost)
    return [_told(name, each) for name, each in sorted(_joined(groups).items())]


def _joined(groups: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    by_size = sorted(groups, key=lambda name: (groups[name]["n"], name))
    small = [name for name in by_size if groups[name]["n"] < SHOWN_FROM]
    if small and sum(groups[name]["n"] for name in small) < SHOWN_FROM:
        small += by_size[len(small):len(small) + 1]
    joined = {name: groups[name] for name in by_size if name not in small}
    if small:
        joined[OTHERS] = sum((groups[name] for name in small), Counter())
    return joined


def _told(name: str, each: Counter[str]) -> dict[str, Any]:
    n = each["n"]
    if n < SHOWN_FROM:
        return {"group": name, "n": None, "before_tenths": None, "after_tenths": None, "lost_permyriad": None}
    return {"group": name, "n": n, "before_tenths": _rounded(each["before"] * 10, n),
            "after_tenths": _rounded(each["after"] * 10, n), "lost_permyriad": _rounded(each["lost"] * WHOLE, n)}


def _rounded(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)
