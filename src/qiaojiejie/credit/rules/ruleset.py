"""The published rule set of v1 and the whole-number arithmetic it is written in. Standard library only."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Event = Mapping[str, Any]
RULE: dict[str, Any] = json.loads(Path(__file__).parents[1].joinpath("rules_v1.json").read_text("utf-8"))
VERSION: str = RULE["version"]
#: SHA-256 of the rule set as RFC 8785 writes it (keys sorted, no blanks)
RULE_HASH = hashlib.sha256(
    json.dumps(RULE, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
GRADES = tuple(name for name, _ in RULE["grades"])
PERMILLE = 1000
SLOW, FAST = RULE["decay"]["slow_half_days"], RULE["decay"]["fast_half_days"]


def sdiv(a: int, b: int) -> int:
    """a ÷ b, truncated toward zero (b > 0)."""
    return a // b if a >= 0 else -(-a // b)


def clip(value: int, most: int) -> int:
    """``value`` held within ±most."""
    return max(-most, min(most, value))


def fade(age: int, half: int) -> int:
    """Permille left of a weight after ``age`` days: floor(1000 · 2^(−age/half)) in steps of 30 days."""
    eighteenths = age // RULE["decay"]["step_days"] * (SLOW // half)
    whole, part = divmod(eighteenths, len(RULE["decay"]["millionths"]))
    return (RULE["decay"]["millionths"][part] >> whole) // PERMILLE


def marks_of(rating: Event) -> int:
    """S: the sum of a rating's five aspects, 5 to 25."""
    return sum(rating["aspects"])
