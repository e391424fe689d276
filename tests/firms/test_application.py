"""A firm applies, mends its file and sends it in again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account, Look, Membership
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.media.models import Media
from qiaojiejie.messages.models import Notification
from tests import factories

FIRMS = "/api/v1/firms"


def uploaded(by: Account, kind: str = "licence") -> str:
    """The id of a file an account uploaded (its bytes are not looked at here)."""
    made = Media(account_id=by.id, org_id=None, kind=kind, content_type="image/jpeg", size=3, sha256=b"x" * 32,
                 width=1, height=1, key=f"none/{uuid4()}", public=False, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return str(made.id)


def file(by: Account, **fields: Any) -> dict[str, Any]:
    """A complete application."""
    return {"uscc": factories.firm_code(), "name": "宿迁市安心家政服务有限公司", "mode": "employs",
            "legal_representative": "李建国", "phone": "0527-84350000", "address": "宿城区幸福中路 66 号",
            "region_codes": ["321311", "321302", "321311"], "licence_media_id": uploaded(by),
            "licence_valid_until": "2036-03-31", "founded_on": "2015-06-01", "outlets": 3, **fields}


@pytest.fixture()
def boss(world: sa.Connection) -> Account:
    """Somebody with an account and no firm yet."""
    return factories.member(Role.HOUSEHOLD)


def applied(client: FlaskClient, boss: Account, **fields: Any) -> dict[str, Any]:
    answer = client.post(FIRMS, json=file(boss, **fields), headers=factories.headers(boss))
    assert answer.status_code == 201, answer.json
    return answer.json


def refused(client: FlaskClient, boss: Account, **fields: Any) -> tuple[int, str]:
    answer = client.post(FIRMS, json=file(boss, **fields), headers=factories.headers(boss))
    return answer.status_code, answer.json["code"]


def in_state(state: str) -> tuple[Firm, dict[str, str]]:
    """A firm in a state and its manager's headers."""
    made = factories.firm(state, description="旧")
    return made, factories.headers(factories.manager_of(made))


def test_whoever_applies_becomes_the_manager_at_once(client: FlaskClient, boss: Account) -> None:
    made = applied(client, boss)
    assert (made["state"], made["region_codes"]) == ("applied", ["321302", "321311"])
    held = db.session.scalars(sa.select(Membership).where(Membership.org_id == UUID(made["id"]))).one()
    assert (held.account_id, held.role) == (boss.id, Role.FIRM_MANAGER)
    assert [entry.fact for entry in ledger.about(f"firm:{made['id']}")] == ["firm.applied"]
    mine = client.get("/api/v1/me/firms", headers=factories.headers(boss)).json
    assert mine["items"] == [made]
    mended = client.patch(f"{FIRMS}/{made['id']}", json={"name": "宿迁市安心家政有限公司"},
                          headers=factories.headers(boss))
    assert (mended.status_code, mended.json["name"]) == (200, "宿迁市安心家政有限公司")


def test_an_applicant_is_on_no_public_list(client: FlaskClient, boss: Account) -> None:
    made = applied(client, boss)
    assert client.get(FIRMS).json["items"] == []
    assert client.get(f"{FIRMS}/{made['id']}").json["code"] == "FirmNotFound"


def test_a_code_is_registered_once_whoever_comes_second(client: FlaskClient, boss: Account) -> None:
    made = applied(client, boss)
    assert refused(client, factories.member(Role.HOUSEHOLD), uscc=made["uscc"]) == (409, "FirmAlreadyRegistered")
    assert refused(client, boss, uscc=made["uscc"].lower()) == (409, "FirmAlreadyRegistered")
    assert len(db.session.scalars(sa.select(Firm)).all()) == 1


def test_the_same_application_sent_twice_with_one_key_is_one_firm(client: FlaskClient, boss: Account) -> None:
    body, headers = file(boss), factories.headers(boss, key="apply-1")
    first, second = client.post(FIRMS, json=body, headers=headers), client.post(FIRMS, json=body, headers=headers)
    assert (first.status_code, second.status_code, first.json) == (201, 201, second.json)
    assert second.headers["Idempotent-Replayed"] == "true"
    other = client.post(FIRMS, json={**body, "outlets": 4}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "KeyReused")


