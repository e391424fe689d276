"""What series write in the ledger (subject ``series:id``).

Every entry's data holds {household, worker, firm, service, visits: how many it is about, first: when the first of these
begins}; ``days`` are days of the rule. Each visit's own facts are its booking's. Money is in fen.
"""

OPENED = "series.opened"                # {total: of a visit, skipped: how many are left out from the outset}
CONFIRMED = "series.confirmed"          # the first visit was paid
LET_GO = "series.let_go"                # it was not
SKIPPED = "series.skipped"              # {days, refund}
LAPSED = "series.lapsed"                # {days}: asked of a holiday, the family said nothing
KEPT = "series.kept"                    # {days}: asked of a holiday, the family wants the visit
RESTORED = "series.restored"            # {days}
MOVED = "series.moved"                  # {days, was: when the first of these was to begin}
RESEATED = "series.reseated"            # {days, was: the worker before, total: of a visit}
VISIT_EXPIRED = "series.visit_expired"  # {days}: not paid a day before; the rest stands
TURNED_DOWN = "series.visit_turned_down"  # {days, by: worker|firm}: unpaid; the rest stands
CANCELLED = "series.cancelled"          # {days, fee, refund}
ENDED = "series.ended"                  # {days, fee, refund}: none is left ahead
FINISHED = "series.finished"            # {days}: the last of these is over, and none can be brought back
