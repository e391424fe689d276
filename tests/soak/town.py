"""Whom the storm hits: families who are signed in, each with an address, and cleaners with many free hours."""

import itertools
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_migrate import upgrade

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories, races
from tests.conftest import config_for

#: hours of a day at which visits of three hours begin: with the way to the next one none meets another
HOURS = (8, 12, 16)
DAYS = range(1, 13)


@dataclass(frozen=True)
class Home:
    """A family signed in: its headers, its address."""

    headers: dict[str, str]
    address: str


@dataclass(frozen=True)
class Slot:
    """Three hours of a worker."""

    worker: str
    start: datetime


@dataclass(frozen=True)
class Town:
    """Families and free hours."""

    homes: list[Home]
    #: hours of tomorrow, cancelled for a fee once the grace is over; hours of later days
    near: list[Slot]
    far: list[Slot]


def build(database_url: str, *, homes: int, workers: int, chance: random.Random) -> Town:
    """Migrate an empty database and settle a town in it."""
    with races.opened(config_for(database_url)) as app, app.app_context():
        upgrade()
        app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(hours=3)
        firm = factories.firm()
        people = [factories.working(factories.worker(of=firm)) for _ in range(workers)]
        families = [_home() for _ in range(homes)]
        starts = [clock.midnight(clock.today() + timedelta(days=day)) + timedelta(hours=hour)
                  for day, hour in itertools.product(DAYS, HOURS)]
        slots = [Slot(str(she.id), start) for she in people for start in starts]
        db.session.commit()
    chance.shuffle(slots)
    tomorrow = clock.midnight(clock.today() + timedelta(days=2))
    return Town(families, [slot for slot in slots if slot.start < tomorrow],
                [slot for slot in slots if slot.start >= tomorrow])


def _home() -> Home:
    made = factories.household()
    account = db.session.get_one(Account, made.account_id)
    return Home(factories.headers(account, Role.HOUSEHOLD), str(factories.address(made).id))
