"""No phone, ID number, name, address or secret word of anybody stands in plain text where it need not."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock, logs
from qiaojiejie.core.access import Role
from qiaojiejie.core.secrets import ring
from tests import factories
from tests.stripe_sandbox import StripeSandbox

DATA = Path(__file__).parents[1] / "data"
STAFF = json.loads((DATA / "staff_list.expected.json").read_text())
#: the family's own words, which the service must keep but never leave open
PHONE, NAME, DETAIL, NOTE, COMPLAINT = "13577778888", "诸葛明月", "幸福路 77 号 8 单元 909", "钥匙在花盆下", "台面划伤了三处"
#: whom the booking is for, and what care that person needs
MOTHER, NEED = "诸葛桂兰", "sight_hearing"


def plain() -> set[str]:
    """Everything that must not be found."""
    rows = STAFF["good"]
    people = {row["name"].replace("\u3000", "") for row in rows}
    said = {PHONE, NAME, DETAIL, NOTE, COMPLAINT, MOTHER, NEED}
    return said | {row["id"] for row in rows} | {row["phone"] for row in rows} | {
        name for name in people if len(name) > 2}


def dump(world: sa.Connection, table: str) -> Iterator[str]:
    """Every row of a table as text; bytes as they are, decoded as far as they are text."""
    for row in world.execute(sa.text(f'SELECT * FROM "{table}"')):
        values = [bytes(each) if isinstance(each, memoryview) else each for each in row]
        yield " ".join(each.decode("utf-8", "ignore") if isinstance(each, bytes) else str(each) for each in values)


def found(world: sa.Connection, secrets: set[str]) -> list[str]:
    """table: secret, of every secret in any table."""
    tables = world.execute(sa.text("""
        SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
        AND c.relnamespace <> 'pg_catalog'::regnamespace AND NOT c.relispartition ORDER BY 1""")).scalars().all()
    assert {"ledger_entry", "idempotency_record", "notification", "procrastinate_jobs"} <= set(tables)
    wanted = re.compile("|".join(map(re.escape, sorted(secrets))))
    return sorted({f"{table}: {hit.group()}" for table in tables for text in dump(world, table)
                   for hit in [wanted.search(text)] if hit})


class Journey:
    """What a family and a firm do, with an Idempotency-Key on everything."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.count = client, 0
        self.answers: list[str] = []

    def post(self, path: str, headers: dict[str, str], body: Any = None, status: int = 201, **more: Any) -> Any:
        """One request that must be answered so; its answer."""
        self.count += 1
        answer: Any = self.client.post(f"/api/v1{path}", json=body, headers={
            **headers, "Idempotency-Key": f"journey-{self.count}"}, **more)
        assert answer.status_code == status, answer.json
        self.answers.append(answer.get_data(as_text=True))
        return answer.json


def family_side(go: Journey, who: dict[str, str], worker_id: str) -> Any:
    """A family writes down where it lives and books; the booking."""
    start = clock.local(factories.tomorrow()).isoformat()
    assert go.client.patch("/api/v1/me", json={"name": NAME}, headers=who).status_code == 200
    home = go.post("/me/addresses", who, {
        "label": "家", "region_code": "321302", "detail": DETAIL, "contact_name": NAME, "contact_phone": PHONE,
        "lng": 118.2735, "lat": 33.9391})
    mother = go.post("/me/members", who, {"name": MOTHER, "birth_year": 1948, "relation": "parent", "needs": [NEED]})
    quote = go.post("/quotes", who, {"worker_id": worker_id, "service_code": "cleaning", "address_id": home["id"],
                                     "member_id": mother["id"], "start": start, "minutes": 180})
    booking = go.post("/bookings", who, {"quote_id": quote["id"], "note": NOTE})
    go.post(f"/bookings/{booking['id']}/payment", who, {"method": "alipay"})
    return booking


