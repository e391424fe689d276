"""Paying firms: statements, batches that a second person approves, transfers that arrive, fail or come back; wages.

Knows what the books owe a firm and where to send it; bank accounts are sealed and shown masked. Facts (subject
``firm:id``): ``payout.account_set``, ``payout.account_verified``, ``payout.account_refused``, ``payout.batched``,
``payout.returned``, ``payout.approved``, ``payout.sent``, ``payout.paid``, ``payout.failed``, ``payout.reversed``.
"""
