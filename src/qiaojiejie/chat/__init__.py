"""Chat about a booking between its family, its worker and its firm: text and images, sealed, kept for a time.

Knows what was said, what in it was flagged, and how far each party has read; shows numbers masked until the booking is
confirmed. A mediator reads it while a complaint about the booking is open. Facts: ``chat.*``, never a word of it.
"""
