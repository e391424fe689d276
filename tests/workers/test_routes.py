"""A firm's staff list and a worker's own file, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.documents import service as documents
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.workers import facts, queries, service
from qiaojiejie.workers.models import Employment
from tests import factories


class Office:
    """A firm and its manager's way in."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.firm = client, factories.firm()
        self.manager = factories.manager_of(self.firm)
        self.headers = factories.headers(self.manager)

    def call(self, method: str, path: str = "", firm: Firm | None = None, **kwargs: Any) -> Any:
        """One request about the staff."""
        return self.client.open(f"/api/v1/firms/{(firm or self.firm).id}/staff{path}", method=method,
                                headers=self.headers, **kwargs)


@pytest.fixture()
def office(client: FlaskClient) -> Office:
    """A firm on the platform."""
    return Office(client)


def someone(**changed: Any) -> dict[str, Any]:
    """A person to take on."""
    return {"name": "李桂兰", "phone": factories.phone(), "id_number": factories.id_number(), **changed}


def test_a_person_taken_on_is_on_the_list_masked(office: Office) -> None:
    body = someone()
    made = office.call("POST", json=body)
    assert made.status_code == 201, made.json
    assert (made.json["called"], made.json["name"], made.json["sex"]) == ("李阿姨", "李**", "female")
    assert not made.json["listed"] and made.json["safety_colour"] == "red"
    listed = office.call("GET").json["items"]
    assert [row["id"] for row in listed] == [made.json["id"]]
    assert body["phone"] not in str(listed) and body["id_number"] not in str(listed)
    assert ledger.about(f"worker:{made.json['id']}", facts.JOINED)[0].data == {"firm": str(office.firm.id)}


@pytest.mark.parametrize(("changed", "field"), [
    ({"id_number": "321302198005060007"}, "/id_number"), ({"id_number": "32130219800506"}, "/id_number"),
    ({"phone": "1390001005"}, "/phone"), ({"name": ""}, "/name"), ({"score": 1000}, "/score"),
])
def test_a_person_with_wrong_data_is_refused_by_field(office: Office, changed: dict[str, Any], field: str) -> None:
    answer = office.call("POST", json=someone(**changed))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [field]


def test_nobody_under_eighteen_is_taken_on_and_on_her_birthday_she_is(office: Office) -> None:
    today = clock.today()
    young = someone(id_number=factories.id_number(today.replace(year=today.year - 18) + timedelta(days=1)))
    grown = someone(id_number=factories.id_number(today.replace(year=today.year - 18)))
    assert office.call("POST", json=young).status_code == 422
    assert office.call("POST", json=grown).status_code == 201


def test_a_worker_works_through_one_firm_at_a_time(office: Office) -> None:
    body = someone()
    first = office.call("POST", json=body).json["id"]
    other = Office(office.client)
    assert other.call("POST", json=body).json["code"] == "WorkerElsewhere"
    assert office.call("POST", json=body).json["code"] == "AlreadyOnStaff"
    left = office.call("POST", f"/{first}/departures", json={"left_on": str(clock.today()), "reason": "回老家"})
    assert left.status_code == 201, left.json
    assert office.call("GET", f"/{first}").status_code == 404
    again = other.call("POST", json=body)
    assert (again.status_code, again.json["id"]) == (201, first)
    rows = db.session.scalars(sa.select(Employment).order_by(Employment.id)).all()
    assert [(row.firm_id, row.left_because) for row in rows] == [(office.firm.id, "回老家"), (other.firm.id, None)]


def test_she_can_not_leave_tomorrow_or_before_she_joined(office: Office) -> None:
    joined = clock.today() - timedelta(days=10)
    worker = office.call("POST", json=someone(joined_on=str(joined))).json["id"]
    for day in (clock.today() + timedelta(days=1), joined - timedelta(days=1)):
        answer = office.call("POST", f"/{worker}/departures", json={"left_on": str(day), "reason": "x"})
        assert (answer.status_code, answer.json["code"]) == (422, "LeftBeforeJoining")


def test_a_suspended_firm_takes_nobody_on(office: Office) -> None:
    office.firm.state = "suspended"
    db.session.flush()
    assert office.call("POST", json=someone()).json["code"] == "FirmNotOpen"


