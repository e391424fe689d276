"""What audit writes in the ledger (subjects ``audit:id``, ``audit_task:id``, ``audit_flag:id``).

Plans, draws, cancellations and reports go into the public log; who works which task does not.
"""

PLANNED = "audit.planned"        # {nonce_hash, population, from, to, rate, draw_on}; days are day numbers
DRAWN = "audit.drawn"            # {root, log_size, nonce, public_draw, frame, sample}
CANCELLED = "audit.cancelled"
REPORTED = "audit.reported"      # {sampled, defects, unverifiable, bound_permyriad, cautious_permyriad, sha256}
ASSIGNED = "audit.task_assigned"      # {audit, to}
FOUND = "audit.task_found"            # {audit, finding, verdict}
ACCEPTED = "audit.task_accepted"      # {audit, finding}
RETURNED = "audit.task_returned"      # {audit, finding}
FLAG_LOOKED_AT = "audit.flag_looked_at"
FLAG_CLOSED = "audit.flag_closed"
