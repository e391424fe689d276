"""Paying firms: statements, batches that a second person approves, transfers that arrive, fail or come back; wages.

Knows what the books owe a firm and where to send it; bank accounts are sealed and shown masked. Facts:
``payout.batched``, ``payout.approved``, ``payout.sent``, ``payout.paid``, ``payout.failed``, ``payout.reversed``.
"""
