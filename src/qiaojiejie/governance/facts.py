"""What governance writes in the ledger (subject ``rule_proposal:id`` or ``rule_rollback:id``).

Every entry's data holds {version, hash}.
"""

DRAFTED = "rule.drafted"
SHADOW_ASKED = "rule.shadow_asked"
SHADOWED = "rule.shadowed"                      # {as_of: day number, sha256}
NOTICED = "rule.noticed"                        # {from: day number, shadow: SHA-256 of the tables}
WITHDRAWN = "rule.withdrawn"
IN_FORCE = "rule.entered_into_force"
ROLLBACK_PROPOSED = "rule.rollback_proposed"    # {replaces}
ROLLBACK_WITHDRAWN = "rule.rollback_withdrawn"  # {replaces}
ROLLED_BACK = "rule.rolled_back"                # {replaces}
