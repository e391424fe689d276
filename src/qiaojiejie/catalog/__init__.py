"""Kinds of service, regions, and the rules of price and cancelling, all as dated data.

Knows what may be offered and how it is charged; knows no firm, worker or family. Writes no facts.
"""
