"""The honour list, the block list and sanctions: proposed, reviewed by a second person, published, with an end.

Knows who stands on a list, why and until when, and bars whom the block list names from new bookings.
Facts: ``list.proposed``, ``list.entered``, ``list.refused``, ``list.left``.
"""
