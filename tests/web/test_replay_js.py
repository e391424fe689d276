"""The second implementation of the rule: what the browser makes of a ledger is what the platform makes, byte for byte.
One node process for many ledgers."""

import json
import random
from datetime import date
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from qiaojiejie.credit import replay, rules
from tests.credit.city import ALL, DAY, FIRMS, HOUSEHOLDS, WORKERS, Line, event, ledgers, settle
from tests.credit.test_rules import histories
from tests.web.conftest import Node

Case = dict[str, Any]
CATEGORIES = ("cleaning", "cooking", "constructor", "__proto__", "7")
V11 = rules.packaged()["v1.1"].data


def texts(standings: list[Line]) -> list[str]:
    """As the command writes them."""
    return [json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for each in standings]


def by_python(case: Case) -> list[str] | str:
    """What the platform's replay makes of it; "refused" when it is."""
    rule = case.get("rule")
    try:
        return texts(replay.run(case["lines"], as_of=case["asOf"], recalibrate=case.get("recalibrate", False),
                                rule=rules.load(rule) if rule else None, calibrations=case.get("calibrations")))
    except ValueError:
        return "refused"


def both(node: Node, cases: list[Case]) -> list[list[str] | str]:
    """What both make of each, which is the same."""
    said = node("""const { replay, text } = await import("./replay.js");
        say(given.cases.map(({ lines, ...how }) => {
          try { return replay(lines, { rules: given.rules, ...how }).map(text); }
          catch (refused) { if (refused instanceof TypeError) throw refused; return "refused"; }
        }));""", {"cases": cases, "rules": [rule.data for rule in rules.packaged().values()]})
    expected = [by_python(case) for case in cases]
    for case, one, other in zip(cases, said, expected, strict=True):
        assert one == other, json.dumps(case, ensure_ascii=False)
    return expected


def month(first: int, chance: random.Random, told: list[Line]) -> Line:
    """A published month of a ledger, with raters and firms of its own."""
    events = [line for line in told if line["type"] == "rating" and line["t"] < first]
    return {"seq": 10**6 + first, "t": first, "type": "calibration", "rule": "v1", "counts": {}, "subject": None,
            "month": date.fromordinal(replay.EPOCH + first).isoformat(),
            "tables": replay.calibrating.monthly_tables(events, first)[replay.calibrating.month_of(first)],
            "firms": {firm: chance.randint(-900, 900) for firm in FIRMS}, "market": chance.randint(-300, 300),
            "raters": {each: chance.choice([60, 250, 500, 999]) for each in HOUSEHOLDS if chance.random() < 0.6}}


def wherever_it_can_be_taken(told: list[Line], seed: int) -> list[Case]:
    """One ledger on several days, its calibration worked out and published, some of it appealed and shuffled."""
    chance = random.Random(seed)
    told = [{**line, "category": chance.choice(CATEGORIES)} if "order" in line else line for line in told]
    appealed = chance.sample(told, min(len(told), chance.randint(0, 3)))
    told = [*told, *({"seq": 10**5 + n, "t": DAY - chance.randint(0, 60), "type": "appeal_upheld",
                      "subject": line["subject"], "ref": line["seq"]} for n, line in enumerate(appealed))]
    published = [month(replay.calibrating.month_of(DAY - ago), chance, told) for ago in (0, 40)]
    chance.shuffle(told)
    last, early = max(line["t"] for line in told), DAY - chance.randint(1, 300)
    return [{"lines": told, "asOf": DAY}, {"lines": told, "asOf": last + 90}, {"lines": told, "asOf": early},
            {"lines": [*told, *published], "asOf": DAY}, {"lines": [*told, *published], "asOf": early},
            {"lines": [*told, *published], "asOf": DAY, "recalibrate": True},
            {"lines": told, "asOf": DAY, "calibrations": published[:1]}, {"lines": told, "asOf": DAY, "rule": V11}]