@pytest.mark.parametrize(("method", "path"), [
    ("GET", ""), ("GET", "/{id}"), ("PATCH", "/{id}"), ("POST", "/{id}/departures"), ("POST", "/{id}/reveals"),
    ("PUT", "/{id}/services"),
])
def test_another_firms_staff_is_not_found(office: Office, method: str, path: str) -> None:
    stranger = factories.worker()
    bodies: dict[str, Any] = {"/{id}/departures": {"left_on": str(clock.today()), "reason": "x"}, "/{id}/services": [],
                              "/{id}/reveals": {"fields": ["phone"], "reason": "x"}, "/{id}": {}}
    body = None if method == "GET" else bodies[path]
    theirs = db.session.get_one(Firm, stranger.firm_id)
    assert office.call(method, path.format(id=stranger.id), firm=theirs, json=body).status_code == 404
    if path:
        assert office.call(method, path.format(id=stranger.id), json=body).status_code == 404


def test_a_family_has_no_way_in(client: FlaskClient) -> None:
    family = db.session.get_one(Account, factories.household().account_id)
    answer = client.get(f"/api/v1/firms/{factories.firm().id}/staff", headers=factories.headers(family))
    assert answer.status_code == 403


def test_seeing_plain_values_leaves_a_look_for_each(office: Office) -> None:
    body = someone()
    worker = office.call("POST", json=body).json["id"]
    seen = office.call("POST", f"/{worker}/reveals", json={"fields": ["phone", "name"], "reason": "核对"})
    assert seen.json == {"phone": body["phone"], "name": "李桂兰"}
    looks = db.session.scalars(sa.select(Look).where(Look.subject == f"worker:{worker}")).all()
    assert {(look.field, look.reason, look.account_id) for look in looks} == {
        ("phone", "核对", office.manager.id), ("name", "核对", office.manager.id)}


def test_services_are_priced_as_a_whole_list(office: Office) -> None:
    worker = factories.worker(office.firm, services={"cleaning": 4000})
    done = office.call("PUT", f"/{worker.id}/services", json=[{"service_code": "organising", "price_fen": 6000}])
    assert done.status_code == 200, done.json
    assert [(row["service_code"], row["price"]["amount"]) for row in done.json["services"]] == [("organising", 6000)]
    twice = [{"service_code": "cleaning", "price_fen": 1}] * 2
    assert office.call("PUT", f"/{worker.id}/services", json=twice).json["code"] == "OfferedTwice"
    unknown = [{"service_code": "digging", "price_fen": 1}]
    assert office.call("PUT", f"/{worker.id}/services", json=unknown).json["code"] == "UnknownService"


def test_the_list_is_filtered_by_words_service_and_lapsing_papers(office: Office) -> None:
    soon = factories.worker(office.firm, health_until=clock.today() + timedelta(days=5))
    fine = factories.worker(office.firm, services={"organising": 100}, called="李阿姨")
    for of in (soon, fine):
        service.refresh(worker=of)

    def found(query: str) -> list[str]:
        return [row["id"] for row in office.call("GET", f"?{query}").json["items"]]

    assert found("lapsing_within=30") == [str(soon.id)]
    assert found("service=organising") == [str(fine.id)]
    assert found("words=李阿姨") == [str(fine.id)]
    assert found(f"words={soon.phone.reveal()}") == [str(soon.id)]
    page = office.call("GET", "?limit=1").json
    assert found(f"limit=1&cursor={page['next_cursor']}") == [str(fine.id)]


def test_a_worker_sees_and_introduces_herself(office: Office, client: FlaskClient) -> None:
    body = someone()
    worker = office.call("POST", json=body).json["id"]
    account = db.session.scalars(sa.select(Account).join(queries.Worker, queries.Worker.account_id == Account.id)).one()
    hers = factories.headers(account, Role.WORKER)
    own = client.get("/api/v1/me/worker", headers=hers)
    assert own.status_code == 200, own.json
    assert own.json and own.json["id"] == worker
    assert (own.json["phone"], own.json["id_number"]) == (body["phone"], body["id_number"])
    changed = client.patch("/api/v1/me/worker", headers=hers, json={"bio": "会做淮扬菜"})
    assert changed.json and changed.json["bio"] == "会做淮扬菜"
    assert client.patch("/api/v1/me/worker", headers=hers, json={"grade": "AAA"}).status_code == 422


