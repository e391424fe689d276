"""Photos of a home before and after a service: taken by the worker or the family, seen by them and the firm alone.

Knows which images belong to a booking, of which phase and by whom; a mediator sees them while a complaint is open.
Erased 180 days after the booking is over, not while a complaint or a dispute is open. Facts: ``photos.*``.
"""
