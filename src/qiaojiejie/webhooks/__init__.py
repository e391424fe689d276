"""Webhooks: a firm's own programs hear of what concerns it, signed, at least once, each delivery and attempt shown.

Knows where a firm listens and for what, what was sent there and how it was answered. Follows facts of bookings and
money; sends opaque ids, times, states and amounts, nothing of persons. Facts: ``webhook.*``.
"""
