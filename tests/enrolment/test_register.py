"""The register: firms a survey found, enrolled or not; imported whole or not at all, matched when one applies."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.models import RegisterEntry
from qiaojiejie.ledger import service as ledger
from tests import factories
from tests.enrolment.scene import API, Scene, sheet
from tests.firms.test_application import applied

REGISTER = f"{API}/federation/register"
TODAY = "2026-03-31"


@pytest.fixture()
def auditor(world: sa.Connection) -> dict[str, str]:
    """Headers of one of the federation's auditors."""
    return factories.headers(factories.member(Role.FEDERATION_AUDITOR))


def send(client: FlaskClient, who: dict[str, str], *rows: list[str]) -> Any:
    """Import a survey's list."""
    return client.post(f"{REGISTER}/imports", headers=who, data=sheet(*rows))


def row(name: str, code: str = "", district: str = "宿城区", **more: str) -> list[str]:
    """One row of a list."""
    return [name, code, district, more.get("kind", ""), more.get("staff", ""), more.get("day", TODAY),
            more.get("source", "")]


def listed(client: FlaskClient, who: dict[str, str], query: str = "") -> list[str]:
    """Names the list answers."""
    answer: Any = client.get(f"{REGISTER}?{query}", headers=who)
    assert answer.status_code == 200, answer.json
    return [each["name"] for each in answer.json["items"]]


