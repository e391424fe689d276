"""What mandates write in the ledger; subject ``mandate:id``. A booking made by one writes booking's own facts."""

GIVEN = "mandate.given"         # {household, org, role, how, consenter}
ENDED = "mandate.ended"         # {by: principal|agent|system}
BOOKED = "mandate.booked"       # {booking, undo_until}
UNDONE = "mandate.undone"       # {booking, refund}
