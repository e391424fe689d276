"""Receipts of what was paid, and the invoices (发票) families ask their firm for.

Knows who asked for an invoice in which name and how far it is; draws receipts. Moves no money and issues no invoice
itself: the firm does, with its tax bureau, and says so here. Facts: see ``facts``.
"""
