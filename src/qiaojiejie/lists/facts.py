"""What lists write in the ledger (subject ``worker:id`` or ``firm:id``).

Every entry's data holds {entry, kind, reason, urgent}.
"""

PROPOSED = "list.proposed"                        # {objection_until}
ENTERED = "list.entered"                          # {until}
REJECTED = "list.rejected"
WITHDRAWN = "list.withdrawn"
CORRECTION_PROPOSED = "list.correction_proposed"
CORRECTION_REFUSED = "list.correction_refused"
LEFT = "list.left"                                # {because: expiry|repair|objection|correction, entered: bool}
