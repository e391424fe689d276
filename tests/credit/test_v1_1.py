"""Rule v1.1: what it changes of v1, and that what holds of v1 holds of it."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiaojiejie.credit import replay, rules
from qiaojiejie.credit.rules import RuleSet
from tests.credit.city import ALL, DAY, Line, event, ledgers, seeds
from tests.credit.test_rules import INPUTS, Event, complaint, histories, order, rating

V11: RuleSet = rules.packaged()["v1.1"]


def score(events: list[Event]) -> dict[str, Any]:
    """By v1.1."""
    return rules.score(events, as_of=DAY, inputs=INPUTS, rule=V11)


def apart(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two rule sets differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from apart(one.get(name), other.get(name), f"{path}.{name}")
    elif one != other:
        yield path[1:]


def test_v1_is_what_it_was_and_v1_1_differs_in_these_numbers_alone() -> None:
    assert rules.V1.hash == "3a918b19e0195bc4f42785e4342192da7b8f9037ecceceb384bda0b1150e2a8a"
    assert list(apart(rules.V1.data, V11.data)) == [
        "active_from", "decay.fast_half_days", "fast_k", "rater.contrary", "rater.one_order", "repeat_weights",
        "version"]


def marks(household: str, given: dict[str, int]) -> list[Event]:
    """A household's orders, one with each worker, and what it gave her, of 25."""
    found: list[Event] = []
    for worker, total in given.items():
        about = {"worker": worker, "household": household, "order": f"{household}{worker}"}
        aspects = [total // 5 + (place < total % 5) for place in range(5)]
        found += [{**order(1), **about}, {**rating(1), **about, "aspects": aspects}]
    return found


def town(**given: dict[str, int]) -> list[Event]:
    """Three households that gave twelve workers 24 each, and others."""
    usual = {f"w{n}": 24 for n in range(12)}
    return [each for name, some in {"x": usual, "y": usual, "z": usual, **given}.items() for each in marks(name, some)]


def among_fives(low: int, mark: int = 13, fives: int = 5) -> dict[str, int]:
    """So many low marks among fives."""
    return {f"w{n}": mark if n < low else 25 for n in range(low + fives)}


@pytest.mark.parametrize(("given", "weight"), [
    (among_fives(2), 1000), (among_fives(3), 100), (among_fives(4), 50), (among_fives(5), 20), (among_fives(7), 20),
    (among_fives(3, mark=15), 100), (among_fives(3, mark=16), 1000),  # nine below the 24 of the others, and eight
])
def test_who_stands_alone_against_three_workers_weighs_little_however_many_fives_hide_it(
        given: dict[str, int], weight: int) -> None:
    assert rules.raters(town(she=given), V11)["she"] == weight
    assert rules.raters(town(she=given), rules.V1)["she"] == 1000


def test_who_is_not_alone_or_was_found_right_or_seldom_blames_weighs_in_full() -> None:
    agreed = {name: among_fives(3) for name in ("she", "too", "also", "again")}  # four of seven say so
    assert {rules.raters(town(**agreed), V11)[name] for name in agreed} == {1000}
    events = town(she=among_fives(3))
    upheld = [{"type": "complaint_substantiated", "order": f"shew{n}"} for n in range(3)]
    assert rules.raters([*events, *upheld[:1]], V11)["she"] == 1000
    assert rules.raters([*events, {"type": "rater_restored", "household": "she"}], V11)["she"] == 1000
    few = [each for each in events if each["household"] in ("x", "y", "she")]
    assert rules.raters(few, V11)["she"] == 1000, "two others are too few to say what is usual"
    busy = [*events, *(each for n in range(13) for each in marks("she", {f"v{n}": 25}))]
    assert rules.raters(busy, V11)["she"] == 1000, "three of 21 are under 15 %"


@given(histories())
@settings(max_examples=40)
def test_the_points_of_the_factors_sum_to_the_score(events: list[Event]) -> None:
    found = score(events)
    assert sum(found["factors"].values()) == found["raw"] - 800


@given(histories(), st.integers(1, 13), st.integers(1, 4), st.integers(0, 30))
@settings(max_examples=60)
def test_a_substantiated_complaint_never_raises(events: list[Event], n: int, severity: int, ago: int) -> None:
    if any(each.get("complaint") == f"c{n}" for each in events):
        return
    told = [{**each, "t": min(each["t"], DAY - ago)} for each in complaint(n, severity, DAY - ago)]
    before, after = score(events), score([*events, *told])
    assert after["raw"] <= before["raw"] and after["score"] <= before["score"]
    assert rules.GRADES.index(after["grade"]) >= rules.GRADES.index(before["grade"])


@pytest.mark.parametrize(("prefix", "kind"), ALL)
@settings(max_examples=6)
@given(told=ledgers, seed=seeds)
def test_what_an_appeal_voids_never_happened_to_anybody(prefix: str, kind: str, told: list[Line], seed: int) -> None:
    chance = random.Random(seed)
    place = chance.randint(5, len(told))
    line = {"seq": told[place - 1]["seq"] + 5, **event(chance, kind, prefix)}
    appeal = {"seq": 10**5, "t": DAY, "type": "appeal_upheld", "subject": line["subject"], "ref": line["seq"]}
    voided = replay.run([*told[:place], line, *told[place:], appeal], as_of=DAY, rule=V11)
    assert voided == replay.run(told, as_of=DAY, rule=V11)


def test_the_order_in_which_marks_are_told_changes_no_weight() -> None:
    events = town(she=among_fives(3), her=among_fives(5, mark=9), other=among_fives(4, mark=20))
    expected = rules.raters(events, V11)
    for seed in range(5):
        shuffled = copy.copy(events)
        random.Random(seed).shuffle(shuffled)
        assert rules.raters(shuffled, V11) == expected
