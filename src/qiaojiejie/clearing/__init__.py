"""Stripe's own account of our money, fetched and held against the books: its fees, and every difference.

Knows Stripe's balance transactions; what they are about it finds by the ids payments and refunds keep and by the refs
disputes and payouts book under, so it needs no table of rooms beside it. Facts: ``clearing.compared``.
"""
