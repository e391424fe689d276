"""Export lines of a made-up city for tests of the replay: three workers, two firms, six households."""

import random
from typing import Any

from hypothesis import strategies as st

DAY = 20_000
Line = dict[str, Any]
WORKERS, FIRMS = ("p_a", "p_b", "p_c"), ("f_x", "f_y")
HOUSEHOLDS = tuple(f"h_{n}" for n in range(6))
GRADES = ("AAA", "AA", "A", "B", "C", "D")
DATED = ("identity_verified", "background_check", "health_cert", "insurance")
OF_ORDER = ("order_completed", "rating", "no_show", "cancel_worker", "cancel_firm", "cancel_household",
            "complaint_opened", "complaint_answered", "complaint_substantiated", "complaint_dismissed", "mediation")
OF_WORKER = (*DATED, *OF_ORDER, "certificate", "award", "document_withdrawn", "joined", "left", "credit_repair",
             "blacklist_on", "blacklist_off", "honour_on", "honour_off", "sanction", "fall_noticed")
OF_FIRM = ("licence", "blacklist_on", "blacklist_off", "sanction", "blocked_worker_sent", "credit_repair")
ALL = [*(("p_", kind) for kind in OF_WORKER), *(("f_", kind) for kind in OF_FIRM), ("h_", "rater_restored")]


def event(chance: random.Random, kind: str, prefix: str) -> Line:
    """One event of a type, of a day of the last two years; its place in the ledger is not settled yet."""
    subject = chance.choice({"p_": WORKERS, "f_": FIRMS, "h_": HOUSEHOLDS}[prefix])
    household, number = chance.choice(HOUSEHOLDS), chance.randint(1, 12)
    firm = subject if prefix == "f_" else chance.choice(FIRMS)
    told: Line = {"type": kind, "t": DAY - chance.randint(0, 700), "subject": subject, "firm": firm,
                  "category": "cleaning", "order": f"o_{number}" if kind in OF_ORDER else None,
                  "household": household if kind in OF_ORDER or prefix == "h_" else None}
    more = {"background_check": {"result": chance.choice(["clear", "found"])},
            "certificate": {"level": chance.randint(1, 5)}, "award": {"level": chance.randint(1, 3)},
            "order_completed": {"punctuality": chance.choice(["late", "on_time"])},
            "rating": {"overall": 4, "aspects": [chance.randint(1, 5) for _ in range(5)]},
            "cancel_worker": {"notice_h": chance.choice([3, 24])},
            "complaint_answered": {"working_days": chance.randint(0, 9)},
            "complaint_substantiated": {"severity": chance.randint(1, 4)},
            "mediation": {"outcome": chance.choice(["settled", "failed", "refused"])},
            "sanction": {"level": chance.randint(1, 3), "until": DAY + chance.randint(-9, 9)},
            "credit_repair": {"ref": 10 * chance.randint(1, 20)},
            "fall_noticed": {"score": 712, "grade": chance.choice(GRADES), "reasons": [], "neff": 0,
                             "households": 0, "until": DAY + chance.randint(-9, 9)}}.get(kind, {})
    if kind in DATED or kind in ("certificate", "document_withdrawn", "licence"):
        more = {**more, "document": f"d_{chance.randint(1, 9)}"}
        if kind != "document_withdrawn":
            more["valid_until"] = chance.choice([None, DAY - 1, DAY, DAY + 40])
    if kind in ("complaint_opened", "complaint_answered", "complaint_substantiated", "complaint_dismissed",
                "mediation"):
        more = {**more, "complaint": f"c_{number}"}
    return {**told, **more}


def settle(told: list[Line]) -> list[Line]:
    """Lines in the order told, numbered; everybody is known from the first."""
    first = [{"type": "joined", "t": DAY - 720, "subject": worker, "firm": FIRMS[n % 2]}
             for n, worker in enumerate(WORKERS)]
    first += [{"type": "licence", "t": DAY - 720, "subject": firm, "firm": firm, "valid_until": None} for firm in FIRMS]
    return [{"seq": 10 * n, **line} for n, line in enumerate([*first, *told], 1)]


def lines(seed: int) -> list[Line]:
    """Lines of any types, mostly orders and what follows from them."""
    chance = random.Random(seed)
    kinds = [("p_", "order_completed")] * 12 + [("p_", "rating")] * 8 + ALL
    return settle([event(chance, kind, prefix) for prefix, kind in chance.choices(kinds, k=chance.randint(0, 16))])


seeds = st.integers(0, 2**32)
ledgers = seeds.map(lines)
