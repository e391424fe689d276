"""Whom the storm hits: families who are signed in, each with an address, and cleaners with many free hours."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_migrate import upgrade

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import Model, db
from qiaojiejie.core.secrets import Encrypted
from qiaojiejie.identity.models import Account
from tests import factories, races
from tests.conftest import config_for

#: hours of a day at which visits of three hours begin: with the way to the next one none meets another
HOURS = (8, 12, 16)
DAYS = range(1, 13)
SURNAMES, GIVEN = ("诸葛", "欧阳", "司徒", "上官", "尉迟"), "明月清风晓岚静姝若琳思远"
STREETS = ("幸福路", "黄河南路", "发展大道", "洪泽湖路")


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
    #: an administrator of the federation, signed in
    officer: dict[str, str]
    #: every name, phone, address and ID number there is
    private: frozenset[str]


def build(database_url: str, *, homes: int, workers: int, chance: random.Random) -> Town:
    """Migrate an empty database and settle a town in it."""
    with races.opened(config_for(database_url)) as app, app.app_context():
        upgrade()
        app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(hours=3)
        firm = factories.firm()
        people = [factories.working(factories.worker(of=firm)) for _ in range(workers)]
        families = [_home(number, chance) for number in range(homes)]
        officer = factories.headers(factories.member(Role.FEDERATION_ADMIN))
        starts = [clock.midnight(clock.today() + timedelta(days=day)) + timedelta(hours=hour)
                  for day, hour in itertools.product(DAYS, HOURS)]
        slots = [Slot(str(she.id), start) for she in people for start in starts]
        db.session.commit()
        private = frozenset(_private())
    chance.shuffle(slots)
    tomorrow = clock.midnight(clock.today() + timedelta(days=2))
    return Town(families, [slot for slot in slots if slot.start < tomorrow],
                [slot for slot in slots if slot.start >= tomorrow], officer, private)


def _home(number: int, chance: random.Random) -> Home:
    made = factories.household()
    account = db.session.get_one(Account, made.account_id)
    account.name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, 2))
    address = factories.address(made, detail=f"{chance.choice(STREETS)} {number + 100} 号 2 单元 301",
                                contact_name=account.name, contact_phone=factories.phone())
    return Home(factories.headers(account, Role.HOUSEHOLD), str(address.id))


def _private() -> Iterator[str]:
    """What is sealed in any table, as it reads when it is opened."""
    for mapper in Model.registry.mappers:
        for name, column in mapper.columns.items():
            if isinstance(column.type, Encrypted):
                for value in db.session.scalars(sa.select(getattr(mapper.class_, name)).distinct()):
                    if value is not None and len(value.reveal()) > 2:
                        yield value.reveal()
