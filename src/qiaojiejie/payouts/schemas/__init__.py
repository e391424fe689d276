"""Shapes of payouts."""

SOME_ID = {"example": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}
