"""Lines of the exported ledger, read strictly: what is there is checked before anything is computed of it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

#: of whoever, by what the key begins with: p_ a worker, f_ a firm, h_ a household
FIRM, HOUSEHOLD = "f_", "h_"
_ORDER = (("household", str), ("firm", str), ("category", str), ("order", str))
_NEEDS: dict[str, tuple[tuple[str, type], ...]] = {
    "identity_verified": (), "background_check": (("result", str),), "health_cert": (), "insurance": (),
    "certificate": (("level", int),), "award": (("level", int),), "document_withdrawn": (("document", str),),
    "order_completed": (*_ORDER, ("punctuality", str)), "rating": (*_ORDER, ("aspects", list)),
    "no_show": (), "cancel_worker": (("notice_h", int),), "cancel_firm": (), "cancel_household": (),
    "complaint_opened": (("complaint", str),), "complaint_answered": (("complaint", str),),
    "complaint_substantiated": (("complaint", str), ("severity", int)), "complaint_dismissed": (("complaint", str),),
    "mediation": (("complaint", str), ("outcome", str)), "joined": (("firm", str),), "left": (),
    "appeal_upheld": (("ref", int),), "credit_repair": (("ref", int),), "blacklist_on": (), "blacklist_off": (),
    "honour_on": (), "honour_off": (), "sanction": (("level", int), ("until", int)), "licence": (),
    "blocked_worker_sent": (), "rater_restored": (("household", str),),
    "fall_noticed": (("score", int), ("grade", str), ("reasons", list), ("neff", int), ("households", int),
                     ("until", int))}
_OF_NOBODY: dict[str, tuple[tuple[str, type], ...]] = {
    "calibration": (("month", str), ("tables", dict), ("firms", dict), ("raters", dict)),
    "rule_activation": (("version", str), ("hash", str), ("from", int))}
_DATED = {"document": str, "valid_until": int}
_ANSWER = {"working_days": int, "unanswered_days": int, "order": str, "firm": str}
_OPTIONAL: dict[str, dict[str, type]] = {
    **dict.fromkeys(("identity_verified", "background_check", "health_cert", "insurance", "certificate", "licence"),
                    _DATED),
    **dict.fromkeys(("complaint_opened", "complaint_answered", "complaint_substantiated", "complaint_dismissed",
                     "mediation"), _ANSWER),
    "order_completed": {"contract": bool}, "cancel_firm": {"firm": str}, "left": {"firm": str}}
#: type → (name, what it may be), everything an event of the type is read for
_CHECKED = {kind: (*((name, (wanted,)) for name, wanted in (("subject", str), *needs)),
                   *((name, (wanted, type(None))) for name, wanted in _OPTIONAL.get(kind, {}).items()))
            for kind, needs in _NEEDS.items()} | {
    kind: tuple((name, (wanted,)) for name, wanted in needs) for kind, needs in _OF_NOBODY.items()}
#: the highest of a level: a certificate's, an award's, …
_MOST = {"certificate": ("level", 5), "award": ("level", 3), "sanction": ("level", 3),
         "complaint_substantiated": ("severity", 4)}
_MARKS = frozenset(range(1, 6))
_OWN = frozenset({"seq", "t", "type", "subject", "n", "firm", "category", "order", "index", "salt", "commitment"})


class BadLine(ValueError):
    """A line that no ledger holds; says which and why."""


def read(lines: Iterable[str | bytes | Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each line the rule reads, checked, in the order told; what it has no use for is left out, and so is a line whose
    opening was deleted. Raises BadLine."""
    seen = set()
    for number, each in enumerate(lines, 1):
        try:
            line = _parsed(each)
            names = _read_of(str(line.get("type")), tuple(line), tuple(map(type, line.values())))
            if line["seq"] in seen:
                raise ValueError(f"seq {line['seq']} was on an earlier line")
            seen.add(line["seq"])
            if names:
                yield _kept(line, names)
        except ValueError as bad:
            raise BadLine(f"line {number}: {bad}") from bad


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not a whole number")


_decoder = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


def _parsed(each: str | bytes | Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(each, str | bytes):
        return dict(each)
    text = (each if isinstance(each, str) else each.decode("utf-8")).strip()
    found, end = _decoder.raw_decode(text)
    if end != len(text) or type(found) is not dict:
        raise ValueError("not one object")
    told: dict[str, Any] = found
    return told


@lru_cache(maxsize=1024)
def _read_of(kind: str, names: tuple[str, ...], types: tuple[type, ...]) -> tuple[str, ...]:
    """The names that the rule reads of a line of a type with values of such types under such names; none of a line that
    it does not read. Lines of one shape are many. Raises ValueError for a shape that no ledger holds."""
    shape = dict(zip(names, types, strict=True))
    for name, wanted in _ALWAYS:
        if shape.get(name) is not wanted:
            raise ValueError(f"{name} must be {_NAMES[wanted]}")
    for name, may_be in _CHECKED.get(kind, ()):
        if shape.get(name, _NONE) not in may_be:
            if name not in _OWN and "salt" not in shape and shape.keys() <= _OWN:
                return ()  # its opening was deleted
            raise ValueError(f"{kind}: {name} must be {' or '.join(_NAMES[each] for each in may_be)}")
    return names if kind in _OF_NOBODY else tuple(name for name in _KEPT.get(kind, ()) if name in shape)


def _kept(line: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What the rule reads of a line."""
    if line["type"] == "rating" or line["type"] in _MOST:
        _check_range(line["type"], line)
    return {name: line[name] for name in names}


_KEYS = ("type", "subject", "firm", "household", "category", "order")
_KEPT = {kind: tuple(dict.fromkeys(("seq", "t", *_KEYS, *(name for name, _ in checked))))
         for kind, checked in _CHECKED.items()}
_NONE = type(None)
_ALWAYS = (("seq", int), ("t", int), ("type", str))
_NAMES = {int: "a whole number", str: "a string", list: "a list", dict: "an object", bool: "true or false",
          _NONE: "null"}


def _check_range(kind: str, line: Mapping[str, Any]) -> None:
    if kind == "rating":
        aspects = line["aspects"]
        if len(aspects) != 5 or not _MARKS.issuperset(aspects) or not {int}.issuperset(map(type, aspects)):
            raise ValueError("rating: aspects must be five marks of 1 to 5")
    else:
        name, most = _MOST[kind]
        if not 1 <= line[name] <= most:
            raise ValueError(f"{kind}: {name} must be 1 to {most}")
