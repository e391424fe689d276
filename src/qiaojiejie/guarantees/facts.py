"""What guarantees writes in the ledger (subject ``booking:id``); every entry's data holds {worker, firm}."""

SOUGHT = "guarantee.sought"          # {by: household|firm, reason, until}
OFFERED = "guarantee.offered"        # {offered: [workers], begins_on, until}
DROPPED = "guarantee.dropped"        # {offered: [worker]}: she can't come any more
TAKEN = "guarantee.taken"            # {by: household, taken: worker, begins_on, days: left}
REFUSED = "guarantee.refused"        # {by: household}: it ends, only days worked are paid
LAPSED = "guarantee.lapsed"          # {by: system}: nobody was taken in time
KEPT = "guarantee.kept"              # {by: system}: the trial is over
CLOSED = "guarantee.closed"          # {by: system}: the engagement came to its end
