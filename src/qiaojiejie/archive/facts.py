"""What the archive writes in the ledger (subject ``archive:2023-11``)."""

MONTH_WRITTEN = "archive.month_written"      # {part, bookings, rows, sha256}
