"""The rule: from events to a score and every point's reason. Pure; whole numbers only; standard library only.

Written out in docs/credit.md; a version's constants stand in rules_v*.json, published. Every function takes the
version as ``rule``. An event is a plain mapping: ``seq`` (place in the ledger), ``t`` (day: whole days since
1970-01-01 in Asia/Shanghai), ``type``, and what the type needs of ``household, firm, category, order``, … Types the
rule does not know have no effect. Evidence ``x`` is in milli-sigma, weights are in permille of an order.
The weights are this product's own, not official ones.

``score`` is the whole rule for one worker; what it takes as calibration comes from ``monthly``.
"""

from qiaojiejie.credit.rules.alarm import alarm
from qiaojiejie.credit.rules.evidence import firm_of, in_use, without_void
from qiaojiejie.credit.rules.firms import score_firm
from qiaojiejie.credit.rules.lines import BadLine
from qiaojiejie.credit.rules.monthly import contexts, firm_means, raters, tables
from qiaojiejie.credit.rules.repair import displayed, out_of_use_from, repairable_from
from qiaojiejie.credit.rules.ruleset import PERMILLE, V1, Event, RuleSet, load, marks_of, packaged
from qiaojiejie.credit.rules.scoring import score, view
from qiaojiejie.credit.rules.shown import is_fall, notice_in_force, shown
from qiaojiejie.credit.rules.steps import what_if

RULE, RULE_HASH, VERSION, GRADES = V1.data, V1.hash, V1.version, V1.grades

__all__ = ["BadLine", "GRADES", "PERMILLE", "RULE", "RULE_HASH", "V1", "VERSION", "Event", "RuleSet", "alarm",
           "contexts", "displayed", "firm_means", "firm_of", "in_use", "is_fall", "load", "marks_of", "notice_in_force",
           "out_of_use_from", "packaged", "raters", "repairable_from", "score", "score_firm", "shown", "tables", "view",
           "what_if", "without_void"]
