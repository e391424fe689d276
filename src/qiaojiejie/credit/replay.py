"""Every published score again, from the exported ledger alone: standard library only, no database, no clock.

    python -m qiaojiejie.credit.replay --as-of 2026-11-24 < ledger.jsonl > standings.jsonl

Input: export lines of the public log. Output: one line of canonical JSON a subject, workers (p_…) and firms (f_…).
"""

import argparse
import gc
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from qiaojiejie.credit import rules
from qiaojiejie.credit.rules import calibrating, lines as ledger
from qiaojiejie.credit.rules.ruleset import PERMILLE

EPOCH = date(1970, 1, 1).toordinal()
OF_FIRM = frozenset({"cancel_firm", "complaint_opened", "complaint_answered", "complaint_substantiated",
                     "complaint_dismissed", "mediation"})
Line = dict[str, Any]
Said = str | bytes | Mapping[str, Any]


class Told(NamedTuple):
    """What the ledger says up to a day: events by whom they are about, those that an upheld appeal voids left out.

    ``households``: orders and ratings by household; ``voided``: what is left out, and the day of its appeal.
    """

    workers: dict[str, list[Line]]
    firms: dict[str, list[Line]]
    households: dict[str, list[Line]]
    restored: list[Line]
    orders: list[Line]
    voided: list[tuple[Line, int]]
    calibrations: list[Line]
    activations: list[Line]


def run(lines: Iterable[Said], *, as_of: int, calibrations: Sequence[Mapping[str, Any]] | None = None,
        rule: rules.RuleSet | None = None, recalibrate: bool = False) -> list[dict[str, Any]]:
    """Everybody's standing on a day as it is shown: [{subject, score, grade, reasons, neff, households}] by subject.

    ``calibrations``: to be used instead of those in the ledger. ``recalibrate``: use none of them, work them out of
    the ledger, as is done where there are none. ``rule``: instead of the one the ledger says is in force.
    Raises rules.BadLine for a line no ledger holds, ValueError for a rule that is not at hand.
    """
    told = _told(ledger.read(lines), as_of)
    chosen = rule or in_force(told.activations, as_of)
    published = {} if recalibrate else _by_month(told.calibrations if calibrations is None else calibrations)
    inputs = _inputs(told, published, as_of, chosen)
    found, staff = {}, defaultdict(list)
    for key, events in told.workers.items():
        standing = rules.score(events, as_of=as_of, inputs=inputs, rule=chosen, detail=False)
        found[key] = rules.shown(standing, events, as_of, chosen)
        staff[rules.firm_of(events)].append(standing)
    since, done = as_of - chosen.data["firm"]["within_days"], Counter[str]()
    for order in told.orders:
        done[order["firm"]] += order["t"] >= since
    for key, events in told.firms.items():
        standing = rules.score_firm(events, as_of=as_of, staff=staff[key], orders=done[key], market=inputs["market"],
                                    rule=chosen)
        found[key] = rules.shown(standing, [], as_of, chosen)
    return [{"subject": key, **found[key]} for key in sorted(found)]


def _told(lines: Iterable[Line], as_of: int) -> Told:
    told = Told(defaultdict(list), defaultdict(list), defaultdict(list), [], [], [], [], [])
    known: list[Line] = []
    appeals: dict[int, int] = {}
    for line in lines:
        kind = line["type"]
        if kind == "calibration":
            told.calibrations.append(line)
        elif line["t"] <= as_of:
            (told.activations if kind == "rule_activation" else known).append(line)
            if kind == "appeal_upheld":
                appeals[line["ref"]] = min(line["t"], appeals.get(line["ref"], as_of))
    known.sort(key=itemgetter("seq"))
    for line in known:
        about = _about(line, told)
        if line["seq"] in appeals and line["type"] != "appeal_upheld":
            told.voided.append((line, appeals[line["seq"]]))
        else:
            _take(line, about, told)
    return told


def _about(line: Line, told: Told) -> list[Line]:
    """The events of whom a line is about. Worker and firm are known from now on, even if nothing is taken in."""
    key, firm = line["subject"], line.get("firm")
    if firm:
        told.firms[firm]
    if key.startswith(ledger.FIRM):
        return told.firms[key]
    if key.startswith(ledger.HOUSEHOLD):
        return told.restored
    line["worker"] = key
    return told.workers[key]


