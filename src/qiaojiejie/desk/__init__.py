"""The services desk of a station: numbers drawn, called in order, served; how long people wait, by subject.

Knows stations and accounts. Facts: ``desk.*``.
"""