def count() -> int:
    """How many entries there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(RegisterEntry)) or 0


def test_a_survey_is_taken_in_and_the_same_file_changes_nothing(client: FlaskClient, auditor: dict[str, str]) -> None:
    firm = factories.firm()
    rows = [row("甲家政", firm.uscc, kind="公司", staff="24人", source="入户调查"), row("乙家政", factories.firm_code()),
            row("丙家政", "", "沭阳县", day="2026年3月1日"), row("丙家政", "", "泗阳")]
    assert send(client, auditor, *rows).json == {"added": 4, "known": 0, "matched": 1}
    assert send(client, auditor, *rows).json == {"added": 0, "known": 4, "matched": 0}
    first: Any = client.get(f"{REGISTER}?q=甲", headers=auditor).json
    [entry] = first["items"]
    assert (entry["uscc"], entry["kind_name"], entry["staff_estimate"], entry["enrolled"], entry["firm_id"]) == (
        firm.uscc, "公司", 24, True, str(firm.id))
    assert listed(client, auditor, "enrolled=false") == ["丙家政", "丙家政", "乙家政"]
    assert listed(client, auditor, "region=321322") == ["丙家政"]
    assert listed(client, auditor, f"q={firm.uscc[:17].lower()}") == ["甲家政"]


def test_a_file_with_mistakes_is_answered_row_by_row_and_nothing_is_taken(client: FlaskClient,
                                                                          auditor: dict[str, str]) -> None:
    code = factories.firm_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = send(client, auditor, row("好的家政", code), row("", ""), row("错码家政", wrong), row("远方家政", "", "玄武区"),
                  row("又是它", code), row("类型家政", kind="工厂"), row("人数家政", staff="很多"), row("日期家政", day="去年"),
                  row("将来家政", day="2099-01-01"), row("=A1", "", ""), row("好的家政二", ""), row("来源家政", source="长" * 81))
    assert (answer.status_code, answer.json["code"], answer.json["params"]["rows"]) == (422, "SurveyRowsWrong", 10)
    found = {(each["pointer"], each["code"]) for each in answer.json["errors"]}
    assert found == {
        ("/3/企业名称", "name_missing"), ("/4/统一社会信用代码", "uscc_invalid"), ("/5/区县", "district_unknown"),
        ("/6/企业名称", "twice"), ("/7/类型", "kind_unknown"), ("/8/从业人数", "staff_invalid"),
        ("/9/调查日期", "day_unreadable"), ("/10/调查日期", "day_to_come"), ("/11/企业名称", "formula"),
        ("/11/区县", "district_missing"), ("/13/来源", "too_long")}
    assert count() == 0


@pytest.mark.parametrize(("content", "code"), [
    (b"a,b\n1,2\n", "NoSurveyHeader"), ("企业名称,区县,调查日期\n".encode(), "NoSurveyRows"),
    (b"PK\x03\x04", "NotASpreadsheet")])
def test_what_is_no_survey_is_refused(client: FlaskClient, auditor: dict[str, str], content: bytes, code: str) -> None:
    answer: Any = client.post(f"{REGISTER}/imports", headers=auditor, data={"file": (io.BytesIO(content), "a.csv")})
    assert answer.json["code"] == code


def test_a_thousand_rows_are_taken_in_one_go_and_paged_without_gap(client: FlaskClient,
                                                                   auditor: dict[str, str]) -> None:
    assert send(client, auditor, *(row(f"企业{number:04d}") for number in range(1000))).json["added"] == 1000
    names, cursor = [], ""
    while cursor is not None:
        page: Any = client.get(f"{REGISTER}?limit=100&cursor={cursor}" if cursor else f"{REGISTER}?limit=100",
                               headers=auditor).json
        names += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert names == [f"企业{number:04d}" for number in range(1000)]


def test_an_entry_points_at_the_firm_once_it_applies_and_is_enrolled_once_accepted(
        client: FlaskClient, auditor: dict[str, str], run_jobs: Callable[[], int]) -> None:
    code = factories.firm_code()
    send(client, auditor, row("候选家政", code))
    boss = factories.member(Role.HOUSEHOLD)
    firm = applied(client, boss, uscc=code)
    run_jobs()
    [entry] = db.session.scalars(sa.select(RegisterEntry)).all()
    before = (str(entry.firm_id), entry.matched_at)
    assert before[0] == firm["id"] and listed(client, auditor, "enrolled=true") == []
    figures: Any = client.get(f"{REGISTER}/figures", headers=auditor).json
    assert (figures["known"], figures["applied"], figures["enrolled"]) == (1, 1, 0)
    client.post(f"{API}/firms/{firm['id']}/decisions", headers=auditor, json={"step": "accept", "reasons": []})
    run_jobs()
    assert listed(client, auditor, "enrolled=true") == ["候选家政"]
    assert (str(entry.firm_id), entry.matched_at) == before, "the second fact changed nothing"


def test_a_closed_applications_code_leads_to_who_applies_next(client: FlaskClient, auditor: dict[str, str]) -> None:
    old = factories.firm("closed")
    send(client, auditor, row("重来家政", old.uscc))
    [entry] = db.session.scalars(sa.select(RegisterEntry)).all()
    new = factories.firm("applied", uscc=old.uscc)
    for firm in (new, old):  # the old one's job comes late
        fact = ledger.append("firm.applied", subject=f"firm:{firm.id}", actor="system")
        jobs.TASKS["enrolment.match"](entry_id=fact)
    db.session.expire_all()
    assert entry.firm_id == new.id


def test_one_firm_is_entered_once_until_it_is_struck_out(client: FlaskClient, auditor: dict[str, str]) -> None:
    body = {"name": "单个家政", "uscc": factories.firm_code(), "region_code": "321302", "surveyed_on": TODAY}
    made: Any = client.post(REGISTER, headers=auditor, json=body)
    assert made.status_code == 201, made.json
    again: Any = client.post(REGISTER, headers=auditor, json={**body, "name": "另一个名字"})
    assert again.json["code"] == "EntryKnown"
    bare = {**body, "uscc": None}
    answers: list[Any] = [client.post(REGISTER, headers=auditor, json=bare) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    strikes = f"{REGISTER}/{made.json['id']}/strikes"
    answers = [client.post(strikes, headers=auditor, json={"reason": "名称有误"}) for _ in range(2)]
    assert (answers[0].json["struck_because"], answers[1].json["code"]) == ("名称有误", "EntryStruck")
    assert client.post(REGISTER, headers=auditor, json=body).status_code == 201
    assert listed(client, auditor, "struck=true") == ["单个家政"] and len(listed(client, auditor)) == 2
    for code in ("uscc", "region_code"):
        spoilt: Any = client.post(REGISTER, headers=auditor, json={**body, code: "999999"})
        assert spoilt.status_code == 422


def test_nothing_is_deleted_from_the_register(client: FlaskClient, auditor: dict[str, str]) -> None:
    send(client, auditor, row("留存家政"))
    for what in ("DELETE FROM register_entry", "TRUNCATE register_entry CASCADE"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(sa.text(what))


def test_figures_count_by_district_and_name_the_enrolled_no_survey_found(client: FlaskClient,
                                                                         auditor: dict[str, str]) -> None:
    ours, waiting = factories.firm(), factories.firm("applied")
    factories.firm()
    send(client, auditor, row("一家", ours.uscc, staff="10"), row("二家", waiting.uscc, staff="5"),
         row("三家", "", "泗洪县"))
    figures: Any = client.get(f"{REGISTER}/figures", headers=auditor).json
    assert {name: figures[name] for name in ("known", "applied", "enrolled", "staff_estimate")} == {
        "known": 3, "applied": 2, "enrolled": 1, "staff_estimate": 15}
    assert figures["enrolled_unlisted"] == 1
    assert [(each["region_name"], each["known"], each["enrolled"]) for each in figures["districts"]] == [
        ("宿城区", 2, 1), ("泗洪县", 1, 0)]


def test_a_survey_is_of_today_at_the_latest_by_shanghais_day(client: FlaskClient, auditor: dict[str, str]) -> None:
    with clock.frozen(clock.midnight(date(2026, 4, 1))):
        assert send(client, auditor, row("今天家政", day="2026-04-01")).status_code == 201
        late = send(client, auditor, row("明天家政", day="2026-04-02")).json
    assert late["errors"][0]["code"] == "day_to_come"


def test_the_register_is_the_federations(client: FlaskClient, scene: Scene) -> None:
    for role in (Role.HOUSEHOLD, Role.MEDIATOR):
        who = factories.headers(factories.member(role))
        assert client.get(REGISTER, headers=who).status_code == 403
    assert client.get(REGISTER, headers=scene.boss).status_code == 403
