"""Who may enter: the entry rules, as data, against what is known of a person. Pure.

``rules``: {"age": {"least", "most", "on"} or None, "years": n or None, "certificate": {"occupation", "least_level"} or
None, "titles_barred": [codes], "per_firm": n or None, "qualify": {"best"} or None, "barred_excluded": bool}.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from qiaojiejie.workers.rules import age_on


class Reason(NamedTuple):
    """Why somebody may not enter: a stable code, and in words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Person:
    """What is known of somebody who would enter. ``certificates``: (occupation, national level: 5 lowest), verified and
    in date; ``titles``: codes of titles she holds; ``rank``: her best rank in a final competition beneath this one."""

    born: date
    working_since: int | None
    certificates: Sequence[tuple[str | None, int | None]] = ()
    titles: Sequence[str] = ()
    barred: bool = False
    rank: int | None = None


def reasons(rules: Mapping[str, Any], person: Person, held_on: date) -> list[Reason]:
    """Every rule a person does not meet; empty when she may enter. The firm's quota is counted apart, under a lock."""
    found = [*_age(rules["age"], person), *_years(rules["years"], person, held_on),
             *_certificate(rules["certificate"], person)]
    for title in sorted(set(rules["titles_barred"]) & set(person.titles)):
        found.append(Reason("title_held", "已获得过不得再次参赛的称号", f"holds the title {title} already"))
    if rules["barred_excluded"] and person.barred:
        found.append(Reason("on_block_list", "在黑名单上", "is on the block list"))
    if rules["qualify"] is not None and (person.rank is None or person.rank > rules["qualify"]["best"]):
        best = rules["qualify"]["best"]
        found.append(Reason("not_qualified", f"须在下一级比赛同一工种取得前 {best} 名",
                            f"must be among the best {best} of the same event one level below"))
    return found


def _age(rule: Mapping[str, Any] | None, person: Person) -> list[Reason]:
    if rule is None:
        return []
    age = age_on(person.born, date.fromisoformat(rule["on"]))
    if age < rule["least"]:
        return [Reason("too_young", f"截至 {rule['on']} 未满 {rule['least']} 周岁",
                       f"is under {rule['least']} on {rule['on']}")]
    if age > rule["most"]:
        return [Reason("too_old", f"截至 {rule['on']} 已超过 {rule['most']} 周岁",
                       f"is over {rule['most']} on {rule['on']}")]
    return []


def _years(least: int | None, person: Person, held_on: date) -> list[Reason]:
    if least is None:
        return []
    if person.working_since is None:
        return [Reason("years_unknown", "档案中没有从业年份", "the file has no year since which she works")]
    if held_on.year - person.working_since < least:
        return [Reason("too_few_years", f"从业不满 {least} 年", f"has worked for less than {least} years")]
    return []


def _certificate(rule: Mapping[str, Any] | None, person: Person) -> list[Reason]:
    if rule is None:
        return []
    for occupation, level in person.certificates:
        if rule["occupation"] in (None, occupation) and level is not None and level <= rule["least_level"]:
            return []
    return [Reason("certificate_missing", f"没有有效的 {rule['least_level']} 级及以上职业技能证书",
                   f"has no certificate in date of level {rule['least_level']} or better")]
