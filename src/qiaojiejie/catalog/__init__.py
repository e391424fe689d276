"""Kinds of service, regions, and the rules of price and cancelling, all as dated data.

Knows what may be offered and how it is charged, for all or for one firm by its id; knows no firm, worker or family.
Facts: ``catalog.fee_rule_set``, ``catalog.fee_rule_ended``.
"""
