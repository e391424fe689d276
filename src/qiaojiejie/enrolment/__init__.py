"""The federation's work with firms: firms known but not enrolled, quality grades, visits, what waits.

Knows the register of surveyed firms, gradings with their scores and decisions, visits and what was found; applications
and licence renewals are the room ``firms``'. A quality grade (stars) is not the credit score and changes none.
Facts: ``register.imported``, ``register.entered``, ``register.struck``; ``grading.opened``, ``grading.submitted``,
``grading.returned``, ``grading.reviewed``, ``grading.assessed``, ``grading.sent_back``, ``firm.graded``,
``grading.fell_short``, ``grading.withdrawn``, ``grading.check_due``, ``grading.checked``, ``firm.grade_revoked``,
``firm.grade_lapsed``, ``grading.replaced``; ``visit.planned``, ``visit.cancelled``, ``visit.reported``,
``visit.acknowledged``, ``visit.objected``, ``visit.closed``.
"""