@pytest.mark.parametrize(("field", "wrong"), [
    ("uscc", "91999999MA00001008"), ("uscc", "91999999"), ("uscc", "91999999MA0000100I"), ("phone", "84350000"),
    ("mode", "both"), ("region_codes", []), ("name", " "), ("outlets", 0), ("outlets", "3"),
    ("founded_on", "2999-01-01"), ("licence_valid_until", "soon"), ("state", "on_platform"), ("score", 999),
    ("legal_representative", "李\x00")])
def test_a_wrong_field_is_named(client: FlaskClient, boss: Account, field: str, wrong: Any) -> None:
    answer = client.post(FIRMS, json=file(boss, **{field: wrong}), headers=factories.headers(boss))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{field}"]


def test_the_check_digit_is_verified_by_the_published_example(client: FlaskClient, boss: Account) -> None:
    assert applied(client, boss, uscc="11320000MB151840XJ")["uscc"] == "11320000MB151840XJ"
    assert refused(client, boss, uscc="11320000MB151840XK") == (422, "Invalid")


def test_a_district_nobody_serves_is_refused(client: FlaskClient, boss: Account) -> None:
    assert refused(client, boss, region_codes=["321302", "110101"]) == (422, "UnknownRegion")


def test_the_licence_must_be_ones_own_upload_of_that_kind(client: FlaskClient, boss: Account) -> None:
    assert refused(client, boss, licence_media_id=str(uuid4())) == (422, "LicenceNotYours")
    assert refused(client, boss, licence_media_id=uploaded(factories.account())) == (422, "LicenceNotYours")
    assert refused(client, boss, licence_media_id=uploaded(boss, "photo")) == (422, "LicenceNotYours")


def test_a_licence_that_ran_out_yesterday_is_refused(client: FlaskClient, boss: Account) -> None:
    yesterday = clock.today() - timedelta(days=1)
    assert refused(client, boss, licence_valid_until=str(yesterday)) == (422, "LicenceLapsed")
    assert applied(client, boss, licence_valid_until=str(clock.today()))["state"] == "applied"
    assert applied(client, boss, licence_valid_until=None)["licence_valid_until"] is None


def test_signing_in_comes_first(client: FlaskClient, boss: Account) -> None:
    assert client.post(FIRMS, json=file(boss)).status_code == 401
    assert client.get("/api/v1/me/firms").status_code == 401


EVERYTHING = {"name": "新名字", "mode": "introduces", "legal_representative": "张建国", "phone": "13800000001",
              "address": "新址一号", "region_codes": ["321324"], "founded_on": "2010-01-01", "outlets": 9,
              "description": "新", "licence_valid_until": "2040-01-01"}


@pytest.mark.parametrize("state", ["applied", "returned"])
def test_everything_but_the_code_may_be_mended_before_the_platform(client: FlaskClient, world: sa.Connection,
                                                                   state: str) -> None:
    firm, manager = in_state(state)
    answer = client.patch(f"{FIRMS}/{firm.id}", json=EVERYTHING, headers=manager)
    assert answer.status_code == 200, answer.json
    db.session.expire_all()
    assert (firm.name, firm.legal_representative.reveal(), firm.phone, firm.founded_on) == (
        "新名字", "张建国", "138 0000 0001", date(2010, 1, 1))
    entry = ledger.about(f"firm:{firm.id}", "firm.changed")[0]
    assert entry.data == {"fields": sorted(EVERYTHING)}, "which fields, never what they say"
    code = client.patch(f"{FIRMS}/{firm.id}", json={"uscc": factories.firm_code()}, headers=manager)
    assert code.status_code == 422


@pytest.mark.parametrize("state", ["on_platform", "suspended"])
def test_on_the_platform_only_contact_districts_and_words_may_change(client: FlaskClient, world: sa.Connection,
                                                                     state: str) -> None:
    firm, manager = in_state(state)
    for field, value in EVERYTHING.items():
        answer = client.patch(f"{FIRMS}/{firm.id}", json={field: value}, headers=manager)
        open_ones = ("phone", "description", "region_codes")
        assert answer.status_code == (200 if field in open_ones else 409), field
        if answer.status_code == 409:
            assert answer.json["code"] == "NotChangeableNow"
            assert (answer.json["params"]["state"], answer.json["params"]["fields"]) == (state, field)
            assert state not in answer.json["title"] and field not in answer.json["title"], "a clerk reads no codes"


