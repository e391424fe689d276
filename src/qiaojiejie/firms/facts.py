"""What firms write in the ledger (subject ``firm:id``)."""

APPLIED = "firm.applied"
CHANGED = "firm.changed"
REVIEW_STARTED = "firm.review_started"
RETURNED = "firm.returned"
ACCEPTED = "firm.accepted"                    # {valid_until}: of the licence
SUSPENDED = "firm.suspended"
RESUMED = "firm.resumed"
CLOSED = "firm.closed"
BARRED = "firm.barred"
UNBARRED = "firm.unbarred"
RENEWAL_SUBMITTED = "firm.renewal_submitted"  # {renewal, valid_until}
RENEWAL_ACCEPTED = "firm.renewal_accepted"    # {renewal, valid_until}
RENEWAL_REFUSED = "firm.renewal_refused"      # {renewal, valid_until}
ANSWER_WINDOW_SET = "firm.answer_window_set"  # {service, minutes: or null}
