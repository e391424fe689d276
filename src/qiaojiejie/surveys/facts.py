"""What surveys write in the ledger (subject ``survey:id``). Who answered what is in no ledger."""

DRAFTED = "survey.drafted"      # {code, year, audience, commitment}
OPENED = "survey.opened"        # {frame, drawn}
CLOSED = "survey.closed"        # {invited, answered, seed}
DROPPED = "survey.dropped"      # {}
REMINDED = "survey.reminded"    # {count}
HANDED = "survey.link_handed"   # {number}
