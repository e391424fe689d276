"""Invoices families ask for, and receipts of what they paid."""
