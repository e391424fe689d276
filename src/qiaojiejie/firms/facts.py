"""What firms write in the ledger (subject ``firm:id``)."""

APPLIED = "firm.applied"
CHANGED = "firm.changed"
REVIEW_STARTED = "firm.review_started"
RETURNED = "firm.returned"
ACCEPTED = "firm.accepted"
SUSPENDED = "firm.suspended"
RESUMED = "firm.resumed"
