"""Ranks from raw marks, who may enter, the draw: pure, and the same for everybody."""

import random
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from qiaojiejie.competitions.errors import RulesDoNotFit
from qiaojiejie.competitions.rules import admission, draw, ranking, shape

SCORING = {name: value for name, value in shape.SCORING.items() if name != "award_levels"}
EVENT = {"code": "care", "theory_max": 10_000, "medals": {"gold": 1, "silver": 1, "bronze": 1},
         "criteria": [{"code": "hands", "max": 6_000}, {"code": "talk", "max": 4_000}]}
HELD = date(2026, 6, 1)
FREE: dict[str, Any] = dict(shape.ADMISSION)


def rule(event: Mapping[str, Any] = EVENT, **scoring: Any) -> dict[str, Any]:
    """The usual rule, but for what a test is about."""
    return {"events": [event], "scoring": {**SCORING, **scoring}}


def entrant(number: int, *totals: int, theory: int | None = 8_000) -> dict[str, Any]:
    """An entrant whose judges gave these totals out of 100 points."""
    sheets = {f"J{n}": {"hands": min(total, 6_000), "talk": max(0, total - 6_000)} for n, total in enumerate(totals, 1)}
    return {"event": "care", "number": number, "theory": theory, "practice": sheets}


def order(found: list[dict[str, Any]]) -> list[tuple[int, int | None, str | None]]:
    """(number, rank, medal) in the order of the results."""
    return [(row["number"], row["rank"], row["medal"]) for row in found]


def test_from_five_judges_on_the_highest_and_the_lowest_are_dropped() -> None:
    [five] = ranking.results(rule(), [entrant(1, 9_900, 8_000, 8_100, 8_200, 2_000)])
    [four] = ranking.results(rule(), [entrant(1, 9_900, 8_000, 8_100, 2_000)])
    assert (five["practice"], five["dropped"], five["sheets"]) == (8_100, [2_000, 9_900], 5)
    assert (four["practice"], four["dropped"]) == (7_000, [])


def test_of_two_equal_highest_only_one_is_dropped() -> None:
    assert ranking.trimmed([90, 90, 80, 70, 60], 5) == ([70, 80, 90], [60, 90])


def test_theory_and_practice_weigh_as_the_rule_says() -> None:
    [row] = ranking.results(rule(), [entrant(1, 9_000, 9_000, 9_000, theory=6_000)])
    assert (row["total"], row["exact"]) == (8_100, "8100")
    [row] = ranking.results(rule(theory_permille=0, practice_permille=1000), [entrant(1, 9_000, 9_000, 9_000,
                                                                                      theory=None)])
    assert (row["total"], row["theory"], row["why"]) == (9_000, 0, None)


def test_ranks_go_by_the_exact_fraction_not_by_what_is_shown_of_it() -> None:
    third = [entrant(1, 8_000, 8_000, 8_001), entrant(2, 8_000, 8_000, 8_000)]
    found = ranking.results(rule(theory_permille=0, practice_permille=1000), third)
    assert [row["total"] for row in found] == [8_000, 8_000]
    assert [(row["number"], row["rank"]) for row in found] == [(1, 1), (2, 2)] and found[0]["exact"] == "24001/3"


@pytest.mark.parametrize(("value", "shown"), [(Fraction(1, 2), 1), (Fraction(3, 2), 2), (Fraction(149, 100), 1)])
def test_a_half_is_rounded_up(value: Fraction, shown: int) -> None:
    assert ranking.rounded(value) == shown


#: equal totals of 80.00: by practice 0.7 · p + 0.3 · t
BY_PRACTICE = [entrant(1, 7_700, 7_700, 7_700, theory=8_700), entrant(2, 8_000, 8_000, 8_000, theory=8_000)]


def test_equal_totals_are_decided_by_practice_first_and_by_theory_when_the_rule_says_so() -> None:
    assert [row["total"] for row in ranking.results(rule(), BY_PRACTICE)] == [8_000, 8_000]
    assert order(ranking.results(rule(), BY_PRACTICE)) == [(2, 1, "gold"), (1, 2, "silver")]
    assert order(ranking.results(rule(tie=["theory"]), BY_PRACTICE)) == [(1, 1, "gold"), (2, 2, "silver")]
    assert order(ranking.results(rule(tie=[]), BY_PRACTICE)) == [(1, 1, "gold"), (2, 1, "gold")]


