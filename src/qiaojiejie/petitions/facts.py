"""What petitions write in the ledger (subject ``petition:id``).

Every entry's data holds {petition, kind, ground, refs: [ledger ids], worker?, firm?, household?, list_entry?}.
"""

OPENED = "petition.opened"
RETURNED = "petition.returned"
RESUBMITTED = "petition.resubmitted"
PROPOSED = "petition.proposed"      # {outcome}
SENT_BACK = "petition.sent_back"
DECIDED = "petition.decided"        # {outcome, reason, upheld: [ledger ids], days, effect: {before, without} or null}
WITHDRAWN = "petition.withdrawn"
