"""What casework writes in the ledger (subject ``booking:id``).

Every entry's data holds {complaint, household, worker, firm, category}.
"""

OPENED = "complaint.opened"
ANSWERED = "complaint.answered"
SUBSTANTIATED = "complaint.substantiated"  # {severity 1–4}
DISMISSED = "complaint.dismissed"
