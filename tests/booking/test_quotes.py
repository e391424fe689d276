"""A household asks what a visit costs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import Range

from qiaojiejie.booking.models import Quote
from qiaojiejie.calendars import service as calendars
from qiaojiejie.calendars.rules import Terms
from qiaojiejie.catalog.models import Service
from qiaojiejie.catalog.rules import cell
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.households.models import Household
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.factories import tomorrow

Ask = Callable[..., Any]


@pytest.fixture()
def family(world: sa.Connection) -> Household:
    """A family in Sucheng."""
    return factories.household()


@pytest.fixture()
def she(world: sa.Connection) -> Worker:
    """A cleaner at work from eight to eight."""
    return factories.worker_with_account(services={"cleaning": 4000, "appliance_cleaning": 9900, "tutoring": 8000,
                                                   "live_in_help": 500_000})


@pytest.fixture()
def ask(client: FlaskClient, family: Household, she: Worker) -> Ask:
    """Asks for a quote: three hours of cleaning tomorrow at ten unless said otherwise."""
    place = factories.address(family)
    headers = factories.headers(db.session.get_one(factories.Account, family.account_id))

    def send(start: datetime | None = None, minutes: int = 180, **changes: Any) -> Any:
        return client.post("/api/v1/quotes", headers=headers, json={
            "worker_id": str(she.id), "service_code": "cleaning", "address_id": str(place.id),
            "start": (start or tomorrow()).isoformat(), "minutes": minutes, **changes})

    return send


def refused(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json["code"]


def test_a_quote_is_a_price_in_lines_with_the_policy_in_words(ask: Ask) -> None:
    answer = ask()
    assert answer.status_code == 201, answer.json
    quote = answer.json
    assert {line["line"]: line["amount"]["amount"] for line in quote["lines"]}["wage"] == 12_000
    assert [line["line"] for line in quote["lines"]] == ["wage", "firm_fee", "insurance", "platform_fee"]
    assert quote["total"]["amount"] == sum(line["amount"]["amount"] for line in quote["lines"])
    first, second, third = quote["policy"]["tiers"]
    assert (first["fee"]["amount"], first["refund"]) == (0, quote["total"])
    assert first["until"] == clock.local(tomorrow() - timedelta(days=1)).isoformat(timespec="seconds")
    assert second["fee"]["amount"] + second["refund"]["amount"] == quote["total"]["amount"]
    assert third["words"] and third["words_en"]


def test_a_quote_is_good_for_a_quarter_of_an_hour(ask: Ask) -> None:
    with clock.frozen(tomorrow(9, days=0)) as now:
        answer = ask()
    assert answer.json["expires_at"] == clock.local(now + timedelta(minutes=15)).isoformat(timespec="seconds")


def test_a_visit_priced_by_the_visit_costs_the_same_however_long(ask: Ask) -> None:
    short, long = (ask(minutes=minutes, service_code="appliance_cleaning").json for minutes in (120, 240))
    assert short["total"] == long["total"]
    assert short["lines"][0]["amount"]["amount"] == 9900


@pytest.mark.parametrize("changes, code", [
    ({"service_code": "live_in_help"}, "NotAVisit"),
    ({"service_code": "deep_cleaning"}, "ServiceNotOffered"),
    ({"minutes": 100}, "LengthNotPossible"),
    ({"minutes": 30}, "LengthNotPossible"),
])
def test_what_can_not_be_booked_as_a_visit_is_said_by_name(ask: Ask, changes: dict[str, Any], code: str) -> None:
    assert refused(ask(**changes)) == (409, code)


def test_an_unknown_service_worker_or_address_is_said_by_name(ask: Ask) -> None:
    nobody = "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"
    assert refused(ask(service_code="juggling")) == (422, "UnknownService")
    assert refused(ask(worker_id=nobody)) == (404, "WorkerNotFound")
    assert refused(ask(address_id=nobody)) == (404, "AddressNotFound")


def test_a_time_is_refused_for_its_own_reason(ask: Ask) -> None:
    assert refused(ask(start=tomorrow(10, 15))) == (409, "StartNotOnHalfHour")
    assert refused(ask(start=tomorrow(7, 30))) == (409, "OutsideHours")
    assert refused(ask(start=tomorrow(19))) == (409, "OutsideHours")
    assert refused(ask(start=tomorrow(10, days=60))) == (409, "BeyondHorizon")
    assert ask(start=tomorrow(10, days=59)).status_code == 201
    start = tomorrow(10)
    with clock.frozen(start - timedelta(minutes=30)):
        assert refused(ask(start=start)) == (409, "TooLittleNotice")


def test_a_quote_holds_to_her_terms_and_to_the_way_and_names_the_figures(ask: Ask, she: Worker) -> None:
    calendars.set_terms(worker_no=she.no, terms=Terms(notice_minutes=7 * 24 * 60, horizon_days=20))
    assert ask(start=tomorrow()).json["params"] == {"minutes": 10_080}
    assert ask(start=tomorrow(days=20)).json["params"] == {"days": 20}
    start, far = tomorrow(14, days=10), cell(127.1745, 37.5755)  # 18 km from where the families of factories live
    calendars.engage(worker_no=she.no, during=Range(start, start + timedelta(hours=1)), ref="booking:1", cell=far)
    answer = ask(start=tomorrow(10, days=10))
    assert refused(answer) == (409, "TooFarBetween") and answer.json["params"] == {"minutes": 80, "gap": 60}
    assert ask(start=tomorrow(9, 30, days=10)).status_code == 201


def test_time_taken_is_refused_with_the_way_between(ask: Ask, she: Worker) -> None:
    factories.booking(by=she, start=tomorrow(10), minutes=120)
    for start in (tomorrow(10), tomorrow(11), tomorrow(12), tomorrow(12, 30), tomorrow(8)):
        assert refused(ask(start=start, minutes=120)) == (409, "SlotTaken"), start
    assert ask(start=tomorrow(13), minutes=120).status_code == 201


def test_leave_is_refused_as_taken(ask: Ask, she: Worker) -> None:
    calendars.add_leave(worker_no=she.no, start=tomorrow(9), end=tomorrow(12), note="看病")
    assert refused(ask()) == (409, "SlotTaken")


def test_an_address_in_a_district_nobody_serves_is_refused(ask: Ask, family: Household) -> None:
    away = factories.address(family, district="321324")
    assert refused(ask(address_id=str(away.id))) == (409, "AddressNotServed")


def test_an_address_of_another_family_is_not_found(ask: Ask) -> None:
    theirs = factories.address(factories.household())
    assert refused(ask(address_id=str(theirs.id))) == (404, "AddressNotFound")


@pytest.mark.parametrize("field, value", [("listed", False), ("firm_id", None)])
def test_a_worker_who_is_not_listed_takes_no_bookings(ask: Ask, she: Worker, field: str, value: Any) -> None:
    setattr(she, field, value)
    db.session.flush()
    assert refused(ask()) == (409, "WorkerNotBookable")


def test_a_suspended_firm_takes_no_bookings(ask: Ask, she: Worker) -> None:
    db.session.get_one(factories.Firm, she.firm_id).state = "suspended"
    db.session.flush()
    assert refused(ask()) == (409, "WorkerNotBookable")


def test_papers_must_be_in_date_on_the_day_of_service_and_its_last_day_counts(ask: Ask, she: Worker) -> None:
    she.insured_until = clock.local(tomorrow()).date()
    db.session.flush()
    assert ask().status_code == 201
    later = ask(start=tomorrow(10, days=2))
    assert refused(later) == (409, "WorkerNotEligible")
    assert later.json["params"]["reasons"] == "insurance_lapsed" and "保险已过期" in later.json["title"]


def test_a_certificate_must_be_valid_on_the_day_of_service_not_today(ask: Ask, she: Worker) -> None:
    db.session.execute(sa.update(Service).where(Service.code == "cleaning").values(certificates=["domestic_worker"]))
    assert ask().json["params"]["reasons"] == "certificate_missing"
    held = {"title": "家政服务员", "occupation": "domestic_worker", "level": 5, "verified": True}
    she.certificates = [{**held, "valid_until": clock.local(tomorrow()).date().isoformat()}]
    db.session.flush()
    assert ask().status_code == 201
    later = ask(start=tomorrow(10, days=2))
    assert refused(later) == (409, "WorkerNotEligible")
    assert later.json["params"]["reasons"] == "certificate_lapsed" and "证书届时已过期" in later.json["title"]


def test_care_work_needs_health_and_background(ask: Ask, she: Worker) -> None:
    she.health_until = None
    db.session.flush()
    assert ask().status_code == 201
    assert refused(ask(service_code="tutoring")) == (409, "WorkerNotEligible")


def test_only_a_household_asks(client: FlaskClient, she: Worker) -> None:
    herself = factories.headers(db.session.get_one(factories.Account, she.account_id))
    assert client.post("/api/v1/quotes", headers=herself, json={}).status_code == 403
    assert client.post("/api/v1/quotes", json={}).status_code == 401


@pytest.mark.parametrize("owned", ["id", "total", "expires_at", "policy", "household_id", "firm_id"])
def test_nothing_the_server_owns_can_be_sent(ask: Ask, owned: str) -> None:
    assert ask(**{owned: "1"}).status_code == 422


def test_the_policy_is_frozen_onto_the_quote(ask: Ask) -> None:
    made = db.session.get_one(Quote, factories.UUID(ask().json["id"]))
    assert set(made.policy) == {"code", "name", "tiers", "no_show_permille", "grace_minutes"}
    assert made.minutes == 180
