"""The federation's work with firms: the register of firms known, their grading from self-score to published grade, visits.

Knows what a firm claimed, what reviewers found on paper and on site, and the grade published from it; not its credit score.
Facts: ``grading.submitted``, ``grading.returned``, ``grading.graded``, ``grading.lapsed``, ``visit.recorded``.
"""
