"""A firm that earned something, and the two officers who pay it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories
from tests.family import Family, books_balance, family  # noqa: F401,F811
from tests.refunds.test_grants import complete, grant

NET = 13_400
NUMBER = "6222020200112233445"


class Desk:
    """The firm's manager, two administrators of the federation, and the family whose booking was done."""

    def __init__(self, paying: Family, world: sa.Connection, sweep: Callable[[str], None]) -> None:
        self.family, self.world, self.sweep, self.client = paying, world, sweep, paying.client
        self.firm = paying.booking.firm_id
        self.manager = factories.headers(factories.member(Role.FIRM_MANAGER, org_id=self.firm))
        self.maker, self.second = (factories.headers(factories.member(Role.FEDERATION_ADMIN)) for _ in range(2))

    def ask(self, method: str, path: str, who: dict[str, str], status: int, **body: Any) -> Any:
        """One request that must be answered so."""
        answer = self.client.open(f"/api/v1{path}", method=method, headers=who, json=body or None)
        assert answer.status_code == status, (answer.status_code, answer.json)
        return answer.json

    def post(self, path: str, who: dict[str, str], status: int = 201, **body: Any) -> Any:
        """A POST that must be answered so."""
        return self.ask("POST", path, who, status, **body)

    def get(self, path: str, who: dict[str, str], status: int = 200) -> Any:
        """A GET that must be answered so."""
        return self.ask("GET", path, who, status)

    def account(self, verified: bool = True, **where: str) -> str:
        """Where the firm is paid; its id."""
        where = where or {"kind": "bank", "bank_name": "工商银行", "branch": "宿迁宿城支行", "number": NUMBER}
        made = self.post(f"/firms/{self.firm}/payout-accounts", self.manager, **where)
        if verified:
            self.post(f"/payout-accounts/{made['id']}/decisions", self.second, step="verify")
        return str(made["id"])

    def earn(self) -> None:
        """The family's booking is done and its money released: 134 yuan are the firm's."""
        self.family.paid()
        complete(self.family, self.world, self.sweep)

    def give_back(self, amount: int) -> None:
        """The firm gives the family something back."""
        assert grant(self.family, amount) == (201, "")
        self.family.run_jobs()
        self.family.hear()

    def batch(self, day: int = 3) -> Any:
        """A batch through a day, so many days from today, made to its end."""
        through = clock.today() + timedelta(days=day)
        with clock.frozen(clock.now() + timedelta(days=day)):
            made = self.post("/payout-batches", self.maker, through=through.isoformat())
            self.family.run_jobs()
        return self.get(f"/payout-batches/{made['id']}", self.maker)

    def items(self, batch: Any) -> list[Any]:
        """What a batch pays."""
        return list(self.get(f"/payout-batches/{batch['id']}/items", self.maker)["items"])

    def approve(self, batch: Any) -> None:
        """The second officer lets it be paid."""
        self.post(f"/payout-batches/{batch['id']}/approvals", self.second)
        self.family.run_jobs()

    def approved(self) -> str:
        """An approved item of the firm's; its id."""
        self.earn()
        self.account()
        batch = self.batch()
        self.approve(batch)
        [item] = self.items(batch)
        return str(item["id"])

    def balances(self) -> dict[str, int]:
        """Accounts that do not stand at zero, by the first part of their names."""
        db.session.flush()
        rows = self.world.execute(sa.text(
            "SELECT split_part(account, ':', 1), sum(amount_fen)::int FROM posting GROUP BY 1"))
        return {account: fen for account, fen in rows if fen}


@pytest.fixture()
def desk(family: Family, world: sa.Connection, sweep: Callable[[str], None]) -> Iterator[Desk]:  # noqa: F811
    """The desk; when the test is over nothing is wrong with payouts."""
    yield Desk(family, world, sweep)
    db.session.flush()
    assert world.execute(sa.text("SELECT * FROM payouts_health")).all() == []