def test_the_higher_of_the_dropped_marks_decides_when_the_rule_names_it() -> None:
    same = [entrant(1, 5_000, 8_000, 8_000, 8_000, 9_000), entrant(2, 6_000, 8_000, 8_000, 8_000, 8_900)]
    assert order(ranking.results(rule(tie=["practice", "high"]), same)) == [(1, 1, "gold"), (2, 2, "silver")]
    assert order(ranking.results(rule(tie=["practice", "low"]), same)) == [(2, 1, "gold"), (1, 2, "silver")]


def test_who_is_equal_in_all_shares_the_rank_and_the_next_rank_is_passed_over() -> None:
    alike = [entrant(number, 8_000, 8_000, 8_000) for number in (1, 2, 3)] + [entrant(4, 7_000, 7_000, 7_000)]
    assert order(ranking.results(rule(), alike)) == [(1, 1, "gold"), (2, 1, "gold"), (3, 1, "gold"), (4, 4, None)]
    down = ranking.results(rule(shared="downward"), alike)
    assert order(down) == [(1, 1, "bronze"), (2, 1, "bronze"), (3, 1, "bronze"), (4, 4, None)]


def test_no_medal_below_the_least_total_and_who_lacks_marks_is_not_ranked() -> None:
    weak = [entrant(1, 5_000, 5_000, 5_000), entrant(2, 9_000, 9_000), entrant(3, 9_000, 9_000, 9_000, theory=None)]
    found = ranking.results(rule(), weak)
    assert order(found) == [(1, 1, None), (2, None, None), (3, None, None)]
    assert [row["why"] for row in found] == [None, "judges_missing", "theory_missing"]


def test_a_correction_takes_the_place_of_a_mark_and_the_raw_marks_stay() -> None:
    raw = [entrant(1, 8_000, 8_000, 8_000), entrant(2, 8_100, 8_100, 8_100)]
    fixed = [{"event": "care", "number": 1, "part": "practice", "judge": "J2", "criterion": "talk", "points": 4_000},
             {"event": "care", "number": 2, "part": "theory", "judge": None, "criterion": "paper", "points": 7_000}]
    assert [row["number"] for row in ranking.results(rule(), raw)] == [2, 1]
    assert [row["number"] for row in ranking.results(rule(), raw, fixed)] == [1, 2]
    assert raw[0]["practice"]["J2"]["talk"] == 2_000 and raw[1]["theory"] == 8_000


