"""What substitutions writes in the ledger (subject ``booking:id``).

Every entry's data holds {substitution, worker: who was to come, firm, reason}.
"""

OFFERED = "substitution.offered"        # {offered: [workers], until}; again for those added later
HASTENED = "substitution.hastened"      # {by: system, until}: the booking begins earlier, it is answered sooner
DROPPED = "substitution.dropped"        # {offered: [worker]}: she can't come any more
TAKEN = "substitution.taken"            # {by: household, taken: worker}
REFUSED = "substitution.refused"        # {by: household}
LAPSED = "substitution.lapsed"          # {by: system}: no answer in time
WITHDRAWN = "substitution.withdrawn"    # {by: firm}: she comes after all
CLOSED = "substitution.closed"          # {by: system}: the booking went another way
