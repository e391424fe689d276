"""What is charged is data: by firm, by service, by date; what holds today is never changed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.catalog import queries, service
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from tests import factories

API = "/api/v1"


def officer() -> Actor:
    """An administrator of the federation."""
    return Actor(factories.member(Role.FEDERATION_ADMIN).id, ids.new(), Role.FEDERATION_ADMIN, None)


def permille(firm: UUID | None, days: int, code: str = "cleaning") -> int:
    """What the platform takes of a wage, so many days from today."""
    found = queries.fees(code, clock.today() + timedelta(days=days), firm)
    [rule] = [one for one in found if one.line == "platform_fee"]
    return rule.permille


def set_rule(days: int, permille: int, **more: Any) -> None:
    """The platform's fee from so many days from today on."""
    service.set_fee(actor=officer(), line="platform_fee", permille=permille, fixed_fen=0,
                    valid_from=clock.today() + timedelta(days=days), **more)


def test_the_most_particular_rule_in_force_is_charged(client: FlaskClient) -> None:
    firm, other = factories.firm().id, factories.firm().id
    set_rule(1, 25)
    set_rule(1, 22, service_code="cleaning")
    set_rule(2, 15, firm_id=firm)
    set_rule(3, 10, firm_id=firm, service_code="cleaning")
    assert [permille(firm, days) for days in range(5)] == [20, 22, 15, 10, 10]
    assert [permille(firm, days, "tutoring") for days in range(5)] == [20, 25, 15, 15, 15]
    assert [permille(other, days) for days in range(5)] == [20, 22, 22, 22, 22]


def test_a_rule_ends_on_its_day_and_the_wider_one_holds_again(client: FlaskClient) -> None:
    firm = factories.firm().id
    set_rule(1, 10, firm_id=firm, valid_until=clock.today() + timedelta(days=3))
    assert [permille(firm, days) for days in range(5)] == [20, 10, 10, 20, 20]
    set_rule(5, 12, firm_id=firm)
    service.end_fee(actor=officer(), line="platform_fee", firm_id=firm, day=clock.today() + timedelta(days=7))
    assert [permille(firm, days) for days in (4, 5, 6, 7)] == [20, 12, 12, 20]


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 422), (1, 201)])
def test_what_holds_today_is_never_changed(client: FlaskClient, days: int, status: int) -> None:
    admin = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    answer = client.post(f"{API}/federation/fee-rules", headers=admin, json={
        "line": "platform_fee", "permille": 15, "fixed_fen": 0, "service_code": "cleaning",
        "valid_from": (clock.today() + timedelta(days=days)).isoformat()})
    assert answer.status_code == status, answer.json
    assert permille(None, 0) == 20
    facts = db.session.execute(sa.text(
        "SELECT data FROM ledger_entry WHERE fact = 'catalog.fee_rule_set'")).scalars().all()
    assert len(facts) == (status == 201)


def test_a_quote_made_before_midnight_keeps_its_lines(client: FlaskClient) -> None:
    household = factories.household()
    family = factories.headers(db.session.get_one(factories.Account, household.account_id))
    worker = factories.worker_with_account(services={"cleaning": 4000})
    set_rule(1, 500, firm_id=worker.firm_id)
    midnight = clock.midnight(clock.today() + timedelta(days=1))

    def quote(moment: Any) -> Any:
        with clock.frozen(moment):
            answer = client.post(f"{API}/quotes", headers=family, json={
                "worker_id": str(worker.id), "service_code": "cleaning", "minutes": 180,
                "address_id": str(factories.address(household).id),
                "start": factories.tomorrow(10, days=4).isoformat()})
            assert answer.status_code == 201, answer.json
            return {line["line"]: line["amount"]["amount"] for line in answer.json["lines"]}

    assert quote(midnight - timedelta(seconds=1))["platform_fee"] == 240
    assert quote(midnight)["platform_fee"] == 6000


def test_a_firm_reads_what_holds_for_it_and_nobody_elses(client: FlaskClient) -> None:
    firm, other = factories.firm(), factories.firm()
    set_rule(1, 10, firm_id=firm.id)
    path = f"{API}/firms/{firm.id}/fee-rules"
    own: Any = client.get(path, headers=factories.headers(factories.manager_of(firm))).json
    assert [rule["permille"] for rule in own["items"]][0] == 10
    assert client.get(path, headers=factories.headers(factories.manager_of(other))).status_code == 404
