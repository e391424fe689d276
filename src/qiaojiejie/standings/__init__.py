"""Standings: the score and grade of every worker and firm, published, explained, noticed before a fall is shown.

Knows what the rule makes of the evidence and who is told; the rule and the evidence are ``credit``'s.
Facts: ``credit.published``, ``credit.firm_published``.
"""
