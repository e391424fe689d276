"""Money: charged in full through Stripe, held in the ledger of postings, refunded on cancellation, released at the end.

Knows amounts and opaque ids; tells Stripe no name or phone.
Facts: ``payment.succeeded``, ``payment.failed``, ``refund.requested``, ``refund.succeeded``, ``refund.failed``,
``money.released``.
"""
