"""Credit: reads the ledger, computes a standing by the published rule, explains every point, pushes the score down.

Knows events and the rule; people are keys, not names. Facts: ``credit.published``.
"""
