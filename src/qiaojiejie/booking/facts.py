"""What booking writes in the ledger (subject ``booking:id``).

Every entry's data holds {household, worker, firm, service, category, start}; what a fact adds stands beside it. Money
is in fen; ``fee + refund`` is what was paid. ``notice_minutes`` is negative after the start. ``barred``: worker
or firm stood on the block list then, and is not to be blamed for giving it back. ``paid``, ``refund`` of another time:
what more came for it, or goes back because it costs less.
"""

HELD = "booking.held"                                # {end, total, expires_at}
CONFIRMED = "booking.confirmed"                      # {paid: all of it, or its deposit}: it stands at once
ASKED = "booking.asked"                              # {paid: all of it, or its deposit; answer_by}: the firm answers
ACCEPTED = "booking.accepted"                        # {by: firm}
LAPSED = "booking.lapsed"                            # {by: system, fee: 0, refund}: the firm did not answer
BALANCE_PAID = "booking.balance_paid"                # {paid: the rest}
EXPIRED = "booking.expired"
BEGINNING_SAID = "booking.beginning_said"            # {by: household|firm|system, was, end, total, worth}
HOLD_MOVED = "booking.hold_moved"                    # {by, was, end, series}: not paid yet
HOLD_RESEATED = "booking.hold_reseated"              # {by, was, end, series, total}: another worker, not paid yet
CANCELLED = "booking.cancelled"                      # {by: household|worker, notice_minutes, fee, refund, reason?,
#                                                      early?: before the family could pay for it}
RESCHEDULED = "booking.rescheduled"                  # {by, was: {worker, start, end}, end, total, paid?, refund?}
EXTENDED = "booking.extended"                        # the same, of a visit under way
DECLINED = "booking.declined"                        # {by: firm, notice_minutes, fee: 0, refund, reason, barred,
#                                                      asked?: it had not accepted, early?: before the family could pay
#                                                      for it}; by household or system: nobody the firm offered
#                                                      instead was taken
SUBSTITUTED = "booking.substituted"                  # {by: household, was: {worker, start, end}, end}
CHECKED_IN = "booking.checked_in"                    # {late_minutes}
CHECKED_OUT = "booking.checked_out"                  # {by: worker|system, minutes}
ENDED_EARLY = "booking.ended_early"                  # {by: household|firm|system, days, fee, refund, reason}
REPLACEMENT_SOUGHT = "booking.replacement_sought"    # {by: household|firm, reason, until}: her days ahead are free
REPLACED = "booking.replaced"                        # {by: household, was: worker, begins_on, end}
DAYS_UNWORKED = "booking.days_unworked"              # {refund: what was paid for days not worked}
COMPLETED = "booking.completed"                      # {by: household|system, late_minutes, total}
WORKER_ABSENT = "booking.worker_absent"              # {by: household, fee: 0, refund}
HOUSEHOLD_ABSENT = "booking.household_absent"        # {by: worker|firm, fee, refund}
REFUND_GRANTED = "booking.refund_granted"            # {by: firm, refund: this much more, reason}

#: that a booking was paid, all of it or its deposit: one of these, once
PAID = (CONFIRMED, ASKED)
