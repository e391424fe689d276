"""What standings write in the ledger (subject ``worker:id`` or ``firm:id``)."""

#: {score, grade, reasons: [{code, points}], neff, households, rule, as_of: day number, through: ledger id}
PUBLISHED = "credit.published"
FIRM_PUBLISHED = "credit.firm_published"  # the same of a firm
