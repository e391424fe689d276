"""One worker's evidence: which events count on a day, the row each order makes, and where she starts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, clip, sdiv

Key = tuple[int, str]
_PLACE = itemgetter("t", "seq")
_VISIT = itemgetter("t", "k_worker", "seq")
_WHOLE = PERMILLE ** 4
_UNDONE = frozenset(("complaint_substantiated", "document_withdrawn"))
_MOVES = ("joined", "left", "order_completed")
_NO_BLAME: tuple[int, Key] = (0, (0, ""))


#: events by type, each type's in order of day and ledger
Kinds = Mapping[str, list[Event]]


class Row(NamedTuple):
    """One order, or one thing apart from an order: its weight before decay, x and what it is made of by (seq, factor),
    and what blames."""

    t: int
    weight: int
    x: int = 0
    parts: tuple[tuple[Key, int], ...] = ()
    household: str | None = None
    blame: int = 0
    blamed_by: Key = (0, "")


def in_order(events: Iterable[Event]) -> list[Event]:
    """By day, within a day by the ledger."""
    return sorted(events, key=_PLACE)


def by_type(events: Iterable[Event]) -> Kinds:
    """Events by type, each type's as told."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event["type"]].append(event)
    return found


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
    live = without_void(in_order(event for event in events if event["t"] <= as_of))
    if _UNDONE.isdisjoint([event["type"] for event in live]):
        return live
    repaired = {event["ref"] for event in live if event["type"] == "credit_repair"}
    withdrawn = {event["document"] for event in live if event["type"] == "document_withdrawn"}
    return [{**event, "type": "complaint_dismissed"} if event["type"] == "complaint_substantiated" and (
        event["seq"] in repaired or _worn_out(event, as_of, rule)) else event
        for event in live if event.get("document") not in withdrawn]


def _worn_out(complaint: Event, as_of: int, rule: RuleSet) -> bool:
    minor: int = rule.data["complaint"]["minor_out_of_use_days"]
    return complaint["severity"] == 1 and as_of - complaint["t"] >= minor


def rows(kinds: Kinds, as_of: int, inputs: Mapping[str, Any], rule: RuleSet = V1) -> list[Row]:
    """A worker's evidence from her events in use. ``inputs``: the calibration: {"tables", "raters", "firms"}."""
    done = {event["order"]: event for event in kinds["order_completed"]}
    rated = {event["order"]: event for event in kinds["rating"]}
    upheld: dict[str, list[Event]] = defaultdict(list)
    for event in kinds["complaint_substantiated"]:
        upheld[event["order"]].append(event)
    settled = {event["complaint"] for event in kinds["mediation"] if event["outcome"] == "settled"}
    blamed = {order: (sum(_blame(event, settled, rule) for event in found), (min(e["seq"] for e in found), "F17"))
              for order, found in upheld.items()}
    again, disputed = _booked_again(done.values(), rule), _disputed(kinds)
    found = [_order_row(event, rated.get(order), as_of, inputs, order in again, order in disputed,
                        blamed.get(order, _NO_BLAME), rule) for order, event in done.items()]
    found += [Row(upheld[order][0]["t"], 0, blame=blame, blamed_by=key)
              for order, (blame, key) in blamed.items() if order not in done]
    return found + _failures(kinds, rule)


def _disputed(kinds: Kinds) -> set[str]:
    closed = {event["complaint"] for event in kinds["complaint_dismissed"]}
    return {event["order"] for event in chain(kinds["complaint_opened"], kinds["complaint_substantiated"])
            if event["complaint"] not in closed}


def _failures(kinds: Kinds, rule: RuleSet) -> list[Row]:
    """No-shows and cancellations, each a row of its own."""
    cancel = rule.data["cancel"]
    found = [Row(event["t"], 0, blame=rule.data["no_show_x"], blamed_by=(event["seq"], "F15"))
             for event in kinds["no_show"]]
    return found + [Row(event["t"], 0, blame=cancel["x_short" if event["notice_h"] < cancel["short_hours"] else "x"],
                        blamed_by=(event["seq"], "F16")) for event in kinds["cancel_worker"]]


def _blame(complaint: Event, settled: set[str], rule: RuleSet) -> int:
    fault = rule.data["complaint"]
    x: int = fault["x"][complaint["severity"] - 1]
    return sdiv(x * fault["settled_permille"], PERMILLE) if complaint["complaint"] in settled else x


def _booked_again(orders: Iterable[Event], rule: RuleSet) -> set[str]:
    found, before = set(), dict[str, Event]()
    for event in sorted(orders, key=_VISIT):
        earlier = before.get(event["household"])
        if earlier is not None and event["t"] - earlier["t"] <= rule.data["rehire"]["days"]:
            found.add(earlier["order"])
        before[event["household"]] = event
    return found


