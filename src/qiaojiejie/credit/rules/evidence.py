"""One worker's evidence: which events count on a day, the row each order makes, and where she starts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, clip, marks_of, sdiv

Key = tuple[int, str]


class Row(NamedTuple):
    """One order, or one thing apart from an order: its weight before decay, x by (seq, factor), and what blames."""

    t: int
    weight: int
    parts: dict[Key, int]
    household: str | None = None
    blame: int = 0
    blamed_by: Key = (0, "")


def without_void(events: Iterable[Event]) -> list[Event]:
    """Events that no upheld appeal voids, in the order told. An upheld appeal itself is final: nothing voids it."""
    told = list(events)
    void = {event["ref"] for event in told if event["type"] == "appeal_upheld"}
    if not void:
        return told
    return [event for event in told if event["type"] == "appeal_upheld" or event["seq"] not in void]


def in_use(events: Iterable[Event], as_of: int, rule: RuleSet = V1) -> list[Event]:
    """Events that count on a day: none later, none that an upheld appeal voids, no withdrawn paper; a complaint that
    was repaired or is worn out counts as dismissed."""
    seen = sorted((event for event in events if event["t"] <= as_of), key=lambda event: (event["t"], event["seq"]))
    live = without_void(seen)
    repaired = {event["ref"] for event in live if event["type"] == "credit_repair"}
    withdrawn = {event["document"] for event in live if event["type"] == "document_withdrawn"}
    return [{**event, "type": "complaint_dismissed"} if event["type"] == "complaint_substantiated" and (
        event["seq"] in repaired or _worn_out(event, as_of, rule)) else event
        for event in live if event.get("document") not in withdrawn]


def _worn_out(complaint: Event, as_of: int, rule: RuleSet) -> bool:
    minor: int = rule.data["complaint"]["minor_out_of_use_days"]
    return complaint["severity"] == 1 and as_of - complaint["t"] >= minor


def rows(events: list[Event], as_of: int, inputs: Mapping[str, Any], rule: RuleSet = V1) -> list[Row]:
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
    blame = {order: sum(_blame(event, settled, rule) for event in found) for order, found in upheld.items()}
    again = _booked_again(list(done.values()), rule)
    found = [_order_row(event, rated.get(order), as_of, inputs, order in again, order in disputed, rule)
             for order, event in done.items()]
    found = [row._replace(blame=blame.get(order, 0), blamed_by=_blamer(upheld.get(order)))
             for row, order in zip(found, done, strict=True)]
    found += [Row(upheld[order][0]["t"], 0, {}, None, x, _blamer(upheld[order]))
              for order, x in blame.items() if order not in done]
    for event in events:
        if event["type"] == "no_show":
            found.append(Row(event["t"], 0, {}, None, rule.data["no_show_x"], (event["seq"], "F15")))
        elif event["type"] == "cancel_worker":
            short = event["notice_h"] < rule.data["cancel"]["short_hours"]
            found.append(Row(event["t"], 0, {}, None, rule.data["cancel"]["x_short" if short else "x"],
                             (event["seq"], "F16")))
    return found


def _blamer(complaints: list[Event] | None) -> Key:
    return (min(event["seq"] for event in complaints), "F17") if complaints else (0, "")


def _blame(complaint: Event, settled: set[str], rule: RuleSet) -> int:
    fault = rule.data["complaint"]
    x: int = fault["x"][complaint["severity"] - 1]
    return sdiv(x * fault["settled_permille"], PERMILLE) if complaint["complaint"] in settled else x


def _booked_again(orders: list[Event], rule: RuleSet) -> set[str]:
    by_household: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(orders, key=lambda event: (event["t"], event["k_worker"], event["seq"])):
        by_household[event["household"]].append(event)
    return {one["order"] for found in by_household.values() for one, two in zip(found, found[1:], strict=False)
            if two["t"] - one["t"] <= rule.data["rehire"]["days"]}


def _order_row(done: Event, rating: Event | None, as_of: int, inputs: Mapping[str, Any], again: bool,
               disputed: bool, rule: RuleSet) -> Row:
    data, seq, late = rule.data, done["seq"], done["punctuality"] == "late"
    silent, weights = data["silent"], data["repeat_weights"]
    parts: dict[Key, int] = {}
    cover, reliability = 0, PERMILLE
    if rating is not None:
        cover, (parts, reliability) = PERMILLE, _marks_parts(rating, inputs, late or disputed, rule)
    elif as_of - done["t"] >= silent["days"]:
        cover, parts = silent["weight"], {(seq, "F12"): silent["x" if done["hh_n"] else "x_never_rated"]}
    if late:
        parts[seq, "F13"] = data["late_x"]
    if again:
        parts[seq, "F14"] = data["rehire"]["x"]
    own, others = done["k_worker"], max(0, done["k_firm"] - done["k_worker"])
    rater = inputs["raters"].get(done["household"], data["rater"]["new"])
    weight = (weights[min(own, 6)] * weights[min(others, 6)] * rater * cover * reliability) // PERMILLE ** 4
    return Row(done["t"], weight, parts, done["household"])


def _marks_parts(rating: Event, inputs: Mapping[str, Any], blamed: bool, rule: RuleSet) -> tuple[dict[Key, int], int]:
    known, seq, marks = inputs["tables"], rating["seq"], rule.data["marks"]
    lenient, reliable = rule.data["leniency"], rule.data["reliability"]
    z = known.get(rating["category"], known["*"])["z"][marks_of(rating) - marks["least"]]
    if not blamed:
        z = max(z, marks["z_floor"])
    dev = sdiv(rating["hh_dev_milli"], rating["hh_n"] + lenient["shrink"])
    over = max(0, abs(dev) - reliable["from_dev"])
    return ({(seq, "F10"): z, (seq, "F11"): clip(-sdiv(dev * lenient["slope"], PERMILLE), lenient["most"])},
            max(reliable["least"], PERMILLE - over * reliable["slope"] // PERMILLE))


def prior(events: list[Event], as_of: int, firms: Mapping[str, int], rule: RuleSet = V1) -> dict[str, int]:
    """Where she starts, by factor, in milli-sigma: certificate, award and firm together within ±900."""
    known = rule.data["prior"]
    level = max((event["level"] for event in events if event["type"] == "certificate" and in_date(event, as_of)),
                default=0)
    award = max((event["level"] for event in events if event["type"] == "award"), default=0)
    parts = {"F19": max(0, level - known["certificate_neutral"]) * known["certificate_step"],
             "F20": known["award"][award], "F21": firms.get(firm_of(events), 0)}
    total = sum(parts.values())
    largest = max(parts, key=lambda code: (abs(parts[code]), code))
    parts[largest] += clip(total, known["most"]) - total
    return {"F22": known["x"], **parts}


def firm_of(events: Iterable[Event]) -> str:
    """The firm she works through: the one she joined last unless she left it; before any such fact, that of her last
    order; "" when there is none. Within a day the ledger's order decides."""
    told = sorted((event for event in events if event["type"] in ("joined", "left", "order_completed")),
                  key=lambda event: (event["t"], event["seq"]))
    moves = [event for event in told if event["type"] != "order_completed"]
    if not moves:
        return next((event["firm"] for event in reversed(told) if event["firm"]), "")
    now = ""
    for event in moves:
        firm = event.get("firm") or ""
        if event["type"] == "joined":
            now = firm
        elif firm in ("", now):
            now = ""
    return now


def in_date(paper: Event, as_of: int) -> bool:
    """Is a dated paper good on a day? One without ``valid_until`` is."""
    return paper.get("valid_until") is None or paper["valid_until"] >= as_of