@st.composite
def cities(draw: st.DrawFn) -> list[Line]:
    """Some ledgers of the made-up city, and some of what the rule itself is tried on."""
    if draw(st.booleans()):
        return draw(ledgers)
    events = sorted(draw(histories()), key=lambda each: each["seq"])
    return settle([{"subject": "p_a", "firm": "f_x", **each, "seq": 1000 + 10 * each["seq"]} for each in events])


def test_the_browser_makes_of_any_ledger_what_the_platform_makes(node: Node) -> None:
    cases: list[Case] = []

    @settings(max_examples=100, phases=[Phase.generate], database=None)
    @given(cities(), st.integers(0, 2**32))
    def gather(told: list[Line], seed: int) -> None:
        cases.extend(wherever_it_can_be_taken(told, seed))

    gather()
    found = both(node, cases)
    assert len({json.dumps(each) for each in found}) > len(found) // 4
    assert "refused" not in found


def test_every_type_of_event_by_itself(node: Node) -> None:
    cases = []
    for seed, (prefix, kind) in enumerate(ALL * 2):
        chance = random.Random(seed)
        told = [event(chance, kind, prefix) for _ in range(4)] + [
            event(chance, each, "p_") for each in ("order_completed", "rating", "complaint_substantiated")]
        cases += wherever_it_can_be_taken(settle(told), seed)
    both(node, cases)


def market(seed: int, orders: int = 900) -> list[Line]:
    """Enough ratings for tables of their own; families that only praise, that only blame, and that come again."""
    chance = random.Random(seed)
    homes, told = [f"h_{n}" for n in range(40)], list[Line]()
    manner = {home: chance.choice([(5, 5), (5, 5), (1, 3), (3, 5), (4, 5)]) for home in homes}
    for n in range(orders):
        home, worker = chance.choice(homes), chance.choice(WORKERS)
        about = {"t": DAY - chance.randint(0, 700), "subject": worker, "firm": chance.choice([FIRMS[0], *FIRMS]),
                 "category": chance.choice(CATEGORIES), "order": f"o_{n}", "household": home}
        told.append({**about, "type": "order_completed", "punctuality": chance.choice(["on_time"] * 9 + ["late"]),
                     **chance.choice([{}, {"contract": True}, {"contract": chance.random() < 0.9}])})
        if chance.random() < 0.8:
            told.append({**about, "type": "rating", "aspects": [chance.randint(*manner[home]) for _ in range(5)]})
        if chance.random() < 0.05:
            told.append({**about, "type": "complaint_substantiated", "complaint": f"c_{n}",
                         "severity": chance.randint(1, 4)})
    chance.shuffle(told)
    return settle(told)


def test_a_market_with_tables_raters_and_firms_of_its_own(node: Node) -> None:
    found = both(node, [case for seed in range(2) for case in wherever_it_can_be_taken(market(seed), seed)])
    assert len({json.dumps(each) for each in found}) > 6
    told, contrary = market(0), V11["rater"]["contrary"]
    trusting = {**V11, "rater": {**V11["rater"], "contrary": {**contrary, "workers": {}}}}
    one, other = both(node, [{"lines": told, "asOf": DAY, "rule": rule} for rule in (V11, trusting)])
    assert one != other, "none stood alone against workers"


PRIZED = [{"type": kind, "result": "clear", "document": f"d_{kind}", "t": DAY - 400}
          for kind in ("identity_verified", "background_check", "health_cert", "insurance")]
FALL = {"type": "fall_noticed", "t": DAY - 15, "score": 840, "grade": "AAA", "neff": 1, "households": 1,
        "reasons": [{"code": "F10", "points": 40, "\u2028": "😀"}]}
GRAVE = [{"type": "complaint_substantiated", "t": DAY - ago, "order": "o_1", "complaint": "c_1", "severity": severity}
         for severity, days in ((1, 90), (2, 90), (3, 180), (4, 365)) for ago in (days - 1, days)]