def test_her_own_file_shows_certificates_and_honours_that_have_dates(client: FlaskClient) -> None:
    hers = factories.worker_with_account()
    paper = factories.document(hers, "certificate", "verified", occupation="domestic_worker", level=4)
    documents.show_certificates(worker_ids=[hers.id])
    hers.honours = [{"title": "市技术能手", "body": "宿迁市总工会", "on": "2026-06-01"}]
    service.refresh(worker=hers)
    db.session.expire_all()
    own = client.get("/api/v1/me/worker", headers=factories.headers(db.session.get_one(Account, hers.account_id)))
    assert own.status_code == 200 and own.json
    assert paper.valid_until is not None
    assert [each["valid_until"] for each in own.json["card"]["certificates"]] == [paper.valid_until.isoformat()]
    assert own.json["card"]["honours"][0]["on"] == "2026-06-01"


def test_with_a_new_phone_another_account_acts_as_the_worker(office: Office, client: FlaskClient) -> None:
    worker = office.call("POST", json=someone()).json["id"]
    before = queries.get(worker).account_id
    done = office.call("PATCH", f"/{worker}", json={"phone": factories.phone(), "native_place": "江苏泗洪"})
    assert done.status_code == 200, done.json
    db.session.expire_all()
    after = queries.get(worker)
    assert after.account_id not in (None, before)
    assert after.card["native_place"] == "江苏泗洪"
    old = db.session.get_one(Account, before)
    assert client.get("/api/v1/me/worker", headers=factories.headers(old)).status_code == 403
    assert ledger.about(f"worker:{worker}", facts.CHANGED)[0].data == {"fields": ["phone", "native_place"]}


def test_two_workers_with_one_phone_do_not_share_an_account(office: Office) -> None:
    phone = factories.phone()
    ids = [office.call("POST", json=someone(phone=phone, id_number=factories.id_number(born))).json["id"]
           for born in (clock.today().replace(year=1980), clock.today().replace(year=1981))]
    db.session.expire_all()
    assert [queries.get(worker).account_id is None for worker in ids] == [False, True]


def test_a_photo_must_be_the_firms_own(office: Office) -> None:
    worker = factories.worker(office.firm)
    answer = office.call("PATCH", f"/{worker.id}", json={"photo_id": str(worker.id)})
    assert answer.json["code"] == "PhotoNotYours"


def test_what_a_firm_noted_goes_with_it_and_its_wages_are_no_longer_confirmed(office: Office,
                                                                              client: FlaskClient) -> None:
    body = someone(note="爱迟到")
    worker = office.call("POST", json=body).json["id"]
    office.call("PUT", f"/{worker}/services", json=[{"service_code": "cleaning", "price_fen": 4000}])
    office.call("POST", f"/{worker}/departures", json={"left_on": str(clock.today()), "reason": "回老家"})
    del body["note"]
    other = Office(client)
    there = other.call("POST", json=body).json
    assert (there["id"], there["note"]) == (worker, "")
    assert [(each["price"]["amount"], each["provisional"]) for each in there["services"]] == [(4000, True)]
    again = other.call("PUT", f"/{worker}/services", json=[{"service_code": "cleaning", "price_fen": 4000}]).json
    assert [each["provisional"] for each in again["services"]] == [False]


def test_anybody_may_see_how_many_work_for_a_firm_and_what_was_verified(office: Office, client: FlaskClient) -> None:
    empty = client.get(f"/api/v1/firms/{office.firm.id}/staff-figures").json
    assert (empty["staff"], empty["certified_percent"]) == (0, None)
    yesterday = clock.today() - timedelta(days=1)
    factories.worker(office.firm, certificates=[{"title": "家政服务员四级", "level": 4}])
    factories.worker(office.firm, health_until=clock.today())
    factories.worker(office.firm, health_until=yesterday, listed=False, identity_verified_on=None)
    figures = client.get(f"/api/v1/firms/{office.firm.id}/staff-figures").json
    assert figures == {"staff": 3, "listed": 2, "identity_verified": 2, "health_in_date": 2, "insured": 3,
                       "certified": 1, "certified_percent": 33}
    applicant = factories.firm(state="applied")
    assert client.get(f"/api/v1/firms/{applicant.id}/staff-figures").status_code == 404


@pytest.mark.parametrize("written", ["{0}", "+86 {0}", "{0:.3}-{1}-{2}"])
def test_a_clerk_finds_somebody_by_her_phone_however_she_writes_it(office: Office, written: str) -> None:
    body = someone()
    phone = body["phone"]
    made = office.call("POST", json=body).json["id"]
    office.call("POST", json=someone(id_number=factories.id_number(factories.date(1977, 7, 7))))
    found = office.call("GET", query_string={"words": written.format(phone, phone[3:7], phone[7:])}).json["items"]
    assert [each["id"] for each in found] == [made]
