"""What the jobs wall writes in the ledger."""

#: subject ``opening:id``
POSTED = "opening.posted"          # {firm, station, places}
CLOSED = "opening.closed"          # {filled}

#: subject ``account:id`` of who looks for work; each with {opening, application}
APPLIED = "job.applied"            # {via, station}
REFUSED = "job.refused"            # {}
WITHDRAWN = "job.withdrawn"        # {}
PLACED = "job.placed"              # {on}
CONFIRMED = "job.confirmed"        # {}
DENIED = "job.denied"              # {}
