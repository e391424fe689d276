"""The federation decides on firms, and everybody reads the register."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.messages.models import Notification
from tests import factories

FIRMS = "/api/v1/firms"
WHY = [{"code": "licence_mismatch", "field": "name", "note": "少了“市”字"}]
REASONS: dict[str, list[dict[str, str]]] = {
    "return": WHY, "suspend": [{"code": "rules_breached"}], "close": [{"code": "left_unmended"}]}

#: the specification, written a second time: from each state, the federation's steps and where they lead
POSSIBLE = {
    "applied": {"start_review": "under_review", "return": "returned", "accept": "on_platform", "close": "closed"},
    "under_review": {"return": "returned", "accept": "on_platform", "close": "closed"},
    "returned": {"close": "closed"}, "closed": {},
    "on_platform": {"suspend": "suspended"}, "suspended": {"resume": "on_platform"},
}
STEPS = ("start_review", "return", "accept", "suspend", "resume", "close")
FACTS = {"start_review": "firm.review_started", "return": "firm.returned", "accept": "firm.accepted",
         "suspend": "firm.suspended", "resume": "firm.resumed", "close": "firm.closed"}


@pytest.fixture()
def auditor(world: sa.Connection) -> dict[str, str]:
    """Headers of one of the federation's auditors."""
    return factories.headers(factories.member(Role.FEDERATION_AUDITOR))


def decide(client: FlaskClient, who: dict[str, str], firm: Firm, step: str, **body: Any) -> Any:
    return client.post(f"{FIRMS}/{firm.id}/decisions", headers=who,
                       json={"step": step, "reasons": REASONS.get(step, []), **body})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", list(POSSIBLE))
def test_every_step_from_every_state(client: FlaskClient, auditor: dict[str, str], state: str, step: str) -> None:
    firm = factories.firm(state)
    answer = decide(client, auditor, firm, step)
    db.session.refresh(firm)
    if step in POSSIBLE[state]:
        assert (answer.status_code, answer.json["state"], firm.state) == (201, *[POSSIBLE[state][step]] * 2)
        assert [entry.fact for entry in ledger.about(f"firm:{firm.id}")] == [FACTS[step]]
        assert firm.decided_at is not None
    else:
        assert (answer.status_code, answer.json["code"], firm.state) == (409, "StepNotPossible", state)
        assert ledger.about(f"firm:{firm.id}") == []


@pytest.mark.parametrize("state", list(POSSIBLE))
def test_only_a_returned_firm_is_resubmitted(client: FlaskClient, world: sa.Connection, state: str) -> None:
    firm = factories.firm(state)
    answer = client.post(f"{FIRMS}/{firm.id}/resubmissions", headers=factories.headers(factories.manager_of(firm)))
    assert answer.status_code == (201 if state == "returned" else 409)


@pytest.mark.parametrize("role", [Role.HOUSEHOLD, Role.WORKER, Role.FIRM_MANAGER, Role.BROKER, Role.STATION_CLERK,
                                  Role.TRAINER, Role.MEDIATOR])
def test_nobody_but_the_federation_decides(client: FlaskClient, world: sa.Connection, role: Role) -> None:
    firm = factories.firm("applied")
    org = firm.id if role in (Role.FIRM_MANAGER, Role.BROKER) else uuid4() if role == Role.STATION_CLERK else None
    who = factories.headers(factories.member(role, org))
    assert decide(client, who, firm, "accept").json["code"] == "RoleRequired"
    assert client.get(f"{FIRMS}/applications", headers=who).json["code"] == "RoleRequired"
    db.session.refresh(firm)
    assert firm.state == "applied"


@pytest.mark.parametrize("step", STEPS)
def test_a_member_of_the_firm_does_not_decide_on_it_whatever_else_she_is(client: FlaskClient, world: sa.Connection,
                                                                         step: str) -> None:
    state = next(state for state, steps in POSSIBLE.items() if step in steps)
    firm, other = factories.firm(state), factories.firm(state)
    both = factories.member(Role.FEDERATION_AUDITOR, who=factories.manager_of(firm))
    who = factories.headers(both, Role.FEDERATION_AUDITOR)
    assert decide(client, who, firm, step).json["code"] == "OwnFirm"
    assert decide(client, who, other, step).status_code == 201