def _take(line: Line, about: list[Line], told: Told) -> None:
    kind = line["type"]
    about.append(line)
    if kind == "order_completed":
        told.orders.append(line)
        told.households[line["household"]].append(line)
    elif kind == "rating":
        told.households[line["household"]].append(line)
    if "worker" in line and line.get("firm") and (kind in OF_FIRM or "contract" in line):
        told.firms[line["firm"]].append(line)


def in_force(activations: Iterable[Line], as_of: int) -> rules.RuleSet:
    """The rule in force on a day by what the ledger says, v1 before it says any. Raises ValueError when it is not at
    hand, or not the one whose hash the ledger holds."""
    newest = max((line for line in activations if line["from"] <= as_of), default=None,
                 key=lambda line: (line["from"], line["seq"]))
    if newest is None:
        return rules.V1
    rule = rules.packaged().get(newest["version"])
    if rule is None or rule.hash != newest["hash"]:
        raise ValueError(f"rule {newest['version']} with hash {newest['hash']} is in force and not at hand: "
                         "get it from /api/v1/credit/rules and give it by --rule FILE")
    return rule


def _by_month(calibrations: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return {date.fromisoformat(each["month"]).toordinal() - EPOCH: each for each in calibrations}


def _inputs(told: Told, published: Mapping[int, Mapping[str, Any]], as_of: int,
            rule: rules.RuleSet) -> dict[str, Any]:
    """The calibration in force on a day, published or worked out; with it the neutral facts go into the events."""
    if published:
        _set_contexts(told, {month: each["tables"] for month, each in published.items()}, rule)
        month = max((month for month in published if month <= as_of), default=None)
        if month is None:
            return {"tables": rules.tables({}, rule), "raters": {}, "firms": {}, "market": 0}
        newest = published[month]
        return {**newest, "raters": {**dict.fromkeys(_had_ordered(told, month), PERMILLE), **newest["raters"]}}
    events = [event for events in told.workers.values() for event in events]
    worth = calibrating.monthly_tables(events, as_of, rule)
    _set_contexts(told, worth, rule)
    month = calibrating.month_of(as_of)
    return calibrating.calibrate(told.workers.values(), told.restored, as_of=month, worth=worth[month], rule=rule)


def _had_ordered(told: Told, month: int) -> set[str]:
    """Households whose weight a month's calibration knows: with a completed order that then stood. Where none is
    published it is whole."""
    voided = [line for line, day in told.voided if line["type"] == "order_completed" and day >= month]
    return {line["household"] for line in (*told.orders, *voided) if line["t"] < month}


def _set_contexts(told: Told, months: Mapping[int, calibrating.Tables], rule: rules.RuleSet) -> None:
    mean = calibrating.mean_of(months, rule)
    for events in told.households.values():
        context = rules.contexts(events, mean)
        for event in events:
            event.update(context[event["seq"]])


def _day(said: str) -> int:
    return int(said) if said.lstrip("-").isdigit() else date.fromisoformat(said).toordinal() - EPOCH


def _rule(said: str) -> rules.RuleSet:
    known = rules.packaged().get(said)
    return known or rules.load(json.loads(Path(said).read_text("utf-8")))


def _calibrations(path: str) -> list[Mapping[str, Any]]:
    """One calibration, a list of them, or one a line."""
    text = Path(path).read_text("utf-8")
    try:
        found = json.loads(text)
    except ValueError:
        found = [json.loads(line) for line in text.splitlines()]
    return found if isinstance(found, list) else [found]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 2 with the reason when something is refused."""
    parser = argparse.ArgumentParser(prog="python -m qiaojiejie.credit.replay", description=__doc__.split("\n")[0])
    parser.add_argument("--as-of", required=True, type=_day, metavar="DAY", help="a date, or days since 1970-01-01")
    parser.add_argument("--calibration", metavar="FILE", help="published calibrations instead of the ledger's")
    parser.add_argument("--rule", metavar="VERSION|FILE", help="instead of the rule that the ledger says is in force")
    parser.add_argument("--recalibrate", action="store_true", help="work the calibration out of the ledger")
    asked = parser.parse_args(arguments)
    gc.disable()  # what a ledger says holds no cycles; looking for them takes a fifth of the time
    try:
        standings = run(sys.stdin.buffer, as_of=asked.as_of, rule=asked.rule and _rule(asked.rule),
                        calibrations=_calibrations(asked.calibration) if asked.calibration else None,
                        recalibrate=asked.recalibrate)
    except (ValueError, OSError) as refused:
        print(refused, file=sys.stderr)
        return 2
    for standing in standings:
        line = json.dumps(standing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sys.stdout.buffer.write(line.encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
