"""Money coming in: a booking charged in full through Stripe, held in the books, released to the firm at the end.

Knows amounts and opaque ids; tells Stripe no name or phone; knows nothing of money given back (see ``refunds``).
Facts: ``payment.succeeded``, ``payment.declined``, ``payment.overtaken``, ``payment.released``.
"""