def test_returning_and_suspending_need_a_reason_that_fits(client: FlaskClient, auditor: dict[str, str]) -> None:
    firm = factories.firm("applied")
    assert decide(client, auditor, firm, "return", reasons=[]).json["code"] == "ReasonsRequired"
    assert decide(client, auditor, firm, "return", reasons=[{"code": "rules_breached"}]).json["code"] == (
        "ReasonDoesNotFit")
    assert decide(client, auditor, firm, "accept", reasons=WHY).json["code"] == "ReasonDoesNotFit"
    assert decide(client, auditor, firm, "return", reasons=[{"code": "ugly"}]).status_code == 422
    other = decide(client, auditor, firm, "return", reasons=[{"code": "other"}])
    assert [error["pointer"] for error in other.json["errors"]] == ["/reasons/0/note"]
    db.session.refresh(firm)
    assert firm.state == "applied"
    assert decide(client, auditor, firm, "return", reasons=[{"code": "other", "note": "见附件"}]).status_code == 201


def test_a_step_the_federation_does_not_have_is_no_step(client: FlaskClient, auditor: dict[str, str]) -> None:
    assert decide(client, auditor, factories.firm("returned"), "resubmit").status_code == 422


def test_a_firm_whose_licence_ran_out_is_not_accepted(client: FlaskClient, auditor: dict[str, str]) -> None:
    firm = factories.firm("under_review", licence_valid_until=clock.today() - timedelta(days=1))
    assert decide(client, auditor, firm, "accept").json["code"] == "LicenceLapsed"
    db.session.refresh(firm)
    assert firm.state == "under_review"


def test_the_manager_reads_why_and_is_told(client: FlaskClient, auditor: dict[str, str],
                                           run_jobs: Callable[[], int]) -> None:
    firm = factories.firm("under_review")
    boss, broker = factories.manager_of(firm), factories.member(Role.BROKER, firm.id)
    made = decide(client, auditor, firm, "return", note="十日内补正").json
    run_jobs()
    told = db.session.scalars(sa.select(Notification)).one()
    assert (told.account_id, told.kind) == (boss.id, "firm_returned")
    assert told.data == {"firm": str(firm.id), "firm_name": firm.name, "decision": made["id"]}
    for who in (boss, broker):
        read = client.get(f"{FIRMS}/{firm.id}/decisions", headers=factories.headers(who)).json["items"]
        assert read == [made]
    assert read[0]["reasons"] == [{"code": "licence_mismatch", "message": "填报内容与营业执照不一致", "field": "name",
                                   "note": "少了“市”字"}]
    stranger = factories.headers(factories.manager_of(factories.firm()))
    assert client.get(f"{FIRMS}/{firm.id}/decisions", headers=stranger).json["code"] == "FirmNotFound"


def test_a_job_run_twice_tells_nobody_twice(client: FlaskClient, auditor: dict[str, str],
                                            run_jobs: Callable[[], int]) -> None:
    firm = factories.firm("applied")
    factories.manager_of(firm)
    decide(client, auditor, firm, "accept")
    entry = ledger.about(f"firm:{firm.id}")[0]
    run_jobs()
    jobs.TASKS["firms.tell_managers"](entry_id=entry.id)
    assert [told.kind for told in db.session.scalars(sa.select(Notification))] == ["firm_accepted"]


def test_the_same_decision_sent_twice_with_one_key_is_taken_once(client: FlaskClient, world: sa.Connection) -> None:
    who = factories.headers(factories.member(Role.FEDERATION_ADMIN), key="decide-1")
    firm = factories.firm("applied")
    first, second = decide(client, who, firm, "accept"), decide(client, who, firm, "accept")
    assert (first.status_code, second.status_code, first.json) == (201, 201, second.json)
    assert len(ledger.about(f"firm:{firm.id}")) == 1


