"""What families look for and firms offer: a need, quotes for it with a named worker, the one that is ordered.

Knows what is wanted, where about and by when, and who offered what; an order becomes a booking like any other.
Facts: see ``facts``.
"""
