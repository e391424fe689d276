"""Complaints about a booking: opened by the family, answered by the firm, mediated and decided by a mediator.

Knows what is disputed, and what complaints mean for what parties said and showed each other: a mediator's look at it,
how long it is kept. Knows nothing of scores or money.
Facts: ``complaint.opened``, ``complaint.answered``, ``complaint.substantiated``, ``complaint.dismissed``,
``complaint.mediated``, ``complaint.reopened``, ``complaint.overturned``.
"""
