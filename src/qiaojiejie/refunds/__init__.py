"""Money going back: a row before anything is asked of Stripe, never more than was paid, never twice.

Knows why a refund is owed (a fact) and how it stands at Stripe; does not know how fees are reckoned (see ``booking``).
While a cardholder's bank disputes a payment its refunds wait; when the dispute is lost, the bank has given them back.
Facts: ``refund.requested``, ``refund.succeeded``, ``refund.failed``, ``refund.disputed``, and what a person did.
"""
