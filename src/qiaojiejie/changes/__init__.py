"""A visit that is moved to another time, or goes on longer, at the price that was agreed.

Knows who asked for what, what it costs more or less and until when it is held; knows no payment beyond that one came.
Facts: see ``facts``; that it came to be is booking's ``booking.rescheduled`` and ``booking.extended``.
"""
