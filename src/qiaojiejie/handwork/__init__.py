"""Piece-work of the stations (绢花 and the like): orders by the piece, taken, delivered, accepted, paid.

Knows pieces and what they earn.
"""
