"""What households write in the ledger (subject ``household:id``)."""

OPENED = "household.opened"
