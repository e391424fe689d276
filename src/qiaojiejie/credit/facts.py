"""What credit writes in the ledger (subject ``worker:id``)."""

PUBLISHED = "credit.published"  # {score, grade, rule, through: ledger id}