@pytest.fixture()
def lived(client: FlaskClient, run_jobs: Callable[[], int], stripe_sandbox: StripeSandbox) -> Iterator[Journey]:
    """A staff import, a reveal, a booking with its note and contact, a complaint."""
    go = Journey(client)
    with clock.frozen(datetime(2026, 11, 23, 2, tzinfo=UTC)):
        worker = factories.worker_with_account()
        firm = f"/firms/{worker.firm_id}"
        clerk = factories.headers(factories.member(Role.FIRM_MANAGER, worker.firm_id))
        person = factories.member(Role.HOUSEHOLD)
        who = factories.headers(person)
        go.post(f"{firm}/staff-imports", clerk, status=202, data={
            "file": (io.BytesIO((DATA / "staff_list.xlsx").read_bytes()), f"{NAME}.xlsx")})
        run_jobs()
        staff = client.get(f"/api/v1{firm}/staff?limit=3", headers=clerk).json["items"]
        for each in staff[1:]:
            go.post(f"{firm}/staff/{each['id']}/reveals", clerk, {
                "fields": ["name", "phone", "id_number"], "reason": "核对"}, status=200)
        booking = family_side(go, who, str(worker.id))
        run_jobs()
        yield go
        assert booking["door_code"]


def test_what_people_said_of_themselves_stands_nowhere_in_plain_text(
        lived: Journey, world: sa.Connection, stripe_sandbox: StripeSandbox) -> None:
    secrets = plain()
    assert any(each in answer for each in secrets for answer in lived.answers), "nothing was ever revealed"
    kept = world.execute(sa.text("SELECT count(*) FROM idempotency_record WHERE body IS NOT NULL")).scalar_one()
    assert kept == lived.count
    assert found(world, secrets) == []
    told = json.dumps(stripe_sandbox.requests(), ensure_ascii=False)
    assert [each for each in secrets if each in told] == []


def test_the_search_of_the_whole_database_finds_what_is_there(lived: Journey, world: sa.Connection) -> None:
    world.execute(sa.text("UPDATE idempotency_record SET body = convert_to(:it, 'UTF8')"), {"it": f"x{PHONE}x"})
    world.execute(sa.text("UPDATE notification SET data = jsonb_build_object('who', CAST(:it AS text))"), {"it": NAME})
    assert found(world, plain()) == [f"idempotency_record: {PHONE}", f"notification: {NAME}"]


def test_what_is_kept_for_a_repeated_request_is_sealed_and_a_keyed_digest(lived: Journey, world: sa.Connection) -> None:
    bodies = world.execute(sa.text("SELECT body FROM idempotency_record")).scalars().all()
    opened = [ring().open(bytes(body), "text") for body in bodies]
    assert sorted(opened) == sorted(lived.answers)
    digests = world.execute(sa.text("SELECT request_hash FROM idempotency_record")).scalars().all()
    body = json.dumps({"quote_id": "x"}).encode()
    assert {len(each) for each in digests} == {32} and hashlib.sha256(body).digest() not in map(bytes, digests)


def test_the_log_of_requests_names_nobody(app: Flask, client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    try:
        client.post("/api/v1/auth/codes", json={"phone": PHONE})
        client.get(f"/api/v1/workers?words={NAME}&cursor={PHONE}")
        client.post("/api/v1/auth/tokens", json={"phone": PHONE, "code": "000000"})
        client.get(f"/api/v1/{PHONE}")
        written = capfd.readouterr().err
    finally:
        logs.configure("WARNING")
    assert written.count('"event": "request"') == 4
    assert PHONE not in written and NAME not in written


def test_what_is_answered_to_a_person_is_for_no_shared_cache(client: FlaskClient) -> None:
    who = factories.headers(factories.member(Role.HOUSEHOLD))
    for path in (f"/api/v1/{end}" for end in ("me", "me/addresses", "bookings", "me/notifications", "nothing")):
        answer = client.get(path, headers=who)
        control = answer.headers["Cache-Control"]
        assert "private" in control or "no-store" in control, path
        assert "public" not in control and "s-maxage" not in control, path
        assert {"authorization", "x-acting-as"} <= {each.lower() for each in answer.vary}, path
