"""Complaints about a booking: opened by the family, answered by the firm, mediated and decided by a mediator.

Knows what is disputed; knows nothing of scores or money.
Facts: ``complaint.opened``, ``complaint.answered``, ``complaint.substantiated``, ``complaint.dismissed``,
``complaint.mediated``, ``complaint.reopened``, ``complaint.overturned``.
"""
