"""Rule v1: from events to a score and every point's reason. Pure; whole numbers only; standard library only.

Written out in docs/credit.md; its constants stand in rules_v1.json, published. An event is a plain mapping: ``seq``
(place in the ledger), ``t`` (day: whole days since 1970-01-01 in Asia/Shanghai), ``type``, and what the type needs of
``household, firm, category, order``, … Evidence ``x`` is in milli-sigma, weights are in permille of an order.
The weights are this product's own, not official ones.

``score`` is the whole rule for one worker; what it takes as calibration comes from ``monthly``.
"""

from qiaojiejie.credit.rules.evidence import firm_of
from qiaojiejie.credit.rules.monthly import contexts, firm_means, raters, tables
from qiaojiejie.credit.rules.ruleset import GRADES, PERMILLE, RULE, RULE_HASH, VERSION, Event, marks_of
from qiaojiejie.credit.rules.scoring import score, view

__all__ = ["GRADES", "PERMILLE", "RULE", "RULE_HASH", "VERSION", "Event", "contexts", "firm_means", "firm_of",
           "marks_of", "raters", "score", "tables", "view"]
