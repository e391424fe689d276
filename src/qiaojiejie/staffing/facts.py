"""What staffing writes in the ledger (subject ``firm:id``)."""

FINISHED = "staff_import.finished"  # {import, added, updated, unchanged, rejected}