def test_nothing_changes_while_the_federation_is_reading(client: FlaskClient, world: sa.Connection) -> None:
    firm, manager = in_state("under_review")
    answer = client.patch(f"{FIRMS}/{firm.id}", json={"description": "新"}, headers=manager)
    assert (answer.status_code, answer.json["code"]) == (409, "NotChangeableNow")


def test_only_its_own_manager_may_change_or_resubmit_a_firm(client: FlaskClient, world: sa.Connection) -> None:
    firm, _ = in_state("returned")
    _, rival = in_state("returned")
    broker = factories.headers(factories.member(Role.BROKER, firm.id))
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    for method, path in ((client.patch, f"{FIRMS}/{firm.id}"), (client.post, f"{FIRMS}/{firm.id}/resubmissions")):
        body = {"description": "x"} if method == client.patch else None
        assert method(path, json=body, headers=rival).json["code"] == "FirmNotFound"
        assert method(path, json=body, headers=broker).json["code"] == "RoleRequired"
        assert method(path, json=body, headers=auditor).json["code"] == "RoleRequired"


def test_a_returned_application_goes_to_the_end_of_the_queue_again(
        client: FlaskClient, world: sa.Connection, run_jobs: Callable[[], int]) -> None:
    firm, manager = in_state("returned")
    administrator = factories.member(Role.FEDERATION_ADMIN)
    with clock.frozen(clock.now() + timedelta(days=1)) as tomorrow:
        answer = client.post(f"{FIRMS}/{firm.id}/resubmissions", headers=manager)
    assert (answer.status_code, answer.json["state"]) == (201, "applied")
    db.session.expire_all()
    assert firm.applied_at == tomorrow
    assert client.post(f"{FIRMS}/{firm.id}/resubmissions", headers=manager).json["code"] == "StepNotPossible"
    run_jobs()
    told = db.session.scalars(sa.select(Notification)).one()
    assert (told.account_id, told.kind, told.data["firm_name"]) == (administrator.id, "firm_applied", firm.name)


def test_a_lapsed_licence_is_renewed_before_resubmitting(client: FlaskClient, world: sa.Connection) -> None:
    firm = factories.firm("returned", licence_valid_until=clock.today() - timedelta(days=1))
    manager = factories.headers(factories.manager_of(firm))
    assert client.post(f"{FIRMS}/{firm.id}/resubmissions", headers=manager).json["code"] == "LicenceLapsed"
    db.session.refresh(firm)
    assert firm.state == "returned"
    client.patch(f"{FIRMS}/{firm.id}", json={"licence_valid_until": "2040-01-01"}, headers=manager)
    assert client.post(f"{FIRMS}/{firm.id}/resubmissions", headers=manager).status_code == 201


def test_the_whole_file_is_for_members_and_the_federation_and_every_look_is_recorded(
        client: FlaskClient, world: sa.Connection) -> None:
    firm, manager = in_state("applied")
    _, rival = in_state("applied")
    auditor = factories.headers(factories.member(Role.FEDERATION_AUDITOR))
    where = f"{FIRMS}/{firm.id}/application"
    for who in (manager, auditor):
        assert client.get(where, headers=who).json["legal_representative"] == "李建国"
    assert client.get(where, headers=auditor).json["licence_url"] is None
    looks = db.session.scalars(sa.select(Look).order_by(Look.id)).all()
    assert [(look.subject, look.field, look.role) for look in looks] == [
        (f"firm:{firm.id}", "legal_representative", role)
        for role in ("firm_manager", "federation_auditor", "federation_auditor")]
    assert client.get(where, headers=rival).json["code"] == "FirmNotFound"
    assert client.get(where, headers=factories.headers(factories.member(Role.HOUSEHOLD))).status_code == 403
    assert len(db.session.scalars(sa.select(Look)).all()) == 3, "nothing was shown to the others"