#: what may happen to a worker whom everybody praises, on a day on which it just still counts, or just not any more
TWISTS: list[list[Line]] = [
    [], *([each] for each in GRAVE), *([each, {"type": "mediation", "complaint": "c_1", "outcome": "settled",
                                               "order": "o_1"}] for each in GRAVE),
    *([each, {**FALL, "until": DAY + wait}] for each in GRAVE for wait in (0, 1)),
    *([{"type": "no_show"}] * count + [{**FALL, "until": DAY + wait}] for count in (2, 9) for wait in (0, 1, 2)),
    [{"type": "background_check", "result": "found"}],
    [{"type": "background_check", "result": "found"}, {"type": "background_check", "result": "clear"}],
    [{"type": "health_cert", "valid_until": DAY}], [{"type": "document_withdrawn", "document": "d_health_cert"}],
    [{"type": "document_withdrawn", "document": "d_health_cert"}, {"type": "health_cert", "valid_until": DAY}],
    [{"type": "left", "firm": None}], [{"type": "left", "firm": "f_y"}], [{"type": "left", "firm": "f_x"}],
    [{"type": "joined", "firm": "f_y"}, {"type": "left", "firm": "f_x"}],
    *([{"type": "certificate", "level": level}, {"type": "award", "level": award}] for level in (3, 5)
      for award in (1, 3)),
    [{"type": "cancel_firm", "t": DAY - 365}], [{"type": "cancel_firm", "firm": None}] * 2,
    *([{"type": "complaint_answered", "complaint": "c_9", "working_days": days}] for days in (3, 4)),
    [{"type": "mediation", "complaint": "c_9", "outcome": "refused", "t": DAY - 365}],
    *([{"type": "complaint_opened", "complaint": "c_9", "order": f"o_{n}"}] for n in (1, 2)),
    [{"type": "blacklist_on"}, {"type": "blacklist_off"}], [{"type": "sanction", "level": 2, "until": DAY}],
    [{"type": "credit_repair", "ref": 1}]]


def praised(count: int, twist: list[Line], contracts: int) -> list[Line]:
    """A worker with so many orders of as many families, all fives, and what happened to her besides."""
    about = {"subject": "p_a", "firm": "f_x", "category": "cleaning", "t": DAY - 29}
    told: list[Line] = [{"type": "joined"}, *PRIZED]
    for n in range(count):
        told.append({"type": "order_completed", "household": f"h_{n}", "order": f"o_{n}", "punctuality": "on_time",
                     **({"contract": n < contracts} if contracts else {})})
        told.append({"type": "rating", "household": f"h_{n}", "order": f"o_{n}", "aspects": [5] * 5})
    return [{"seq": n, "order": None, **about, **each} for n, each in enumerate([*told, *twist], 10)]


def test_the_day_on_which_something_just_counts_and_the_day_after(node: Node) -> None:
    known: Line = {"month": "2024-09-01", "tables": rules.tables({}), "market": -40, "firms": {"f_x": 450, "f_y": -300}}
    cases = []
    for twist in TWISTS:
        for count, weight in ((12, 1000), (8, 750), (4, 750), (2, 500)):
            told = praised(count, twist, 0)
            cases += [{"lines": told, "asOf": day, "calibrations": [{
                **known, "raters": {f"h_{n}": weight for n in range(count)}}]} for day in (DAY, DAY + 1)]
    found = both(node, cases)
    assert {json.loads(each[-1])["grade"] for each in found} == {"AAA", "AA", "A", "B", "C", "D"}


def test_a_firms_year_its_contracts_and_its_cancelled_orders(node: Node) -> None:
    cases = []
    for written in (0, 113, 114, 120):  # 95 in a hundred of 120 are 114
        for old in (0, 30):
            told = praised(120, [{"type": "cancel_firm"}] * 5, written)
            told = [{**each, "t": DAY - 365 - (n % 2)} if each.get("order") in {f"o_{m}" for m in range(old)} else each
                    for n, each in enumerate(told)]
            cases += [{"lines": told, "asOf": day} for day in (DAY, DAY + 1)]
    assert len({each[0] for each in both(node, cases)}) > 4


