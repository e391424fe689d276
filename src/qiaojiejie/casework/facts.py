"""What casework writes in the ledger (subject ``booking:id``).

Every entry's data holds {complaint, household, worker, firm, service, category, start}.
"""

OPENED = "complaint.opened"                # {kind}
#: the three below: {working_days: from the opening to the answer}, or decided without one {unanswered_days}
ANSWERED = "complaint.answered"
SUBSTANTIATED = "complaint.substantiated"  # {severity 1–4}
DISMISSED = "complaint.dismissed"
MEDIATED = "complaint.mediated"            # {outcome: settled|failed|refused}
REOPENED = "complaint.reopened"            # by the federation, on the family's appeal
OVERTURNED = "complaint.overturned"        # by the federation, on the worker's or firm's appeal
