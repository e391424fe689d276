"""What door cards write in the ledger (subject ``worker:id``)."""

SCANNED = "door.scanned"          # {scan, colour, match, booking}
GRANTED = "door.granted"          # {grant, household, fields, until}
REVOKED = "door.grant_revoked"    # {grant}
