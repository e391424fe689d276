"""What casework writes in the ledger (subject ``booking:id``).

Every entry's data holds {complaint, household, worker, firm, service, category, start}.
"""

OPENED = "complaint.opened"                # {kind}
ANSWERED = "complaint.answered"
SUBSTANTIATED = "complaint.substantiated"  # {severity 1–4}
DISMISSED = "complaint.dismissed"
MEDIATED = "complaint.mediated"          # {outcome: settled|failed|refused}
