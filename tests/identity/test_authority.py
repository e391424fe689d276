"""In which role a request acts."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from qiaojiejie.core.access import ActingAsRequired, Role, RoleRequired
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Unauthorized
from qiaojiejie.identity import facts, queries
from qiaojiejie.identity import service as identity
from qiaojiejie.identity.errors import BadPhone
from qiaojiejie.identity.models import Account, Look, Session
from qiaojiejie.ledger import queries as ledger_queries
from tests import factories

FIRM_ROLES = frozenset({Role.FIRM_MANAGER, Role.BROKER})


def session_of(who: Account) -> Session:
    made = Session(account_id=who.id, device="test", created_at=datetime.now(UTC), used_at=datetime.now(UTC),
                   expires_at=datetime.now(UTC) + timedelta(days=1))
    db.session.add(made)
    db.session.flush()
    return made


def test_the_only_fitting_role_is_taken(world: sa.Connection) -> None:
    org = uuid.uuid4()
    who = factories.member(Role.FIRM_MANAGER, org, factories.member(Role.HOUSEHOLD))
    actor = identity.authority(who.id, session_of(who).id, None, None, FIRM_ROLES)
    assert (actor.role, actor.org_id) == (Role.FIRM_MANAGER, org)


def test_of_several_fitting_roles_one_must_be_named(world: sa.Connection) -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    who = factories.member(Role.FIRM_MANAGER, one)
    factories.member(Role.BROKER, two, who)
    session = session_of(who).id
    with pytest.raises(ActingAsRequired):
        identity.authority(who.id, session, None, None, FIRM_ROLES)
    assert identity.authority(who.id, session, Role.BROKER, None, FIRM_ROLES).org_id == two
    assert identity.authority(who.id, session, Role.FIRM_MANAGER, one, FIRM_ROLES).org_id == one
    with pytest.raises(RoleRequired):
        identity.authority(who.id, session, Role.FIRM_MANAGER, two, FIRM_ROLES)


def test_where_any_role_will_do_none_need_be_named(world: sa.Connection) -> None:
    who = factories.member(Role.WORKER, who=factories.member(Role.HOUSEHOLD))
    session = session_of(who).id
    assert identity.authority(who.id, session, None, None, frozenset()).role == Role.HOUSEHOLD
    assert identity.authority(who.id, session, Role.WORKER, None, frozenset()).role == Role.WORKER
    with pytest.raises(ActingAsRequired):
        identity.authority(who.id, session, None, None, frozenset(Role))


@pytest.mark.parametrize("role", [Role.HOUSEHOLD, Role.MEDIATOR])
def test_a_role_named_but_not_allowed_or_not_held_is_refused(world: sa.Connection, role: Role) -> None:
    who = factories.member(Role.HOUSEHOLD)
    with pytest.raises(RoleRequired):
        identity.authority(who.id, session_of(who).id, role, None, frozenset({Role.MEDIATOR}))


def test_an_ended_role_counts_no_more(world: sa.Connection) -> None:
    who = factories.member(Role.MEDIATOR)
    session = session_of(who).id
    identity.end_role(account_id=who.id, role=Role.MEDIATOR, org_id=None, by="system")
    db.session.flush()
    with pytest.raises(RoleRequired):
        identity.authority(who.id, session, None, None, frozenset({Role.MEDIATOR}))
    assert [e.fact for e in ledger_queries.about(f"account:{who.id}")] == [facts.ROLE_ENDED]


@pytest.mark.parametrize("column", ["ended_at", "expires_at", "closed"])
def test_a_session_that_is_over_signs_nobody_in(world: sa.Connection, column: str) -> None:
    who = factories.member(Role.HOUSEHOLD)
    session = session_of(who)
    past = datetime.now(UTC) - timedelta(seconds=1)
    if column == "closed":
        who.closed_at = past
    else:
        setattr(session, column, past)
    db.session.flush()
    with pytest.raises(Unauthorized):
        identity.authority(who.id, session.id, None, None, frozenset())


def test_another_accounts_session_signs_nobody_in(world: sa.Connection) -> None:
    who, other = factories.member(Role.HOUSEHOLD), factories.member(Role.HOUSEHOLD)
    with pytest.raises(Unauthorized):
        identity.authority(who.id, session_of(other).id, None, None, frozenset())


def test_authority_is_one_query(world: sa.Connection) -> None:
    who = factories.member(Role.HOUSEHOLD)
    session = session_of(who).id
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(world, "before_cursor_execute", note)
    identity.authority(who.id, session, None, None, frozenset({Role.HOUSEHOLD}))
    assert len(seen) == 1


def test_one_phone_has_one_account_however_it_is_written(world: sa.Connection) -> None:
    first = identity.account_for(phone="13700001234", name="王秀英")
    again = identity.account_for(phone="+86 137-0000-1234", name="别人")
    assert first.id == again.id
    assert again.name is not None and again.name.reveal() == "王秀英"
    assert [e.fact for e in ledger_queries.about(f"account:{first.id}")] == [facts.OPENED]


def test_an_account_without_a_name_takes_the_first_it_is_given(world: sa.Connection) -> None:
    who = factories.account("13700001235")
    assert identity.account_for(phone="13700001235", name="李梅").id == who.id
    db.session.flush()
    db.session.refresh(who)
    assert who.name is not None and who.name.reveal() == "李梅"


@pytest.mark.parametrize("phone", ["0527-84350000", "12345", "1370000123", "+1 650 253 0000", "abc", "4008001234",
                                   "13700001234 转 5", ""])
def test_only_a_mainland_mobile_number_opens_an_account(world: sa.Connection, phone: str) -> None:
    with pytest.raises(BadPhone):
        identity.account_for(phone=phone)


def test_granting_twice_is_granting_once(world: sa.Connection) -> None:
    who, org = factories.account(), uuid.uuid4()
    one = identity.grant(account_id=who.id, role=Role.BROKER, org_id=org, by="system")
    two = identity.grant(account_id=who.id, role=Role.BROKER, org_id=org, by="system")
    federal = identity.grant(account_id=who.id, role=Role.FEDERATION_ADMIN, by="system")
    assert one.id == two.id
    assert identity.grant(account_id=who.id, role=Role.FEDERATION_ADMIN, by="system").id == federal.id
    granted = ledger_queries.about(f"account:{who.id}", facts.ROLE_GRANTED)
    assert [(e.data["role"], e.data["org"]) for e in granted] == [("broker", str(org)), ("federation_admin", None)]
    assert queries.accounts_in(org, Role.BROKER) == [who.id]
    assert queries.accounts_in(org, Role.FIRM_MANAGER) == []
    assert who.id in queries.accounts_with(Role.FEDERATION_ADMIN)


def test_a_role_may_be_given_again_after_it_ended(world: sa.Connection) -> None:
    who = factories.account()
    first = identity.grant(account_id=who.id, role=Role.TRAINER, by="system")
    identity.end_role(account_id=who.id, role=Role.TRAINER, org_id=None, by="system")
    identity.end_role(account_id=who.id, role=Role.TRAINER, org_id=None, by="system")
    assert identity.grant(account_id=who.id, role=Role.TRAINER, by="system").id != first.id


@pytest.fixture()
def looked(world: sa.Connection) -> Callable[[], list[tuple[UUID, str, str, str]]]:
    def rows() -> list[tuple[UUID, str, str, str]]:
        return [tuple(r) for r in db.session.execute(sa.select(Look.account_id, Look.subject, Look.field, Look.reason))]

    return rows


def test_an_unmasked_look_leaves_a_row_that_can_not_be_changed(
        world: sa.Connection, looked: Callable[[], list[tuple[UUID, str, str, str]]]) -> None:
    who = factories.member(Role.HOUSEHOLD)
    actor = identity.authority(who.id, session_of(who).id, None, None, frozenset())
    identity.look(actor=actor, subject="worker:1", field="phone", reason="booking")
    assert looked() == [(who.id, "worker:1", "phone", "booking")]
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(sa.update(Look).values(reason="none"))
