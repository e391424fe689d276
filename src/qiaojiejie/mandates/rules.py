"""How long a mandate, a hold made by one, and a free change of mind last. Pure."""

import hashlib
from datetime import datetime, timedelta

#: how consent was given
HOW = {"in_person": "当面", "phone": "电话", "written": "书面"}
#: who gave it
CONSENTERS = {"self": "本人", "relative": "家属", "guardian": "监护人"}
GOOD_FOR = timedelta(days=90)
#: who has no phone pays at the counter, or a relative does from home
HELD_FOR = timedelta(minutes=60)
UNDO_FOR = timedelta(hours=1)


def undo_until(made_at: datetime, start: datetime) -> datetime:
    """Until when a family undoes free of charge what was booked for it (exclusive)."""
    return min(made_at + UNDO_FOR, start)


def digest(token: str) -> bytes:
    """What is kept of the token in the text message."""
    return hashlib.sha256(token.encode()).digest()
