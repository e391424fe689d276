"""Accounts, one-time codes, sessions, roles in organisations, and the record of every unmasked look.

Knows phones and which account plays which role; knows nothing of what a firm, station or household is beyond its id.
Facts: ``account.opened``, ``role.granted``, ``role.ended``, ``session.compromised``.
"""
