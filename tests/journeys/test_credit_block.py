"""A firm is blocked, objects in vain, makes good, and leaves the list; families cannot book its workers meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests.family import books_balance  # noqa: F401
from tests.journeys.townsfolk import Sister, Town, at, replayed
from tests.journeys.visits import Booked
from tests.stripe_sandbox import StripeSandbox

pytestmark = pytest.mark.usefixtures("books_balance")


@pytest.fixture()
def town(client: FlaskClient, stripe_sandbox: StripeSandbox, run_jobs: Callable[[], int],
         sweep: Callable[[str], None]) -> Town:
    """A town."""
    return Town(client, stripe_sandbox, run_jobs, sweep)


def blocked(town: Town, her: Sister) -> dict[str, Any]:
    """One officer proposes, another confirms; the entry."""
    made = town.post(town.auditor, "/lists/entries", {
        "kind": "block", "firm_id": str(her.firm.id), "reason": "false_identity", "note": "证件系伪造",
        "media_ids": [town.upload(town.auditor)]})
    path, confirm = f"/lists/entries/{made['id']}/decisions", {"step": "confirm", "note": "属实"}
    assert town.refused(town.auditor, path, confirm) in ("SameOfficer", "NotYourStep")
    entry: dict[str, Any] = town.post(town.administrator, path, confirm)
    town.settle()
    return entry


def decided(town: Town, petition: dict[str, Any], **proposal: Any) -> str:
    """The auditor proposes, the administrator confirms; the state it ends in."""
    path = f"/petitions/{petition['id']}"
    town.post(town.auditor, f"{path}/proposals", proposal)
    state = town.post(town.administrator, f"{path}/decisions", {"confirm": True, "words": "同意"})["state"]
    town.settle()
    return str(state)


def tried(town: Town, her: Sister) -> Any:
    """A family tries to book; the answer."""
    return Booked(town.client, town.stripe, town.run_jobs, her.worker, 3).answer


def score(town: Town, her: Sister) -> dict[str, Any]:
    """The firm's standing as everybody sees it."""
    found: dict[str, Any] = town.get(f"/firms/{her.firm.id}/credit")
    return found


def names_on_the_list(town: Town) -> set[str]:
    """Who stands on the block list, for everybody to see."""
    return {each["name"] for each in town.pages("/lists/block")}


def test_a_firm_is_blocked_objects_in_vain_makes_good_and_leaves_the_list(town: Town) -> None:
    with at("2026-11-02T12:00"):
        her = Sister.of(town)
        promised = her.book(20)
        her.paper("identity")
        before = score(town, her)
    with at("2026-11-03T10:00"):
        entry = blocked(town, her)
        assert (entry["state"], entry["until"]) == ("in_force", "2028-11-02")
        assert names_on_the_list(town) == {her.firm.name}
        now = score(town, her)
        assert now["score"] == 299 < before["score"] and now["grade"] == "D" and "R05" in {
            cap["code"] for cap in now["caps"]}
        refused = tried(town, her)
        assert (refused.status_code, refused.json["code"]) == (409, "OnBlockList"), refused.json
        family = db.session.get_one(Account, promised.household.account_id)
        assert town.post(family, f"/bookings/{promised.booking.id}/cancellation-quotes")["fee"]["amount"] == 0

        path = f"/lists/entries/{entry['id']}/objections"
        said = {"ground": "not_true", "words": "证件来自上家企业", "media_ids": [town.upload(her.manager)]}
        assert town.refused(her.account, path, said) in ("ListEntryNotFound", "RoleRequired")
        objection = town.post(her.manager, path, said)
        assert town.refused(her.manager, path, said) == "AlreadyPetitioned"
        assert decided(town, objection, reason="facts_stand", words="核验机关已确认伪造") == "dismissed"
        assert names_on_the_list(town) == {her.firm.name}
        [blamed] = [each for each in town.pages(f"/firms/{her.firm.id}/credit/events", her.manager)
                    if each["kind"] == "blacklist_on"]
        repair = {"entry_ids": [blamed["seq"]], "words": "已更换全部证件并重新核验", "promise": True,
                  "media_ids": [town.upload(her.manager)]}
        assert town.refused(her.manager, "/credit/repairs", repair) == "TooEarlyToRepair"
    with at("2027-11-03T09:00"):
        assert town.refused(her.manager, "/credit/repairs", {**repair, "promise": False}) == "PromiseRequired"
        asked = town.post(her.manager, "/credit/repairs", {**repair, "media_ids": [town.upload(her.manager)]})
        assert decided(town, asked, upheld=[blamed["seq"]], reason="remedy_proven", words="整改属实") == "upheld"
        assert names_on_the_list(town) == set()
        left = town.get(f"/lists/entries/{entry['id']}", her.manager)
        assert (left["state"], left["left_because"]) == ("left", "repair")
        assert [cap["code"] for cap in score(town, her)["caps"]] == [] and score(town, her)["score"] > 299
        lines = [each for each in town.export() if each["type"] in ("blacklist_on", "blacklist_off")]
        assert [town.proven(line["seq"])["type"] for line in lines] == ["blacklist_on", "blacklist_off"]
        assert replayed(town.export()) == town.standings()
        town.sweep("calendars.tasks.check_days")  # a year of nights has passed
        answer = tried(town, her)
        assert answer.status_code == 201, answer.json
