"""Community stations and where they are.

Knows a station's place, hours and functions; knows no worker or firm. Writes no facts yet.
"""
