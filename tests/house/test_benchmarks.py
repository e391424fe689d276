"""The benchmarks run, at a size that says nothing but that they do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.__main__ import SUBJECTS, Size, run
from benchmarks.goals import GOALS, Goal

TINY = Size(workers=200, rounds=1, seconds=0.1, rush=0.5, clients=8, holds=10, calendars=50, rows=20, entries=800,
            requests=(60, 120), city=0, flat=(100, 200))
#: takes the demo's first start, a minute
LEFT_OUT = {"start"}


def test_every_goal_is_measured_and_shown(new_database: Callable[[], str], tmp_path: Path) -> None:
    """Each subject runs through; the table, the file kept and the plot have a line for every goal."""
    found = run(new_database, TINY, tuple(SUBJECTS))
    assert {goal.name for goal in GOALS} - set(found) == LEFT_OUT
    assert found["hot deadlocks"] == found["hot overlaps"] == found["hot: failed"] == [0.0]
    assert found["hot: held"][0] > 0 and found["availability, queries"][0] > 0
    kept = report.write(tmp_path, "tiny", found, {})
    assert len(json.loads(kept.read_text())["goals"]) == len(GOALS) - len(LEFT_OUT)
    table, drawn = report.table(found), kept.with_suffix(".svg").read_text()
    assert "not measured" in table and all(goal.work in table for goal in GOALS)
    assert drawn.count("<circle") == len(GOALS) - len(LEFT_OUT)


@pytest.mark.parametrize(("least", "most", "rounds", "reached"), [
    (0.9, None, [0.2, 0.91, 2.0], True), (0.9, None, [0.89, 0.89, 2.0], False),
    (None, 60, [61.0, 59.0, 10.0], True), (None, 0, [0.0, 1.0, 1.0], False)])
def test_a_goal_is_reached_by_the_median_of_its_rounds(least: float | None, most: float | None, rounds: list[float],
                                                       reached: bool) -> None:
    """Not by the best round, nor missed by the worst."""
    assert Goal("x", "x", "", least=least, most=most).reached(rounds) is reached
