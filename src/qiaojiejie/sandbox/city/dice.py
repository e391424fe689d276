"""Chance that falls the same way every time, and identifiers drawn from it that sort by the time they stand for."""

import random
from datetime import date, datetime, timedelta
from uuid import UUID

from qiaojiejie.core import clock

_VERSION, _VARIANT = 7 << 76, 2 << 62


class Dice(random.Random):
    """A seeded generator that knows the city's day: the midnight (Asia/Shanghai) up to which its history runs."""

    def __init__(self, seed: str, today: date) -> None:
        super().__init__(seed)
        self.today = today
        self.as_of = clock.midnight(today)

    def id_at(self, moment: datetime) -> UUID:
        """A UUID of version 7 made at ``moment``: as unlike any other as ``uuid7`` makes them, and repeatable."""
        made = int(moment.timestamp() * 1000) << 80
        noise = self.getrandbits(74)
        return UUID(int=made | _VERSION | (noise >> 62) << 64 | _VARIANT | noise & (1 << 62) - 1)

    def moment(self, day: int, minute: int) -> datetime:
        """``minute`` minutes after midnight (Asia/Shanghai, which has no summer time) of the day ``day`` from today."""
        return self.as_of + timedelta(days=day, minutes=minute, seconds=self.randrange(60))

    def sharp(self, day: int, minute: int) -> datetime:
        """The same on the minute, as visits are booked."""
        return self.as_of + timedelta(days=day, minutes=minute)

    def chance(self, share: float) -> bool:
        """True in ``share`` of all throws."""
        return self.random() < share

    def minutes(self, least: int, most: int) -> timedelta:
        """So many whole minutes and some seconds."""
        return timedelta(minutes=self.randint(least, most), seconds=self.randrange(60))
