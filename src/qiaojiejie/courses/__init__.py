"""Training: the catalogue, sessions and their seats, the waiting list, attendance, assessment, subsidies.

Knows who learns what, where and when, and how she did; a certificate is issued by ``certificates`` beneath.
"""
