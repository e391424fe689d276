"""Whether a draft can be a rule: the shape and types of a known rule set, and sensible ranges."""

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any, NamedTuple

from qiaojiejie.credit.rules import RuleSet, load

#: a number may be as many times what it is in the known rule set, and be as much where that has 0
TIMES, INSTEAD_OF_NOTHING = 10, 1000
PERMILLE = 1000
MOST_CHARS = 1000
VERSION = re.compile(r"v[1-9]\d{0,2}(\.\d{1,3}){0,2}")
_DAY = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
#: names of parts of an order's weight, in permille
_SHARES = ("settled_permille", "low_share_permille", "share_permille", "contracts_permille", "repeat_weights", "weight",
           "silent_weight", "one_order", "new", "perfect", "low", "workers", "fast_share", "fast_keep", "slow_keep",
           "prior_good", "prior_bad")
#: what is divided by
_DIVISORS = ("shrink", "slow_k", "fast_k", "k", "step_days", "slow_half_days", "fast_half_days", "smooth_plus",
             "own_table_from", "most_weight", "most_orders", "most_days")
#: mathematics, not policy: the table of the normal curve and the powers of two
_FIXED = ("phi", "millionths")


class Fault(NamedTuple):
    """What is wrong, where: ``中文|English``."""

    path: tuple[str, ...]
    words: str

    @property
    def field(self) -> str:
        """The place as words: decay.step_days."""
        return ".".join(self.path)


def faults(draft: Mapping[str, Any], known: Iterable[RuleSet]) -> list[Fault]:
    """What keeps a draft from being a rule, by the known rule set it comes nearest to; empty when nothing does."""
    found = [[*_compared(draft, rule.data, ()), *_ranges(draft, rule.data)] for rule in known]
    nearest = min(found, key=len)
    return nearest or _loads(draft)


def _compared(node: Any, like: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(like, dict):
        yield from _compared_keys(node, like, path)
    elif isinstance(like, list):
        if path[-1:] and path[-1] in _FIXED:
            if node != like:
                yield Fault(path, "此表由数学确定，不能改动|this table is mathematics and can't be changed")
        elif not isinstance(node, list) or len(node) != len(like):
            yield Fault(path, f"须为 {len(like)} 项的列表|must be a list of {len(like)}")
        else:
            for place, (one, other) in enumerate(zip(node, like, strict=True)):
                yield from _compared(one, other, (*path, str(place)))
    else:
        yield from _compared_value(node, like, path)


def _compared_keys(node: Any, like: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(node, dict):
        yield Fault(path, "须为对象|must be an object")
        return
    for name in sorted(node.keys() - like.keys()):
        yield Fault((*path, str(name)), "不认识的字段|Unknown field.")
    for name in sorted(like.keys() - node.keys()):
        yield Fault((*path, name), "必填|Missing data for required field.")
    for name in sorted(like.keys() & node.keys()):
        yield from _compared(node[name], like[name], (*path, name))


def _compared_value(node: Any, like: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    if like is None:
        if node is not None:
            yield Fault(path, "须为 null|must be null")
    elif isinstance(like, str):
        yield from _compared_words(node, like, path)
    elif not isinstance(node, int) or isinstance(node, bool):
        yield Fault(path, "须为整数|must be a whole number")
    elif not _within(node, like):
        yield Fault(path, f"不合理：已知规则为 {like}|not sensible: it is {like} in a known rule")
    elif like > 0 and not node and any(name in _DIVISORS for name in path[-1:]):
        yield Fault(path, "须大于 0|must be above 0")
    elif any(name in _SHARES for name in path) and not 0 <= node <= PERMILLE:
        yield Fault(path, "须在 0 到 1000 之间|must lie between 0 and 1000")


def _within(node: int, like: int) -> bool:
    """Of the same sign (or nothing), and not out of all proportion."""
    return node * like >= 0 and abs(node) <= (abs(like) * TIMES or INSTEAD_OF_NOTHING)


def _compared_words(node: Any, like: str, path: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(node, str) or not (1 if like else 0) <= len(node) <= MOST_CHARS:
        yield Fault(path, f"须为 1 到 {MOST_CHARS} 个字的文字|must be words of 1 to {MOST_CHARS} characters")
    elif "\x00" in node or any(0xD800 <= ord(char) <= 0xDFFF for char in node):
        yield Fault(path, "含有无法保存的字符|has characters that can't be kept")
    elif _blanks(node) != _blanks(like):
        yield Fault(path, "须有同样的占位符|must have the same placeholders")


def _blanks(text: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        return None


def _ranges(draft: Mapping[str, Any], like: Mapping[str, Any]) -> Iterator[Fault]:
    """What no part can tell alone; of parts that are there in the right shape."""
    version, day, grades = draft.get("version"), draft.get("active_from"), draft.get("grades")
    if isinstance(version, str) and not VERSION.fullmatch(version):
        yield Fault(("version",), "须写成 v1.2 的样子|must be written like v1.2")
    if isinstance(day, str) and not _DAY.fullmatch(day):
        yield Fault(("active_from",), "须写成 2027-01-01 的样子|must be written like 2027-01-01")
    if isinstance(grades, list) and not list(_compared(grades, like["grades"], ())):
        limits = [limit for _, limit in grades]
        if [name for name, _ in grades] != [name for name, _ in like["grades"]]:
            yield Fault(("grades",), "等级名称不能改动|the names of the grades can't be changed")
        if limits != sorted(set(limits), reverse=True) or limits[-1] != 0:
            yield Fault(("grades",), "分数线须逐级降低，末级为 0|limits must fall from grade to grade, to 0")
    decay = draft.get("decay")
    if isinstance(decay, dict) and not list(_compared(decay, like["decay"], ())):
        if decay["slow_half_days"] % decay["fast_half_days"] or decay["slow_half_days"] != decay["step_days"] * len(
                decay["millionths"]):
            yield Fault(("decay",), "慢半衰期须为快半衰期的整数倍，且等于步长乘以表长|the slow half-life must be a multiple of the "
                                    "fast one, and the step times the table's length")


def _loads(draft: Mapping[str, Any]) -> list[Fault]:
    try:
        load(draft)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return [Fault((), "无法作为规则读取|it can't be read as a rule")]
    return []
