"""A family at a Stripe of its own, and the federation that compares Stripe's account with the books."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qiaojiejie.books import service as books
from qiaojiejie.clearing import service as clearing
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.family import Family
from tests.sandbox.shop import Shop

#: past what is in flight
LATER = timedelta(minutes=11)
#: what kind of difference, of what, fen at Stripe, fen in the books
Difference = tuple[str, str, int, int]


@dataclass
class Bench:
    """A family, Stripe's far end, an administrator of the federation, and the database underneath."""

    family: Family
    shop: Shop
    world: sa.Connection
    admin: Account
    run_jobs: Callable[[], int]

    @property
    def headers(self) -> dict[str, str]:
        """The administrator's."""
        return factories.headers(self.admin, Role.FEDERATION_ADMIN)

    def ask(self, **headers: str) -> Any:
        """The administrator asks for a comparison, eleven minutes from now."""
        with clock.frozen(clock.now() + LATER):
            answer = self.family.client.post("/api/v1/federation/clearing", headers={**self.headers, **headers})
        self.run_jobs()
        return answer

    def compared(self) -> Any:
        """What a comparison that was asked for says."""
        answer = self.ask()
        assert answer.status_code == 201, answer.json
        return answer.json

    def found(self, run: Any) -> list[Difference]:
        """The differences of a run, as the federation reads them."""
        answer: Any = self.family.client.get(f"/api/v1/federation/clearing/{run['id']}/differences",
                                             headers=self.headers)
        assert answer.json["next_cursor"] is None and len(answer.json["items"]) == run["differences"]
        return [(each["kind"], each["source"], each["stripe"]["amount"], each["books"]["amount"])
                for each in answer.json["items"]]

    def night(self, nights: int = 7) -> list[Difference]:
        """What a night's comparison finds among what is there: nothing is fetched first."""
        with clock.frozen(four_at_night(nights)):
            clearing.compare_night()
            self.run_jobs()
        [newest, *_] = self.list_runs()
        assert newest["night"] == night_of(nights)
        return self.found(newest)

    def list_runs(self, **query: Any) -> Any:
        """Runs, newest first."""
        answer: Any = self.family.client.get("/api/v1/federation/clearing", headers=self.headers, query_string=query)
        return answer.json["items"]

    def post(self, kind: str, ref: str, other: str, fen: int) -> None:
        """Book what another room would: ``fen`` of ``other`` against Stripe's balance."""
        books.post(kind=kind, ref=ref, lines={other: -fen, "stripe_clearing": fen})
        db.session.commit()

    def one(self, sql: str) -> Any:
        """The one value a question answers."""
        db.session.flush()
        return self.world.execute(sa.text(sql)).scalar_one()

    @contextmanager
    def tampered(self, *statements: str) -> Iterator[None]:
        """With the database changed behind everybody's back, until the end of the block."""
        db.session.commit()
        with self.world.begin_nested() as undo:
            self.world.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
            self.world.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
            for table in ("stripe_movement", "posting", "posting_tx"):
                self.world.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                assert self.world.execute(sa.text(statement)).rowcount == 1, statement
            db.session.expire_all()
            yield
            db.session.commit()
            undo.rollback()
        db.session.expire_all()


def night_of(nights: int = 1) -> str:
    """The day so many nights from today."""
    return str(clock.today() + timedelta(days=nights))


def four_at_night(nights: int = 1) -> datetime:
    """Half an hour after the comparison is due, so many nights from today."""
    return clock.midnight(clock.today() + timedelta(days=nights)) + timedelta(hours=4)
