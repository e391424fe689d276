"""The books: double entry. Every movement of money is one transaction of postings that sums to zero, written once.

Knows accounts by name and amounts in fen (debit positive, credit negative); knows no Stripe and no state of a payment.
Writes no facts.
"""
