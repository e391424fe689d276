"""Money going back: a row before anything is asked of Stripe, never more than was paid, never twice.

Knows why a refund is owed (a fact) and how it stands at Stripe; does not know how fees are reckoned (see ``booking``).
Facts: ``refund.requested``, ``refund.succeeded``, ``refund.failed``.
"""
