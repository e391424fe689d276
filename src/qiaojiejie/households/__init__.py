"""Families and their address book.

Knows where a family lives, sealed; knows nothing of what it books. Facts: ``household.opened``.
"""