totals = st.lists(st.integers(0, 10_000), min_size=5, max_size=5)
fields = st.lists(st.tuples(totals, st.integers(0, 10_000)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(fields, st.randoms(use_true_random=False))
def test_the_order_of_entrants_and_of_judges_changes_nothing(field: Any, chance: random.Random) -> None:
    raw = [entrant(number, *given_, theory=theory) for number, (given_, theory) in enumerate(field, 1)]
    shuffled = [{**each, "practice": dict(chance.sample(list(each["practice"].items()), 5))} for each in raw]
    chance.shuffle(shuffled)
    assert ranking.results(rule(), shuffled) == ranking.results(rule(), raw)


@settings(max_examples=60, deadline=None)
@given(fields)
def test_a_better_rank_is_never_a_lesser_total_and_medals_go_from_the_top(field: Any) -> None:
    found = ranking.results(rule(), [entrant(n, *given_, theory=theory) for n, (given_, theory) in enumerate(field, 1)])
    exact = [Fraction(row["exact"]) for row in found]
    assert exact == sorted(exact, reverse=True) and found[0]["rank"] == 1
    worth = {"gold": 0, "silver": 1, "bronze": 2, None: 3}
    assert [worth[row["medal"]] for row in found] == sorted(worth[row["medal"]] for row in found)


def person(**known: Any) -> admission.Person:
    """Somebody of 30 who has worked for six years."""
    return admission.Person(**{"born": date(1996, 6, 1), "working_since": 2020, **known})


def codes(rules: Mapping[str, Any], **known: Any) -> list[str]:
    """Why she may not enter."""
    return [reason.code for reason in admission.reasons({**FREE, **rules}, person(**known), HELD)]


@pytest.mark.parametrize(("born", "found"), [
    (date(2008, 6, 1), []), (date(2008, 6, 2), ["too_young"]), (date(1966, 6, 1), []), (date(1965, 6, 2), []),
    (date(1965, 6, 1), ["too_old"]), (date(2008, 2, 29), [])])
def test_age_counts_on_the_named_day_birthday_included(born: date, found: list[str]) -> None:
    assert codes({"age": {"least": 18, "most": 60, "on": "2026-06-01"}}, born=born) == found


@pytest.mark.parametrize(("rules", "known", "found"), [
    ({}, {}, []),
    ({"years": 6}, {}, []), ({"years": 7}, {}, ["too_few_years"]), ({"years": 1}, {"working_since": None},
                                                                    ["years_unknown"]),
    ({"certificate": {"occupation": "4-10-01-06", "least_level": 4}}, {"certificates": [("4-10-01-06", 4)]}, []),
    ({"certificate": {"occupation": "4-10-01-06", "least_level": 4}}, {"certificates": [("4-10-01-06", 3)]}, []),
    ({"certificate": {"occupation": "4-10-01-06", "least_level": 4}}, {"certificates": [("4-10-01-06", 5)]},
     ["certificate_missing"]),
    ({"certificate": {"occupation": "4-10-01-06", "least_level": 4}}, {"certificates": [("4-10-01-05", 3)]},
     ["certificate_missing"]),
    ({"certificate": {"occupation": None, "least_level": 4}}, {"certificates": [("4-10-01-05", 3)]}, []),
    ({"titles_barred": ["city_technical_expert"]}, {"titles": ["city_technical_expert"]}, ["title_held"]),
    ({"titles_barred": ["city_technical_expert"]}, {"titles": ["women_pacesetter"]}, []),
    ({"qualify": {"best": 3}}, {"rank": 3}, []), ({"qualify": {"best": 3}}, {"rank": 4}, ["not_qualified"]),
    ({"qualify": {"best": 3}}, {"rank": None}, ["not_qualified"]),
    ({}, {"barred": True}, ["on_block_list"]), ({"barred_excluded": False}, {"barred": True}, []),
    ({"years": 9, "titles_barred": ["x"]}, {"titles": ["x"]}, ["too_few_years", "title_held"]),
])
def test_every_rule_of_entry_gives_its_own_reason(rules: Any, known: Any, found: list[str]) -> None:
    assert codes(rules, **known) == found


def test_the_draw_follows_from_its_seed_and_not_from_the_order_of_entering() -> None:
    seed, people = bytes(range(32)), [f"e{n}" for n in range(40)]
    drawn = draw.numbers(seed, "care", people)
    assert sorted(drawn.values()) == list(range(1, 41)) and drawn == draw.numbers(seed, "care", reversed(people))
    assert drawn != draw.numbers(bytes(32), "care", people) and drawn != draw.numbers(seed, "elder", people)
    assert [drawn[each] for each in people] != sorted(drawn.values())
    assert sorted(draw.labels(seed, "abcde").values()) == ["J1", "J2", "J3", "J4", "J5"]


@pytest.mark.parametrize(("change", "words"), [
    ({"scoring": {**shape.SCORING, "theory_permille": 400}}, "weights"),
    ({"scoring": {**shape.SCORING, "drop_from": 2}}, "dropped"),
    ({"scoring": {**shape.SCORING, "tie": ["practice", "practice"]}}, "tie"),
    ({"events": [EVENT, EVENT]}, "once"),
    ({"events": [{**EVENT, "medals": {"gold": 0, "silver": 0, "bronze": 0}}]}, "medal"),
    ({"entries_until": HELD}, "entries")])
def test_rules_that_can_not_be_worked_by_are_refused(change: dict[str, Any], words: str) -> None:
    fine: dict[str, Any] = {"events": [EVENT], "scoring": shape.SCORING, "titles": shape.TITLES,
                            "entries_from": date(2026, 4, 1), "entries_until": date(2026, 5, 1), "held_on": HELD}
    shape.check(**fine)
    with pytest.raises(RulesDoNotFit, match=words):
        shape.check(**{**fine, **change})