def test_what_a_month_knew_of_families(node: Node) -> None:
    """Two hundred ratings make a table; who only gives fives weighs less, who nearly does not; a family whose only
    order was voided before the month is new, one voided since is not."""
    about = {"firm": "f_x", "category": "cleaning", "t": DAY - 60}
    told: list[Line] = []
    for n in range(200):
        order = {**about, "subject": WORKERS[n // 9 % 3], "order": f"o_{n}", "household": f"h_{n % 9}"}
        marks = [5, 5, 5, 5, 5 if n % 9 < 3 else 4 if n % 9 < 6 else 1]
        told += [{**order, "type": "order_completed", "punctuality": "on_time"},
                 {**order, "type": "rating", "aspects": marks}]
    order = {**about, "type": "order_completed", "punctuality": "on_time", "subject": "p_b", "household": "h_x"}
    extra = [{**about, "type": "rating", "subject": "p_c", "category": "cooking", "order": "o_z", "household": "h_z",
              "aspects": [1] * 5}, {**order, "order": "o_x"}, {**order, "t": DAY - 20, "order": "o_y"}]
    told = settle([*told, *extra])
    voided = [{"seq": 10**5, "t": DAY - ago, "type": "appeal_upheld", "subject": "p_b", "ref": told[-2]["seq"]}
              for ago in (50, 1)]
    published = {"month": date.fromordinal(replay.EPOCH + DAY - 30).isoformat(), "tables": rules.tables({}),
                 "raters": {}, "firms": {}, "market": 0}
    both(node, [{"lines": lines, "asOf": DAY, **more} for lines in (told, told[:-4], [*told, voided[0]], [
        *told, voided[1]]) for more in ({}, {"calibrations": [published]})])


def test_a_rule_that_was_adopted_and_numbers_past_what_a_double_holds(node: Node) -> None:
    other = {**rules.V1.data, "version": "v9", "slow_k": 77, "fast_k": 777_777, "fast_share": 1,
             "score": {"centre": 812, "slope": 249, "most": 900}, "sanction": [0, 7, 70, 700]}
    other["decay"] = {**other["decay"], "step_days": 7, "fast_half_days": 60}
    adopted = [{"seq": 7, "t": DAY - 9, "type": "rule_activation", "version": "v1", "hash": rules.V1.hash, "from": DAY},
               {"seq": 8, "t": DAY - 9, "type": "rule_activation", "version": "v9", "hash": "0", "from": DAY + 1}]
    cases = [{"lines": [*market(9), *adopted], "asOf": day, **more} for day in (DAY, DAY + 1)
             for more in ({}, {"rule": other})]
    found = both(node, cases)
    assert [each == "refused" for each in found] == [False, False, True, False]
    assert found[0] != found[1]


BAD = [
    "{", "[1]", '{"seq":1.5,"t":1,"type":"x"}', '{"seq":"2","t":1,"type":"x"}', '{"seq":2,"t":true,"type":"x"}',
    '{"seq":10,"t":1,"type":"x"}', '{"seq":2,"t":1,"type":"no_show"}',
    '{"seq":2,"t":1,"type":"award","subject":"p_a","level":4}',
    '{"seq":2,"t":1,"type":"award","subject":"p_a","salt":"00"}',
    '{"seq":2,"t":1,"type":"rating","subject":"p_a","household":"h","firm":"f","category":"c","order":"o",'
    '"aspects":[5,5,5,5,6]}']


def test_a_bad_line_is_refused_by_both_and_one_whose_opening_was_deleted_by_neither(node: Node) -> None:
    first, closed = json.dumps(settle([])[0]), '{"seq":2,"t":1,"type":"award","subject":"p_a","n":9,"index":9}'
    found = both(node, [{"lines": [first, line], "asOf": DAY} for line in (*BAD, closed)])
    assert found == ["refused"] * len(BAD) + [by_python({"lines": [first], "asOf": DAY})]
