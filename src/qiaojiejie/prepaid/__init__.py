"""Prepaid cards of visits, within the limits set for single-purpose cards: bought, used visit by visit, given back.

Knows a firm's offers, a family's card and the limits as data; the money stands in the books, the family's until it is
used. Knows no Stripe and no price of a visit.
Facts: ``prepaid.offered``, ``prepaid.withdrawn``, ``prepaid.bought``, ``prepaid.used``, ``prepaid.lapsed``,
``prepaid.closed``, ``prepaid.returned``.
"""
