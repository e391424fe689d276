"""What changes write in the ledger (subject ``booking:id``).

Every entry's data holds {change, kind: reschedule|extension, asked_by: household|worker|firm, start, end, difference}.
"""

ASKED = "change.asked"              # the other side is to agree
AGREED = "change.agreed"            # {by}; ``difference`` fen are to be paid until {expires_at}
REFUSED = "change.refused"          # {by}
WITHDRAWN = "change.withdrawn"      # {by}
LAPSED = "change.lapsed"            # nobody agreed, or paid, in time; or the booking is past it
