"""The piece-work board: orders at a unit rate, who took how much, what was good, and what was paid for it.

Knows stations and accounts; knows no firm. Writes ``handwork.*`` facts.
"""
