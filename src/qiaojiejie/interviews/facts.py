"""What interviews write in the ledger; subject ``interview:id``.

Every entry's data holds {household, worker, firm, station, service, starts}; never a word the family wrote.
"""

BOOKED = "interview.booked"
HELD = "interview.held"                          # {by: household|station, outcome}
JUDGED = "interview.judged"                      # {outcome}
CANCELLED = "interview.cancelled"                # {by: household|worker|firm, reason}
MISSED_BY_FAMILY = "interview.missed_by_family"  # {by: worker|firm|station}
MISSED_BY_WORKER = "interview.missed_by_worker"  # {by: household|station}
LAPSED = "interview.lapsed"
