"""What disputes are tested with."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.disputes.models import Dispute
from tests.family import Family, family  # noqa: F401


@pytest.fixture()
def books_balance(world: sa.Connection) -> Iterator[None]:
    """When the test is over nothing is wrong in the books, nor between them and the disputes."""
    yield
    db.session.flush()
    assert world.execute(sa.text("SELECT * FROM ledger_health UNION ALL SELECT * FROM disputes_health")).all() == []


class Bank:
    """The cardholder's bank of a family that paid by card."""

    def __init__(self, family: Family) -> None:  # noqa: F811
        self.family = family
        family.paid("card")

    def dispute(self) -> str:
        """Take the money back, unheard; the dispute's id at Stripe."""
        answer = self.family.stripe.dispute(self.family.intent())
        assert answer.ok, answer.text
        return str(answer.json()["id"])

    def disputed(self) -> Dispute:
        """Take the money back, and have it heard."""
        stripe_id = self.dispute()
        self.family.hear()
        return self.row(stripe_id)

    def decide(self, dispute: Dispute, verdict: str) -> None:
        """``won`` or ``lost`` for us, and heard."""
        self.family.stripe.decide(dispute.stripe_id, verdict)
        self.family.hear()
        db.session.expire_all()

    @staticmethod
    def row(stripe_id: str) -> Dispute:
        """Our row of a dispute."""
        db.session.expire_all()
        found: Any = db.session.scalars(sa.select(Dispute).where(Dispute.stripe_id == stripe_id)).one()
        assert isinstance(found, Dispute)
        return found


@pytest.fixture()
def bank(family: Family) -> Bank:  # noqa: F811
    """The bank of a family whose booking is confirmed, paid by card."""
    return Bank(family)


Sweep = Callable[[str], None]
