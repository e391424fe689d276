"""Stripe's own account of our money, fetched and held against the books: its fees, and every difference.

Knows Stripe's balance transactions; what they are about it finds by the ids payments, refunds, disputes and payouts
keep. Facts: ``clearing.compared``.
"""
