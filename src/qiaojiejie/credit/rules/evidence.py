"""One worker's evidence: which events count on a day, the row each order makes, and where she starts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from qiaojiejie.credit.rules.ruleset import PERMILLE, RULE, Event, clip, marks_of, sdiv

_MARKS, _FAULT = RULE["marks"], RULE["complaint"]


Key = tuple[int, str]


class Row(NamedTuple):
    """One order, or one thing apart from an order: its weight before decay, x by (seq, factor), and what blames."""

    t: int
    weight: int
    parts: dict[Key, int]
    household: str | None = None
    blame: int = 0
    blamed_by: Key = (0, "")


def in_use(events: Iterable[Event], as_of: int) -> list[Event]:
    """Events that count on a day: none later, none that an upheld appeal voids, no withdrawn paper; a complaint that
    was repaired or is worn out counts as dismissed."""
    seen = sorted((event for event in events if event["t"] <= as_of), key=lambda event: (event["t"], event["seq"]))
    void = {event["ref"] for event in seen if event["type"] == "appeal_upheld"}
    live = [event for event in seen if event["seq"] not in void]
    repaired = {event["ref"] for event in live if event["type"] == "credit_repair"}
    withdrawn = {event["document"] for event in live if event["type"] == "document_withdrawn"}
    return [{**event, "type": "complaint_dismissed"} if event["type"] == "complaint_substantiated" and (
        event["seq"] in repaired or _worn_out(event, as_of)) else event
        for event in live if event.get("document") not in withdrawn]


def _worn_out(complaint: Event, as_of: int) -> bool:
    return complaint["severity"] == 1 and as_of - complaint["t"] >= _FAULT["minor_out_of_use_days"]


def rows(events: list[Event], as_of: int, inputs: Mapping[str, Any]) -> list[Row]:
    """A worker's evidence from her events in use. ``inputs``: the calibration: {"tables", "raters", "firms"}."""
    done = {event["order"]: event for event in events if event["type"] == "order_completed"}
    rated = {event["order"]: event for event in events if event["type"] == "rating"}
    closed = {event["complaint"] for event in events if event["type"] == "complaint_dismissed"}
    settled = {event["complaint"] for event in events if event["type"] == "mediation" and event["outcome"] == "settled"}
    disputed = {event["order"] for event in events if event["type"] in ("complaint_opened", "complaint_substantiated")
                and event["complaint"] not in closed}
    upheld: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event["type"] == "complaint_substantiated":
            upheld[event["order"]].append(event)
    blame = {order: sum(_blame(event, settled) for event in found) for order, found in upheld.items()}
    again = _booked_again(list(done.values()))
    found = [_order_row(event, rated.get(order), as_of, inputs, order in again, order in disputed)
             for order, event in done.items()]
    found = [row._replace(blame=blame.get(order, 0), blamed_by=_blamer(upheld.get(order)))
             for row, order in zip(found, done, strict=True)]
    found += [Row(upheld[order][0]["t"], 0, {}, None, x, _blamer(upheld[order]))
              for order, x in blame.items() if order not in done]
    for event in events:
        if event["type"] == "no_show":
            found.append(Row(event["t"], 0, {}, None, RULE["no_show_x"], (event["seq"], "F15")))
        elif event["type"] == "cancel_worker":
            short = event["notice_h"] < RULE["cancel"]["short_hours"]
            found.append(Row(event["t"], 0, {}, None, RULE["cancel"]["x_short" if short else "x"],
                             (event["seq"], "F16")))
    return found


def _blamer(complaints: list[Event] | None) -> Key:
    return (min(event["seq"] for event in complaints), "F17") if complaints else (0, "")


def _blame(complaint: Event, settled: set[str]) -> int:
    x: int = _FAULT["x"][complaint["severity"] - 1]
    return sdiv(x * _FAULT["settled_permille"], PERMILLE) if complaint["complaint"] in settled else x


def _booked_again(orders: list[Event]) -> set[str]:
    by_household: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(orders, key=lambda event: (event["t"], event["k_worker"], event["order"])):
        by_household[event["household"]].append(event)
    return {one["order"] for found in by_household.values() for one, two in zip(found, found[1:], strict=False)
            if two["t"] - one["t"] <= RULE["rehire"]["days"]}


def _order_row(done: Event, rating: Event | None, as_of: int, inputs: Mapping[str, Any], again: bool,
               disputed: bool) -> Row:
    late, silent, weights, seq = done["punctuality"] == "late", RULE["silent"], RULE["repeat_weights"], done["seq"]
    parts: dict[Key, int] = {}
    cover, reliability = 0, PERMILLE
    if rating is not None:
        cover, (parts, reliability) = PERMILLE, _marks_parts(rating, inputs, late or disputed)
    elif as_of - done["t"] >= silent["days"]:
        cover, parts = silent["weight"], {(seq, "F12"): silent["x" if done["hh_n"] else "x_never_rated"]}
    if late:
        parts[seq, "F13"] = RULE["late_x"]
    if again:
        parts[seq, "F14"] = RULE["rehire"]["x"]
    own, others = done["k_worker"], max(0, done["k_firm"] - done["k_worker"])
    rater = inputs["raters"].get(done["household"], RULE["rater"]["new"])
    weight = (weights[min(own, 6)] * weights[min(others, 6)] * rater * cover * reliability) // PERMILLE ** 4
    return Row(done["t"], weight, parts, done["household"])


def _marks_parts(rating: Event, inputs: Mapping[str, Any], blamed: bool) -> tuple[dict[Key, int], int]:
    known, lenient, reliable, seq = inputs["tables"], RULE["leniency"], RULE["reliability"], rating["seq"]
    z = known.get(rating["category"], known["*"])["z"][marks_of(rating) - _MARKS["least"]]
    if not blamed:
        z = max(z, _MARKS["z_floor"])
    dev = sdiv(rating["hh_dev_milli"], rating["hh_n"] + lenient["shrink"])
    over = max(0, abs(dev) - reliable["from_dev"])
    return ({(seq, "F10"): z, (seq, "F11"): clip(-sdiv(dev * lenient["slope"], PERMILLE), lenient["most"])},
            max(reliable["least"], PERMILLE - over * reliable["slope"] // PERMILLE))


def prior(events: list[Event], as_of: int, firms: Mapping[str, int]) -> dict[str, int]:
    """Where she starts, by factor, in milli-sigma: certificate, award and firm together within ±900."""
    rule = RULE["prior"]
    level = max((event["level"] for event in events if event["type"] == "certificate" and in_date(event, as_of)),
                default=0)
    award = max((event["level"] for event in events if event["type"] == "award"), default=0)
    parts = {"F19": max(0, level - rule["certificate_neutral"]) * rule["certificate_step"],
             "F20": rule["award"][award], "F21": firms.get(firm_of(events), 0)}
    total = sum(parts.values())
    largest = max(parts, key=lambda code: (abs(parts[code]), code))
    parts[largest] += clip(total, rule["most"]) - total
    return {"F22": rule["x"], **parts}


def firm_of(events: Iterable[Event]) -> str:
    """The firm she works through: the one she joined last, else that of her last order; "" when neither is known."""
    return max(((event["type"] == "joined", event["t"], event["firm"]) for event in events
                if event["type"] in ("joined", "order_completed") and event["firm"]), default=(False, 0, ""))[2]


def in_date(paper: Event, as_of: int) -> bool:
    """Is a dated paper good on a day? One without ``valid_until`` is."""
    return paper.get("valid_until") is None or paper["valid_until"] >= as_of
