"""A rule set: one version's published constants, what is derived of them, and the whole-number arithmetic.

Standard library only. Versions live in ``credit/rules_v*.json`` and stay runnable for ever.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

Event = Mapping[str, Any]
PERMILLE = 1000


@dataclass(frozen=True, eq=False)
class RuleSet:
    """One version of the rule. ``hash``: SHA-256 of ``data`` as RFC 8785 writes it (keys sorted, no blanks)."""

    version: str
    hash: str
    data: dict[str, Any]
    #: best first
    grades: tuple[str, ...]
    #: half-life in days → permille left of a weight by steps of age; the last one, 0, holds for all older
    fades: Mapping[int, tuple[int, ...]]

    def worse(self, one: str, other: str) -> bool:
        """Is grade ``one`` beneath ``other``?"""
        return self.grades.index(one) > self.grades.index(other)


def load(data: Mapping[str, Any]) -> RuleSet:
    """The rule set of published constants. Raises ValueError when they are not whole numbers and words."""
    kept = json.loads(json.dumps(data))
    if not _whole(kept):
        raise ValueError("a rule set holds whole numbers and words only")
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    decay = kept["decay"]
    return RuleSet(kept["version"], hashlib.sha256(canonical.encode()).hexdigest(), kept,
                   tuple(name for name, _ in kept["grades"]),
                   {half: _fading(decay, half) for half in (decay["slow_half_days"], decay["fast_half_days"])})


def _whole(node: Any) -> bool:
    if isinstance(node, dict | list):
        return all(_whole(each) for each in (node.values() if isinstance(node, dict) else node))
    return node is None or isinstance(node, int | str)


def _fading(decay: Mapping[str, Any], half: int) -> tuple[int, ...]:
    """floor(1000 · 2^(−age/half)) by steps of age, from the published powers of two."""
    stride, found = decay["slow_half_days"] // half, list[int]()
    while not found or found[-1]:
        whole, part = divmod(len(found) * stride, len(decay["millionths"]))
        found.append((decay["millionths"][part] >> whole) // PERMILLE)
    return tuple(found)


@lru_cache(maxsize=1)
def packaged() -> dict[str, RuleSet]:
    """The versions that come with the product, by name."""
    found = [load(json.loads(path.read_text("utf-8")))
             for path in sorted(Path(__file__).parents[1].glob("rules_v*.json"))]
    return {rule.version: rule for rule in found}


V1 = packaged()["v1"]


def sdiv(a: int, b: int) -> int:
    """a ÷ b, truncated toward zero (b > 0)."""
    return a // b if a >= 0 else -(-a // b)


def clip(value: int, most: int) -> int:
    """``value`` held within ±most."""
    return max(-most, min(most, value))


def marks_of(rating: Event) -> int:
    """S: the sum of a rating's five aspects, 5 to 25."""
    return sum(rating["aspects"])
