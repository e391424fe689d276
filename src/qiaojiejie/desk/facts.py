"""What the desk writes in the ledger; subject ``station:id``, each with {ticket, number, subject}."""

DRAWN = "desk.drawn"
CALLED = "desk.called"      # and {window}
SERVED = "desk.served"
ABSENT = "desk.absent"
LEFT = "desk.left"
