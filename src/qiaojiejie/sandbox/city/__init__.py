"""The sample city: Suqian as the newspaper describes it, with invented people, and a year of history up to today.

Deterministic: the same day and number of workers give the same city, to the byte but for what is sealed.
``docs/sample-city.md`` says what is in it.
"""

from qiaojiejie.sandbox.city.proposal import propose
from qiaojiejie.sandbox.city.seeding import build, is_empty

__all__ = ["build", "is_empty", "propose"]
