"""What a firm owes and will never pay is given up by the federation, never more than it owes."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from qiaojiejie.books import rules as books
from qiaojiejie.books import service as books_service
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from tests import factories
from tests.disputes.conftest import Bank, Sweep
from tests.disputes.test_money import FEE, TOTAL, complete, pay_out
from tests.family import Family
from tests.refunds.test_service import balances

WHY = "企业已注销，无财产可供执行"


def give_up(family: Family, firm_id: UUID, amount: int, role: Role = Role.FEDERATION_ADMIN, reason: str = WHY) -> Any:
    """Somebody writes off."""
    return family.client.post(f"/api/v1/firms/{firm_id}/write-offs", json={"amount_fen": amount, "reason": reason},
                              headers=factories.headers(factories.member(role)))


def test_the_debt_a_lost_dispute_left_is_written_off_in_parts(bank: Bank, world: sa.Connection, sweep: Sweep) -> None:
    family, firm = bank.family, bank.family.booking.firm_id
    complete(family, world, sweep)
    pay_out(family, TOTAL - FEE)
    bank.decide(bank.disputed(), "lost")
    assert give_up(family, firm, TOTAL - FEE + 1).json["params"]["owed"] == TOTAL - FEE
    first = give_up(family, firm, 3400)
    assert first.status_code == 201 and first.json["left"]["amount"] == 10_000
    assert balances(world) == {"bank": FEE - TOTAL, "firm_receivable": 10_000, "loss": 3400}
    assert give_up(family, firm, 10_001).json["code"] == "MoreThanOwed"
    assert give_up(family, firm, 10_000).json["left"]["amount"] == 0
    assert give_up(family, firm, 1).status_code == 409
    assert balances(world) == {"bank": FEE - TOTAL, "loss": TOTAL - FEE}
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    listed: Any = family.client.get(f"/api/v1/firms/{firm}/write-offs", headers=auditor).json
    assert [item["amount"]["amount"] for item in listed["items"]] == [10_000, 3400]
    told = world.execute(sa.text("SELECT data FROM ledger_entry WHERE fact = 'receivable.written_off'")).scalars().all()
    assert sum(data["amount"] for data in told) == TOTAL - FEE


def owes(firm_id: UUID, amount: int) -> None:
    """A firm owes so much."""
    books_service.post(kind="recalled", ref=str(firm_id),
                       lines={books.firm_receivable(firm_id): amount, books.STRIPE_CLEARING: -amount})


def test_the_same_request_twice_writes_off_once(family: Family, world: sa.Connection) -> None:
    firm = factories.firm()
    owes(firm.id, 500)
    headers = factories.headers(factories.member(Role.FEDERATION_ADMIN), key="write-off-0001")
    answers = [family.client.post(f"/api/v1/firms/{firm.id}/write-offs", json={"amount_fen": 200, "reason": WHY},
                                  headers=headers) for _ in range(2)]
    assert answers[0].json == answers[1].json and answers[1].status_code == 201
    assert balances(world) == {"firm_receivable": 300, "loss": 200, "stripe_clearing": -500}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FEDERATION_ADMIN])
def test_only_the_federations_admin_writes_off(family: Family, role: Role) -> None:
    assert give_up(family, factories.firm().id, 1, role).status_code == 403


@pytest.mark.parametrize(("amount", "reason", "status"), [
    (0, WHY, 422), (-1, WHY, 422), (2**53 + 1, WHY, 422), (1, "x", 422), (1, "x" * 201, 422), (1, WHY, 409)])
def test_nothing_or_without_a_reason_is_refused(family: Family, amount: int, reason: str, status: int) -> None:
    assert give_up(family, factories.firm().id, amount, reason=reason).status_code == status
    assert give_up(family, UUID(int=1), 1).status_code == 404


def test_health_tells_what_does_not_fit(bank: Bank, world: sa.Connection) -> None:
    dispute = bank.disputed()
    spoilt = {
        "UPDATE dispute SET held_fen = held_fen - 1": {f"dispute:{dispute.id}", f"payment:{dispute.payment_id}"},
        "UPDATE dispute SET state = 'won'": {f"dispute:{dispute.id}", f"payment:{dispute.payment_id}"},
        "UPDATE dispute SET stripe_id = 'dp_other'": {f"dispute:{dispute.id}", "posting_tx"},
        "UPDATE payment SET disputed_fen = 0": {f"payment:{dispute.payment_id}"},
        "UPDATE payment SET disputed_fen = 0, lost_fen = 1": {f"payment:{dispute.payment_id}"},
    }
    for change, subjects in spoilt.items():
        with world.begin_nested() as life:
            world.execute(sa.text(change))
            found = world.execute(sa.text("SELECT subject FROM disputes_health")).scalars().all()
            assert {name if name in subjects else name.partition(":")[0] for name in found} == subjects, change
            life.rollback()
    with world.begin_nested() as life:
        books_service.post(kind="written_off", ref="nobody", lines={"loss": 1, "bank": -1})
        db.session.flush()
        assert world.execute(sa.text("SELECT subject FROM disputes_health")).scalars().all() == ["write_off:nobody"]
        life.rollback()
