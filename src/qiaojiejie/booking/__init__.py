"""A visit, from quote to farewell.

Knows who engaged whom, for when and at what price; knows no payment beyond that one came.
Facts: see ``facts``.
"""