def test_the_longest_waiting_application_comes_first(client: FlaskClient, auditor: dict[str, str]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for days, state in ((3, "applied"), (1, "under_review"), (2, "applied"), (0, "returned"), (0, "on_platform")):
        factories.firm(state, name=f"{state} {days}", applied_at=at + timedelta(days=days))
    first = client.get(f"{FIRMS}/applications?limit=2", headers=auditor).json
    second = client.get(f"{FIRMS}/applications?limit=2&cursor={first['next_cursor']}", headers=auditor).json
    assert [row["name"] for row in first["items"] + second["items"]] == ["under_review 1", "applied 2", "applied 3"]
    only = client.get(f"{FIRMS}/applications?state=under_review", headers=auditor).json["items"]
    assert [row["name"] for row in only] == ["under_review 1"]


def test_the_open_file_hides_the_representative_and_tells_the_rest(client: FlaskClient,
                                                                   auditor: dict[str, str]) -> None:
    firm = factories.firm("applied", founded_on=date(2015, 6, 1), licence_valid_until=date(2036, 3, 31), outlets=3,
                          score=760, grade="A")
    with clock.frozen(datetime(2026, 11, 30, 1, tzinfo=UTC)):
        decide(client, auditor, firm, "accept")
    with clock.frozen(datetime(2026, 12, 1, 1, tzinfo=UTC)):
        decide(client, auditor, firm, "suspend")
        answer = client.get(f"{FIRMS}/{firm.id}").json
    assert answer["legal_representative"] == "李**"
    assert "李建国" not in str(answer)
    assert (answer["years"], answer["licence_in_date"], answer["state"], answer["grade"], answer["score"]) == (
        11, True, "suspended", "A", 760)
    assert answer["history"] == [{"step": "accept", "decided_at": "2026-11-30T09:00:00+08:00"},
                                 {"step": "suspend", "decided_at": "2026-12-01T09:00:00+08:00"}]
    with clock.frozen(datetime(2036, 4, 1, 1, tzinfo=UTC)):
        assert client.get(f"{FIRMS}/{firm.id}").json["licence_in_date"] is False


@pytest.mark.parametrize(("state", "status"), [("applied", 404), ("under_review", 404), ("returned", 404),
                                               ("on_platform", 200), ("suspended", 200)])
def test_the_register_holds_firms_that_were_accepted(client: FlaskClient, world: sa.Connection, state: str,
                                                     status: int) -> None:
    firm = factories.firm(state)
    assert client.get(f"{FIRMS}/{firm.id}").status_code == status
    assert len(client.get(FIRMS).json["items"]) == (status == 200)


def test_the_register_is_searched_by_district_mode_and_words(client: FlaskClient, world: sa.Connection) -> None:
    factories.firm(name="安心家政", region_codes=["321302", "321322"])
    factories.firm(name="放心家政", mode="introduces", region_codes=["321322"])
    factories.firm(name="100%满意", region_codes=["321324"])

    def names(query: str) -> list[str]:
        return sorted(row["name"] for row in client.get(f"{FIRMS}?{query}").json["items"])

    assert names("region=321322") == ["安心家政", "放心家政"]
    assert names("region=321322&mode=introduces") == ["放心家政"]
    assert names("words=心 家政") == ["安心家政", "放心家政"]
    assert names("words=%25") == ["100%满意"], "a percent sign is a percent sign"
    assert names("words=_") == []
    assert names("region=321311") == []


@pytest.mark.parametrize("sort", ["name", "newest"])
def test_walking_the_register_meets_each_firm_once(client: FlaskClient, world: sa.Connection, sort: str) -> None:
    made = {str(factories.firm(name=f"同名{number // 3}").id) for number in range(7)}
    seen: list[str] = []
    cursor: str | None = None
    while not seen or cursor:
        more = f"&cursor={cursor}" if cursor else ""
        answer = client.get(f"{FIRMS}?sort={sort}&limit=2{more}").json
        seen += [row["id"] for row in answer["items"]]
        cursor = answer["next_cursor"]
    assert (set(seen), len(seen)) == (made, 7)


def test_a_firm_that_does_not_exist_is_not_found_anywhere(client: FlaskClient, auditor: dict[str, str]) -> None:
    nowhere = f"{FIRMS}/{uuid4()}"
    assert client.get(nowhere).json["code"] == "FirmNotFound"
    assert client.get(f"{nowhere}/application", headers=auditor).json["code"] == "FirmNotFound"
    answer = client.post(f"{nowhere}/decisions", json={"step": "accept"}, headers=auditor)
    assert answer.json["code"] == "FirmNotFound"
