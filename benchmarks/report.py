"""How what was measured is shown: tables for a terminal, JSON to keep, a plot."""

import html
import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.goals import GOALS, Goal
from benchmarks.ground import Measured

ROW, LEFT, WIDE, TOP = 26, 470, 420, 48


def table(found: Measured) -> str:
    """Every goal; then what else was seen on the way."""
    lines = [["", "goal", "min", "median", "max", ""]]
    for goal in GOALS:
        rounds = found.get(goal.name)
        lines.append([goal.work, goal.says, *_three(rounds), _said(goal, rounds)])
    names = {goal.name for goal in GOALS}
    others = [[name, "", *_three(rounds), ""] for name, rounds in found.items() if name not in names]
    return _aligned([*lines, [""] * 6, *others])


def _three(rounds: Sequence[float] | None) -> list[str]:
    return [_number(each) for each in (min(rounds), median(rounds), max(rounds))] if rounds else ["–"] * 3


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _said(goal: Goal, rounds: Sequence[float] | None) -> str:
    if not rounds:
        return "not measured"
    return "reached" if goal.reached(rounds) else "SHORT"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(line[n]) for line in lines) for n in range(len(lines[0]))]
    return "\n".join("  ".join(cell + " " * (width - _width(cell)) if n == 0 or n == len(widths) - 1 else
                               " " * (width - _width(cell)) + cell
                               for n, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
                     for line in lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def write(folder: Path, name: str, found: Measured, about: Mapping[str, Any]) -> Path:
    """``<name>.json`` and ``<name>.svg``."""
    folder.mkdir(exist_ok=True)
    goals = [{"name": goal.name, "work": goal.work, "goal": goal.says, "rounds": _rounded(found[goal.name]),
              "min": min(found[goal.name]), "median": median(found[goal.name]), "max": max(found[goal.name]),
              "reached": goal.reached(found[goal.name])} for goal in GOALS if goal.name in found]
    names = {goal.name for goal in GOALS}
    others = {each: _rounded(rounds) for each, rounds in found.items() if each not in names}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**about, "goals": goals, "others": others}, ensure_ascii=False, indent=1) + "\n")
    path.with_suffix(".svg").write_text(plot(found, name))
    return path


def _rounded(rounds: Sequence[float]) -> list[float]:
    return [float(f"{each:.5g}") for each in rounds]


def plot(found: Measured, name: str) -> str:
    """A line a goal: how much of it was reached, least to most with the median; the goal is the line at 1."""
    shown = [goal for goal in GOALS if goal.name in found]
    title = f"{html.escape(name)}: how much of each goal, worst to best round"
    parts = [f'<text x="10" y="22" font-size="15">{title}</text>']
    for n, goal in enumerate(shown):
        shares = sorted(min(2.0, goal.share(value)) for value in found[goal.name])
        y, ok = TOP + n * ROW, goal.reached(found[goal.name])
        low, mid, high = (LEFT + WIDE * each / 2 for each in (shares[0], median(shares), shares[-1]))
        colour = "#2a7a4b" if ok else "#b3402a"
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 5}" text-anchor="end">{html.escape(goal.work)}</text>',
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="5"/>',
            f'<circle cx="{mid:.1f}" cy="{y}" r="5" fill="{colour}"/>',
            f'<text x="{LEFT + WIDE + 14}" y="{y + 5}">{_number(median(found[goal.name]))}'
            f' ({html.escape(goal.says)})</text>']
    bottom = TOP + len(shown) * ROW
    for share in (0, 0.5, 1, 1.5, 2):
        x, strong = LEFT + WIDE * share / 2, share == 1
        parts += [f'<line x1="{x}" x2="{x}" y1="{TOP - 14}" y2="{bottom - 8}" stroke="#888" '
                  f'stroke-width="{2 if strong else 0.5}"/>',
                  f'<text x="{x}" y="{bottom + 10}" text-anchor="middle">{share:g}{"+" if share == 2 else ""}</text>']
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE + 190}" height="{bottom + 24}" '
            f'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
            + "".join(parts) + "</svg>\n")