def _order_row(done: Event, rating: Event | None, as_of: int, inputs: Mapping[str, Any], again: bool,
               disputed: bool, blame: tuple[int, Key], rule: RuleSet) -> Row:
    data, seq, late = rule.data, done["seq"], done["punctuality"] == "late"
    parts: tuple[tuple[Key, int], ...] = ()
    cover, reliability, x = 0, PERMILLE, 0
    if rating is not None:
        z, lenient, reliability = _marks(rating, inputs["tables"], late or disputed, rule)
        cover, x, place = PERMILLE, z + lenient, rating["seq"]
        parts = (((place, "F10"), z), ((place, "F11"), lenient)) if lenient else (((place, "F10"), z),)
    elif as_of - done["t"] >= data["silent"]["days"]:
        cover, x = data["silent"]["weight"], data["silent"]["x" if done["hh_n"] else "x_never_rated"]
        parts = (((seq, "F12"), x),)
    if late:
        parts, x = (*parts, ((seq, "F13"), data["late_x"])), x + data["late_x"]
    if again:
        parts, x = (*parts, ((seq, "F14"), data["rehire"]["x"])), x + data["rehire"]["x"]
    if not cover:
        return Row(done["t"], 0, x, parts, done["household"], *blame)
    rater = inputs["raters"].get(done["household"], data["rater"]["new"])
    weight = _repeated(done, data["repeat_weights"]) * rater * cover * reliability // _WHOLE
    return Row(done["t"], weight, x, parts, done["household"], *blame)


def _repeated(done: Event, weights: list[int]) -> int:
    """In millionths: less with each earlier order of the family with her, and with others of her firm."""
    own, firm, most = done["k_worker"], done["k_firm"], len(weights) - 1
    others = firm - own if firm > own else 0
    return weights[own if own < most else most] * weights[others if others < most else most]


def _marks(rating: Event, tables: Mapping[str, Any], blamed: bool, rule: RuleSet) -> tuple[int, int, int]:
    """What the marks are worth, the rater's correction, and how reliable they are in permille."""
    marks, deviation = rule.data["marks"], rating["hh_dev_milli"]
    z = (tables.get(rating["category"]) or tables["*"])["z"][sum(rating["aspects"]) - marks["least"]]
    if z < marks["z_floor"] and not blamed:
        z = marks["z_floor"]
    if not deviation:
        return z, 0, PERMILLE
    lenient, reliable = rule.data["leniency"], rule.data["reliability"]
    dev = sdiv(deviation, rating["hh_n"] + lenient["shrink"])
    correction = clip(-sdiv(dev * lenient["slope"], PERMILLE), lenient["most"])
    over = abs(dev) - reliable["from_dev"]
    return z, correction, PERMILLE if over <= 0 else max(
        reliable["least"], PERMILLE - over * reliable["slope"] // PERMILLE)


def prior(kinds: Kinds, as_of: int, firms: Mapping[str, int], rule: RuleSet = V1) -> dict[str, int]:
    """Where she starts, by factor, in milli-sigma: certificate, award and firm together within ±900."""
    known = rule.data["prior"]
    level = max((event["level"] for event in kinds["certificate"] if in_date(event, as_of)), default=0)
    award = max((event["level"] for event in kinds["award"]), default=0)
    parts = {"F19": max(0, level - known["certificate_neutral"]) * known["certificate_step"],
             "F20": known["award"][award], "F21": firms.get(_firm(kinds), 0) if firms else 0}
    total = sum(parts.values())
    largest = max(parts, key=lambda code: (abs(parts[code]), code))
    parts[largest] += clip(total, known["most"]) - total
    return {"F22": known["x"], **parts}


def firm_of(events: Iterable[Event]) -> str:
    """The firm she works through: the one she joined last unless she left it; before any such fact, that of her last
    order; "" when there is none. Within a day the ledger's order decides."""
    return _firm(by_type(in_order(event for event in events if event["type"] in _MOVES)))


def _firm(kinds: Kinds) -> str:
    now: str = ""
    if not kinds["joined"] and not kinds["left"]:
        return next((event["firm"] for event in reversed(kinds["order_completed"]) if event["firm"]), now)
    for event in in_order(chain(kinds["joined"], kinds["left"])):
        firm = event.get("firm") or ""
        if event["type"] == "joined":
            now = firm
        elif firm in ("", now):
            now = ""
    return now


def in_date(paper: Event, as_of: int) -> bool:
    """Is a dated paper good on a day? One without ``valid_until`` is."""
    return paper.get("valid_until") is None or paper["valid_until"] >= as_of
