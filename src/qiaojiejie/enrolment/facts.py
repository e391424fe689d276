"""What enrolment writes in the ledger (subject ``firm:id``; of the register ``register:id`` or ``register:all``)."""

IMPORTED = "register.imported"        # {added, known}
ENTERED = "register.entered"
STRUCK = "register.struck"

OPENED = "grading.opened"             # {grading, standard}
SUBMITTED = "grading.submitted"       # {grading, points}
RETURNED = "grading.returned"         # {grading, decision, reasons}
REVIEWED = "grading.reviewed"         # {grading, decision, points}
ASSESSED = "grading.assessed"         # {grading, decision, points}
SENT_BACK = "grading.sent_back"       # {grading, decision, reasons}
GRADED = "firm.graded"                # {grading, decision, points, grade, valid_until, standard}
FELL_SHORT = "grading.fell_short"     # {grading, decision, points}
WITHDRAWN = "grading.withdrawn"       # {grading}
CHECK_DUE = "grading.check_due"       # {grading, due}
CHECKED = "grading.checked"           # {grading, decision}
REVOKED = "firm.grade_revoked"        # {grading, decision, reasons, grade}
LAPSED = "firm.grade_lapsed"          # {grading, grade, because: validity | check}
REPLACED = "grading.replaced"         # {grading}

VISIT_PLANNED = "visit.planned"       # {visit, kind}
VISIT_CANCELLED = "visit.cancelled"   # {visit, kind}
VISIT_REPORTED = "visit.reported"     # {visit, kind, minor, serious}
VISIT_ACKNOWLEDGED = "visit.acknowledged"  # {visit}
VISIT_OBJECTED = "visit.objected"     # {visit}
VISIT_CLOSED = "visit.closed"         # {visit}
