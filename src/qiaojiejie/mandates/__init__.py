"""Booking for somebody without a phone of one's own: a mandate given to a station or a firm, and what was booked by it.

Knows who agreed, how and when; books through the household's own account, with the clerk named in the ledger. Shows a
clerk nothing of the household but what came in by the mandate. Facts: ``mandate.*``.
"""
