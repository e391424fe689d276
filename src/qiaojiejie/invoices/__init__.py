"""Receipts of what was paid, and the invoices (发票) families ask their firm for.

Knows who asked for an invoice in which name and how far it is; draws receipts. Facts: ``invoice.requested``,
``invoice.issued``, ``invoice.refused``, ``invoice.voided``.
"""
