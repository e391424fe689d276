"""What booking writes in the ledger (subject ``booking:id``).

Every entry's data holds {household, worker, firm, service, category}; what a fact adds stands beside it.
"""

HELD = "booking.held"                                # {start, end, total, expires_at}
CONFIRMED = "booking.confirmed"                      # {paid}
EXPIRED = "booking.expired"
CANCELLED = "booking.cancelled"                      # {by: household|worker, notice_minutes, fee, refund}
DECLINED = "booking.declined"                        # {by: firm, notice_minutes, fee: 0, refund, reason}
CHECKED_IN = "booking.checked_in"                    # {late_minutes}
CHECKED_OUT = "booking.checked_out"                  # {minutes}
COMPLETED = "booking.completed"                      # {by: household|system, start, late_minutes, total}
WORKER_ABSENT = "booking.worker_absent"              # {start, fee: 0, refund}
HOUSEHOLD_ABSENT = "booking.household_absent"        # {start, fee, refund}
