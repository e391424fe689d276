"""Help called from a home: raised by the worker or the family, seen by her firm and the federation's duty desk.

Knows the booking it was raised at and, while it is active, where; the other side of the booking never sees it.
Facts: ``alarm.*``.
"""
