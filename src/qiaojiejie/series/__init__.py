"""Visits that come again: a rule (RFC 5545) and its occurrences, each a booking of its own or a gap with a reason.

Knows which visit stands for which day of the rule, and edits one, the following or all of them; what a visit is, costs
and gives back is its booking's affair, and so is its money. Facts: see ``facts``.
"""
