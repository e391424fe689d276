"""Prepaid cards of visits, within the limits set for single-purpose cards: bought, used visit by visit, given back.

Knows a card, what is left of it and the limits as data; the money stands in the books, the family's until it is used.
Facts: ``prepaid.bought``, ``prepaid.used``, ``prepaid.closed``.
"""
