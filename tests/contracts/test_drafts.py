"""A contract is drafted from the booking, or it is said what it lacks; what changed makes a new version."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from qiaojiejie.contracts import rules
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories
from tests.contracts.conftest import Engage
from tests.contracts.scene import CERTIFICATES, ID_NUMBER, NAME, Scene


def test_a_single_visit_has_terms_and_no_contract(scene: Scene) -> None:
    scene.booking = factories.booking("confirmed", scene.household, scene.worker, factories.tomorrow(days=2))
    assert scene.draft().json["code"] == "ContractNotNeeded"
    terms = scene.call("GET", f"/bookings/{scene.booking.id}/terms", scene.family).json
    assert terms["contract_needed"] is False and terms["total"]["amount"] == 13800
    said = "".join(each for clause in terms["clauses"] for each in clause["sentences"])
    for tier in scene.booking.terms["tiers"]:
        assert tier["words"] in said


def test_terms_are_for_the_parties_alone(scene: Scene) -> None:
    stranger = factories.headers(db.session.get_one(Account, factories.household().account_id))
    for path in ("terms", "contracts"):
        assert scene.call("GET", f"/bookings/{scene.booking.id}/{path}", stranger).json["code"] == "BookingNotFound"
    for who in (scene.family, scene.nurse, scene.manager):
        assert scene.call("GET", f"/bookings/{scene.booking.id}/terms", who).json["contract_needed"] is True


def test_what_is_missing_is_named(scene: Scene) -> None:
    refused = scene.draft()
    assert (refused.status_code, refused.json["code"]) == (409, "ContractFieldMissing")
    assert "消费者的姓名" in refused.json["title"]
    assert [each["pointer"] for each in refused.json["errors"]] == ["/household_name", "/household_id_number"]


def test_a_contract_has_a_word_for_every_way_a_worker_is_engaged(world: sa.Connection) -> None:
    assert set(world.execute(sa.text("SELECT DISTINCT mode FROM service")).scalars()) <= set(rules.MODE_NAMES)


@pytest.mark.parametrize(("of", "field", "empty", "pointer"), [
    ("firm", "address", "", "firm_address"), ("firm", "phone", "", "firm_phone"),
    ("worker", "health_until", None, "worker_health"), ("worker", "insured_until", None, "worker_insurance")])
def test_a_field_of_firm_or_worker_that_is_missing_is_named(
        scene: Scene, of: str, field: str, empty: str | None, pointer: str) -> None:
    assert scene.identify().status_code == 200
    setattr(getattr(scene.booking, of), field, empty)
    db.session.flush()
    refused = scene.draft(scene.broker)
    assert refused.json["code"] == "ContractFieldMissing"
    assert [each["pointer"] for each in refused.json["errors"]] == [f"/{pointer}"]
    assert scene.states() == []


@pytest.mark.parametrize("state", ["held", "served", "completed"])
def test_it_is_drafted_while_the_booking_is_confirmed_or_under_way(engage: Engage, state: str) -> None:
    scene = engage(state=state)
    scene.identify()
    assert scene.draft().json["code"] == "ContractNotNow"


def test_household_and_firm_have_it_drafted_and_the_worker_does_not(scene: Scene) -> None:
    scene.identify()
    assert scene.draft(scene.nurse).json["code"] == "RoleRequired"
    assert scene.draft(scene.broker).status_code == 201


def test_a_family_consents_apart_and_may_take_its_id_number_back(scene: Scene) -> None:
    assert scene.identify(consent=False).json["code"] == "ConsentNeeded"
    assert scene.identify(id_number=ID_NUMBER[:-1] + "0").status_code == 422
    given = scene.identify(home="江苏省宿迁市测试小区 5 栋").json
    assert (given["name"], given["id_number"]) == ("司***", f"{ID_NUMBER[0]}{'*' * 16}{ID_NUMBER[-1]}")
    assert given["home"] == "****"
    assert scene.call("GET", "/me/contract-identity", scene.family).json == given
    assert scene.call("DELETE", "/me/contract-identity", scene.family).status_code == 204
    assert scene.call("GET", "/me/contract-identity", scene.family).json["code"] == "ContractIdentityNotFound"
    assert scene.draft().json["code"] == "ContractFieldMissing"


def test_nothing_personal_lies_open_and_lists_show_it_masked(scene: Scene) -> None:
    made = scene.drafted()
    row = db.session.execute(sa.text("SELECT data::text, encode(personal, 'escape'), encode(paper, 'escape')"
                                     " FROM contract")).one()
    shown = str(made) + str(scene.call("GET", f"/contracts/{made['contract']['id']}", scene.manager).json)
    place = scene.booking.address.detail.reveal()
    for secret in (NAME, ID_NUMBER, scene.worker.name.reveal(), scene.worker.phone.reveal(), place,
                   CERTIFICATES[0]["title"]):
        assert secret not in "".join(row) and secret not in shown, secret


def test_each_look_at_the_paper_is_recorded(scene: Scene) -> None:
    made = scene.drafted()
    for who in (scene.family, scene.nurse, scene.manager):
        scene.paper(made, who)
    looks = db.session.execute(sa.text("SELECT role, subject FROM look WHERE field = 'contract' ORDER BY id")).all()
    hers, theirs = f"worker:{scene.worker.id}", f"household:{scene.household.id}"
    assert [tuple(each) for each in looks] == [
        ("household", hers), ("worker", theirs), ("firm_manager", hers), ("firm_manager", theirs)]


def test_drafting_again_is_refused_when_nothing_changed(scene: Scene) -> None:
    scene.drafted()
    assert scene.draft().json["code"] == "ContractUnchanged"


def test_a_change_makes_the_next_version_which_says_what_changed(scene: Scene) -> None:
    first = scene.signed(scene.drafted())
    scene.shorten(20)
    second = scene.draft(scene.broker).json
    assert (first["contract"]["version"], second["contract"]["version"]) == (1, 2)
    changed = {each["field"]: each for each in second["changes"]}
    assert set(changed) == {"service_end", "service_days"}
    assert changed["service_days"]["before"].startswith("共 26 天")
    assert changed["service_days"]["after"].startswith("共 20 天")
    assert second["effective_on"] == clock.local(scene.booking.start).date().isoformat()
    assert scene.states() == ["signed", "drafted"]
    listed = scene.call("GET", f"/bookings/{scene.booking.id}/contracts?limit=1", scene.family).json
    assert [each["version"] for each in listed["items"]] == [2] and listed["next_cursor"]
    rest = scene.call("GET", f"/bookings/{scene.booking.id}/contracts?cursor={listed['next_cursor']}",
                      scene.family).json
    assert [(each["version"], each["sha256"]) for each in rest["items"]] == [(1, first["contract"]["sha256"])]


def test_of_a_birth_that_is_waited_for_it_says_when_it_may_begin_and_not_a_day_nobody_knows(scene: Scene) -> None:
    window = {"due_on": "2030-03-05", "earliest": "2030-03-02", "latest": "2030-03-08"}
    scene.booking.plan = {**(scene.booking.plan or {}), "window": window, "babies": 2}
    scene.booking.window_ends = date(2030, 3, 8)
    db.session.flush()
    words = {each["field"]: each["value"] for each in scene.drafted()["fields"]}
    assert all(day in words["service_start"] for day in ("3 月 5 日", "3 月 2 日", "3 月 8 日"))
    assert (words["service_end"], words["service_days"]) == ("自开始之日起第 26 天", "共 26 天，自开始之日起连续")
    assert words["service_holidays"].startswith("自预产期开始的：") and "双胞胎" in words["service_content"]


def test_an_amendment_takes_the_place_of_the_contract_once_all_have_signed_it(scene: Scene) -> None:
    scene.signed(scene.drafted())
    scene.shorten(20)
    second = scene.draft().json
    scene.sign(second, scene.family)
    assert scene.states() == ["signed", "drafted"]
    scene.sign(second, scene.manager)
    assert scene.states() == ["superseded", "signed"]
    assert scene.facts()[-2:] == ["contract.superseded", "contract.signed"]


def test_a_draft_that_was_not_signed_gives_way_at_once(scene: Scene) -> None:
    first = scene.drafted()
    scene.sign(first, scene.family)
    scene.shorten(20)
    assert scene.draft().json["contract"]["version"] == 2
    assert scene.states() == ["superseded", "drafted"]
    assert scene.code(first, scene.manager).json["code"] == "StepNotPossible"


def test_another_worker_is_a_change_and_does_not_read_of_the_one_before(scene: Scene) -> None:
    first = scene.drafted()
    other = factories.worker_with_account(of=scene.booking.firm, name="李秀兰", certificates=CERTIFICATES)
    scene.booking.worker_id = other.id
    db.session.flush()
    db.session.expire(scene.booking)
    second = scene.draft().json
    changed = {each["field"]: each for each in second["changes"]}
    assert {"worker_name", "worker_id_number", "worker_phone"} <= set(changed)
    assert changed["worker_name"]["before"] is changed["worker_name"]["after"] is None
    hers = factories.headers(db.session.get_one(Account, other.account_id))
    assert scene.call("GET", f"/contracts/{first['contract']['id']}", hers).json["code"] == "ContractNotFound"
    assert scene.call("GET", f"/contracts/{second['contract']['id']}", scene.nurse).json["code"] == "ContractNotFound"
    seen = scene.call("GET", f"/bookings/{scene.booking.id}/contracts", hers).json["items"]
    assert [each["version"] for each in seen] == [2]


def test_a_version_is_frozen_in_the_database(scene: Scene) -> None:
    scene.signed(scene.drafted())
    for change in ("UPDATE contract SET data = '{}'", "UPDATE contract SET sha256 = 'x'", "DELETE FROM contract",
                   "UPDATE contract_signature SET sha256 = 'x'", "DELETE FROM contract_signature"):
        with pytest.raises(sa.exc.DBAPIError), db.session.begin_nested():
            db.session.execute(sa.text(change))


def test_cancelling_voids_the_contract_and_both_are_told(scene: Scene, run_jobs: Callable[[], int]) -> None:
    scene.signed(scene.drafted())
    quoted = scene.call("POST", f"/bookings/{scene.booking.id}/cancellation-quotes", scene.family)
    refund = quoted.json["refund"]["amount"]
    answer = scene.call("POST", f"/bookings/{scene.booking.id}/cancellations", scene.family,
                        {"expected_refund": refund})
    assert answer.status_code == 200, answer.json
    run_jobs()
    assert scene.states() == ["void"] and scene.facts()[-1] == "contract.voided"
    assert scene.notices(scene.household.account_id) == ["contract_signed", "contract_voided"]
    assert scene.draft().json["code"] == "ContractNotNow"
