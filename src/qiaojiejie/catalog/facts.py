"""What the catalogue writes in the ledger (subject ``fee_rule:id``; the actor is the officer).

Each with {line, firm, service, from, before}: null firm or service means all; ``before`` is what would have been
charged on that day, {rule, permille, fixed_fen}, or null.
"""

FEE_RULE_SET = "catalog.fee_rule_set"        # {permille, fixed_fen, until}
FEE_RULE_ENDED = "catalog.fee_rule_ended"    # {after: what is charged from then on, as ``before``}
