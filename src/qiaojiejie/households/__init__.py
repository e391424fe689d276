"""Families, their address book, and the people of theirs who are cared for.

Knows where a family lives and who needs care, sealed; knows nothing of what it books. Facts: ``household.opened``; of
addresses and members none are written, for the ledger forgets nothing and they are the family's own affair.
"""
