"""Signing in with a code, staying signed in, signing out."""

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.identity import facts, gateway, rules
from qiaojiejie.identity.models import Account, LoginCode, RefreshToken, Session
from qiaojiejie.ledger import queries as ledger_queries
from tests import factories

PHONE = "13800138000"
NOON = datetime(2026, 12, 1, 4, 0, 0, tzinfo=UTC)


class Outbox:
    """Keeps what it is given to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, str], str]] = []

    def send(self, phone: str, kind: str, params: Any, message_id: str) -> None:
        self.sent.append((phone, kind, dict(params), message_id))

    @property
    def code(self) -> str:
        return self.sent[-1][2]["code"]


@pytest.fixture()
def outbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """The terms of production: real limits, real codes; text messages end in the outbox."""
    box = Outbox()
    monkeypatch.setitem(app.extensions, "sign_in", gateway.Terms(sms=box, limits=rules.LIMITS, fixed_code=None))
    return box


def ask(client: FlaskClient, phone: str = PHONE, address: str = "10.0.0.1") -> Any:
    return client.post("/api/v1/auth/codes", json={"phone": phone}, environ_overrides={"REMOTE_ADDR": address})


def give(client: FlaskClient, code: str, phone: str = PHONE) -> Any:
    return client.post("/api/v1/auth/tokens", json={"phone": phone, "code": code})


def sign_in(client: FlaskClient, phone: str = PHONE) -> dict[str, Any]:
    assert ask(client, phone).status_code == 202
    answer = give(client, "000000", phone)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def renew(client: FlaskClient, token: str) -> Any:
    return client.post("/api/v1/auth/tokens/refresh", json={"refresh_token": token})


def test_a_new_number_signs_in_as_a_household(client: FlaskClient) -> None:
    assert ask(client).json == {"expires_in": 300}
    answer = give(client, "000000")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json
    assert body["expires_in"] == 900 and body["token_type"] == "Bearer"
    assert body["account"]["phone"] == "138****8000" and body["account"]["name"] is None
    assert [(role["role"], role["acting_as"]) for role in body["roles"]] == [("household", "household")]
    me = client.get("/api/v1/me", headers=bearer(body))
    assert me.status_code == 200 and me.json["account"]["id"] == body["account"]["id"]
    written = [e.fact for e in ledger_queries.about(f"account:{body['account']['id']}")]
    assert written == [facts.OPENED, facts.ROLE_GRANTED]


def test_a_person_with_a_role_is_not_made_a_household_but_may_become_one(client: FlaskClient) -> None:
    factories.member(Role.WORKER, who=factories.account(PHONE))
    tokens = sign_in(client)
    assert [role["role"] for role in tokens["roles"]] == ["worker"]
    for _ in range(2):
        made = client.post("/api/v1/me/household", headers=bearer(tokens))
        assert (made.status_code, made.json["role"]) == (201, "household")
    me = client.get("/api/v1/me", headers=bearer(tokens)).json
    assert {role["role"] for role in me["roles"]} == {"worker", "household"}


def test_signing_in_again_is_the_same_account_and_another_session(client: FlaskClient) -> None:
    one, two = sign_in(client), sign_in(client)
    assert one["account"]["id"] == two["account"]["id"]
    listed = client.get("/api/v1/me/sessions", headers=bearer(two)).json["items"]
    assert [session["current"] for session in listed] == [True, False]


def test_the_code_is_sent_by_text_and_lies_nowhere_in_plain(
        client: FlaskClient, world: sa.Connection, outbox: Outbox, run_jobs: Callable[[], int],
        caplog: pytest.LogCaptureFixture) -> None:
    ask(client)
    arguments = json.dumps(world.execute(sa.text("SELECT args FROM procrastinate_jobs")).scalars().all())
    assert run_jobs() == 1
    (phone, kind, params, _), = outbox.sent
    assert (phone, kind, params["minutes"]) == (PHONE, "sign_in_code", "5")
    assert re.fullmatch(r"\d{6}", outbox.code)
    row = db.session.scalars(sa.select(LoginCode)).one()
    stored = f"{row.code_hash!r} {row.phone_index!r} {arguments} {caplog.text}"
    assert outbox.code not in arguments and PHONE not in stored
    assert give(client, outbox.code).status_code == 200


def test_a_code_that_was_replaced_meanwhile_is_not_sent(
        client: FlaskClient, outbox: Outbox, run_jobs: Callable[[], int]) -> None:
    with clock.frozen(NOON):
        ask(client)
    with clock.frozen(NOON + timedelta(minutes=2)):
        ask(client)
        assert run_jobs() == 2
    assert len(outbox.sent) == 1


def test_known_and_unknown_numbers_are_answered_alike(client: FlaskClient, world: sa.Connection) -> None:
    factories.account(PHONE)
    statements: list[list[str]] = [[], []]
    for at, phone in enumerate((PHONE, "13800138001")):
        def note(_c: object, _k: object, statement: str, *_: object, at: int = at) -> None:
            if "SAVEPOINT" not in statement:
                statements[at].append(statement)

        sa.event.listen(world, "before_cursor_execute", note)
        asked, tried = ask(client, phone), give(client, "123456", phone)
        sa.event.remove(world, "before_cursor_execute", note)
        assert (asked.status_code, asked.json, tried.status_code, tried.json["code"]) == (
            202, {"expires_in": 300}, 401, "WrongCode")
    assert statements[0] == statements[1]


def test_a_code_works_once(client: FlaskClient) -> None:
    sign_in(client)
    again = give(client, "000000")
    assert (again.status_code, again.json["code"]) == (401, "WrongCode")


def test_a_code_is_burnt_after_five_wrong_tries_and_the_number_is_not_locked(client: FlaskClient) -> None:
    ask(client)
    for _ in range(rules.CODE_TRIES):
        assert give(client, "111111").status_code == 401
    assert give(client, "000000").status_code == 401
    ask(client)
    for _ in range(rules.CODE_TRIES - 1):
        assert give(client, "111111").status_code == 401
    assert give(client, "000000").status_code == 200


def test_a_wrong_try_counts_although_it_is_refused(client: FlaskClient) -> None:
    ask(client)
    give(client, "111111")
    db.session.expire_all()
    assert db.session.scalars(sa.select(LoginCode.tries)).one() == 1


def test_a_code_is_for_one_phone_only(client: FlaskClient, outbox: Outbox, run_jobs: Callable[[], int]) -> None:
    ask(client, PHONE)
    run_jobs()
    mine = outbox.code
    ask(client, "13800138001", address="10.0.0.2")
    run_jobs()
    assert give(client, mine, "13800138001").status_code == (200 if mine == outbox.code else 401)
    assert give(client, mine, PHONE).status_code == 200


def test_a_new_code_replaces_the_one_before(client: FlaskClient, outbox: Outbox, run_jobs: Callable[[], int]) -> None:
    with clock.frozen(NOON):
        ask(client)
        run_jobs()
    old = outbox.code
    with clock.frozen(NOON + timedelta(seconds=61)):
        ask(client)
        run_jobs()
        assert give(client, old).status_code == (200 if old == outbox.code else 401)
        assert give(client, outbox.code).status_code == 200


@pytest.mark.parametrize(("after", "status"), [(timedelta(seconds=299), 200), (timedelta(seconds=300), 401)])
def test_a_code_is_good_for_five_minutes(client: FlaskClient, after: timedelta, status: int) -> None:
    with clock.frozen(NOON):
        ask(client)
    with clock.frozen(NOON + after):
        assert give(client, "000000").status_code == status


def test_one_code_a_minute_to_a_phone_even_across_two_clock_minutes(client: FlaskClient, outbox: Outbox) -> None:
    with clock.frozen(NOON + timedelta(seconds=59)):
        assert ask(client).status_code == 202
    with clock.frozen(NOON + timedelta(seconds=61)):
        refused = ask(client)
        assert (refused.status_code, refused.json["code"]) == (429, "CodeLimit")
        assert refused.headers["Retry-After"] == "59"
        assert ask(client, "13800138001").status_code == 202
    with clock.frozen(NOON + timedelta(seconds=119)):
        assert ask(client).status_code == 429  # the same clock minute as the refused one: it was counted
    with clock.frozen(NOON + timedelta(seconds=120)):
        assert ask(client).status_code == 202


def test_ten_codes_a_day_to_a_phone_whoever_asks(client: FlaskClient, outbox: Outbox) -> None:
    for minute in range(11):
        with clock.frozen(NOON + timedelta(minutes=2 * minute)):
            assert ask(client, address=f"10.0.1.{minute}").status_code == (202 if minute < 10 else 429)
    with clock.frozen(NOON + timedelta(days=1)):
        assert ask(client).status_code == 202


def test_one_address_may_ask_for_ten_codes_an_hour(client: FlaskClient, outbox: Outbox) -> None:
    for number in range(11):
        with clock.frozen(NOON + timedelta(minutes=number)):
            asked = ask(client, f"138001381{number:02}")
            assert asked.status_code == (202 if number < 10 else 429), number


def test_limits_are_those_of_production_there_and_wide_in_demo(app: Flask) -> None:
    assert app.extensions["sign_in"].limits is rules.DEMO_LIMITS
    bare = Flask("bare")
    gateway.init_app(bare, replace(app.config["QJJ"], mode="production", sms_url="https://sms.example.org/send"))
    assert bare.extensions["sign_in"].limits is rules.LIMITS
    assert bare.extensions["sign_in"].fixed_code is None


@pytest.mark.parametrize("body", [
    {"phone": "0527-84350000"}, {"phone": "123"}, {"phone": "1380013800\x00"}, {"phone": 13800138000}, {"phone": None},
    {}, {"phone": PHONE, "code": "000000"}, {"phone": "+1 650 253 0000"}, {"phone": "1" * 100}])
def test_only_a_mobile_number_is_sent_a_code(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = client.post("/api/v1/auth/codes", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "Invalid")


@pytest.mark.parametrize("code", ["00000", "0000000", "abcdef", "０００００００", "000000\n1", "", None, 0])
def test_a_code_has_six_digits(client: FlaskClient, code: Any) -> None:
    ask(client)
    assert client.post("/api/v1/auth/tokens", json={"phone": PHONE, "code": code}).status_code == 422


def test_a_number_is_the_same_however_it_is_written(client: FlaskClient) -> None:
    ask(client, "+86 138-0013-8000")
    assert give(client, "000000", "１３８００１３８０００").status_code == 200


def test_a_closed_account_is_not_signed_in(client: FlaskClient) -> None:
    factories.account(PHONE).closed_at = clock.now()
    db.session.flush()
    ask(client)
    answer = give(client, "000000")
    assert (answer.status_code, answer.json["code"]) == (403, "AccountClosed")


def test_codes_are_compared_in_constant_time(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def watch(one: bytes, two: bytes) -> bool:
        compared.append((one, two))
        return real(one, two)

    monkeypatch.setattr("qiaojiejie.identity.service.hmac.compare_digest", watch)
    give(client, "123456")
    ask(client)
    give(client, "123456")
    assert [(len(one), len(two)) for one, two in compared if len(one) == 32][-2:] == [(32, 32), (32, 32)]


def test_a_refresh_token_is_exchanged_for_a_new_one(client: FlaskClient) -> None:
    first = sign_in(client)
    second = renew(client, first["refresh_token"])
    assert second.status_code == 200
    assert second.json["refresh_token"] != first["refresh_token"]
    assert client.get("/api/v1/me", headers=bearer(second.json)).status_code == 200
    assert renew(client, second.json["refresh_token"]).status_code == 200


def test_a_refresh_token_used_twice_ends_the_whole_family(client: FlaskClient) -> None:
    first = sign_in(client)
    second = renew(client, first["refresh_token"]).json
    other = sign_in(client)
    reused = renew(client, first["refresh_token"])
    assert (reused.status_code, reused.json["code"]) == (401, "RefreshTokenReused")
    assert client.get("/api/v1/me", headers=bearer(second)).status_code == 401
    assert renew(client, second["refresh_token"]).json["code"] == "BadRefreshToken"
    assert client.get("/api/v1/me", headers=bearer(other)).status_code == 200
    compromised = ledger_queries.about(f"account:{first['account']['id']}", facts.COMPROMISED)
    assert len(compromised) == 1


@pytest.mark.parametrize("token", ["nonsense", "x" * 43])
def test_an_invented_refresh_token_is_refused(client: FlaskClient, token: str) -> None:
    answer = renew(client, token)
    assert (answer.status_code, answer.json["code"]) == (401, "BadRefreshToken")


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(client: FlaskClient) -> None:
    tokens = sign_in(client)
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['refresh_token']}"}).status_code == 401
    assert renew(client, tokens["access_token"]).status_code in (401, 422)


def test_refresh_tokens_are_stored_hashed_and_expire(client: FlaskClient) -> None:
    tokens = sign_in(client)
    row = db.session.scalars(sa.select(RefreshToken)).one()
    assert tokens["refresh_token"].encode() not in row.token_hash and len(row.token_hash) == 32
    assert abs(row.expires_at - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=1)
    row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    db.session.flush()
    assert renew(client, tokens["refresh_token"]).status_code == 401


def test_signing_out_ends_this_session_only(client: FlaskClient) -> None:
    here, there = sign_in(client), sign_in(client)
    assert client.delete("/api/v1/auth/tokens", headers=bearer(here)).status_code == 204
    assert client.get("/api/v1/me", headers=bearer(here)).status_code == 401
    assert renew(client, here["refresh_token"]).status_code == 401
    assert client.get("/api/v1/me", headers=bearer(there)).status_code == 200


def test_a_session_may_be_ended_from_another_device_but_not_by_another_person(client: FlaskClient) -> None:
    here, there, stranger = sign_in(client), sign_in(client), sign_in(client, "13800138001")
    listed = client.get("/api/v1/me/sessions", headers=bearer(here)).json["items"]
    other = next(session["id"] for session in listed if not session["current"])
    stolen = client.delete(f"/api/v1/me/sessions/{other}", headers=bearer(stranger))
    assert (stolen.status_code, stolen.json["code"]) == (404, "SessionNotFound")
    assert client.get("/api/v1/me", headers=bearer(there)).status_code == 200
    for _ in range(2):
        assert client.delete(f"/api/v1/me/sessions/{other}", headers=bearer(here)).status_code == 204
    assert client.get("/api/v1/me", headers=bearer(there)).status_code == 401
    assert len(client.get("/api/v1/me/sessions", headers=bearer(here)).json["items"]) == 1


def test_sessions_are_paged(client: FlaskClient) -> None:
    tokens = [sign_in(client) for _ in range(3)][-1]
    first = client.get("/api/v1/me/sessions?limit=2", headers=bearer(tokens)).json
    rest = client.get(f"/api/v1/me/sessions?limit=2&cursor={first['next_cursor']}", headers=bearer(tokens)).json
    assert len({session["id"] for session in first["items"] + rest["items"]}) == 3
    assert rest["next_cursor"] is None


def test_the_demo_clock_signs_nobody_out(client: FlaskClient) -> None:
    tokens = sign_in(client)
    client.put("/api/v1/demo/clock", json={"now": "2027-12-01T09:00:00+08:00"})
    assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 200


CLAIMS: dict[str, Any] = {"fresh": False, "type": "access", "iss": "qiaojiejie", "aud": "qiaojiejie", "csrf": "",
                          "jti": "1"}


@pytest.mark.parametrize(("name", "change", "key", "algorithm", "status"), [
    ("as we make them", {}, None, "HS256", 200),
    ("alg none", {}, "", "none", 401),
    ("another key", {}, "k" * 64, "HS256", 401),
    ("another algorithm", {}, None, "HS384", 401),
    ("another audience", {"aud": "someone"}, None, "HS256", 401),
    ("no audience", {"aud": None}, None, "HS256", 401),
    ("another issuer", {"iss": "someone"}, None, "HS256", 401),
    ("expired", {"exp": -60}, None, "HS256", 401),
    ("not yet", {"nbf": 60}, None, "HS256", 401),
    ("a refresh token", {"type": "refresh"}, None, "HS256", 401),
    ("another's session", {"sub": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e"}, None, "HS256", 401),
])
def test_a_token_counts_only_as_we_made_it(client: FlaskClient, app: Flask, name: str, change: dict[str, Any],
                                           key: str | None, algorithm: str, status: int) -> None:
    tokens = sign_in(client)
    session = db.session.scalars(sa.select(Session).where(Session.account_id == UUID(tokens["account"]["id"]))).one()
    moment = int(datetime.now(UTC).timestamp())
    claims = {**CLAIMS, "sub": tokens["account"]["id"], "sid": str(session.id), "iat": moment, "nbf": moment,
              "exp": 600, **change}
    claims["exp"] += moment
    claims["nbf"] = moment + change.get("nbf", 0)
    claims = {claim: value for claim, value in claims.items() if value is not None}
    forged = jwt.encode(claims, app.config["JWT_SECRET_KEY"] if key is None else key, algorithm=algorithm)
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == status, name
    if status == 401:
        assert (answer.json["code"], answer.headers["WWW-Authenticate"]) == ("Unauthorized", "Bearer")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer a b", "Bearer x.y.z", "Basic YTpi", "bearer null",
                                    "Bearer " + "a" * 5000, "Bearer é"])
def test_a_broken_authorization_header_is_a_401(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, answer.json["code"]) == (401, "Unauthorized")


def test_nobody_is_401_without_a_header(client: FlaskClient) -> None:
    assert client.get("/api/v1/me").status_code == 401


def test_names_and_phones_are_masked_and_encrypted(client: FlaskClient, world: sa.Connection) -> None:
    tokens = sign_in(client)
    changed = client.patch("/api/v1/me", json={"name": "王小明"}, headers=bearer(tokens))
    assert (changed.status_code, changed.json["account"]["name"]) == (200, "王**")
    raw = world.execute(sa.text("SELECT phone, name, phone_index FROM account WHERE id = :id"),
                        {"id": tokens["account"]["id"]}).one()
    assert PHONE.encode() not in bytes(raw.phone) and "王小明".encode() not in bytes(raw.name)
    assert bytes(raw.phone_index) == blind("phone", PHONE)
    assert db.session.get_one(Account, UUID(tokens["account"]["id"])).phone.reveal() == PHONE


def test_a_personal_value_is_sealed_from_the_moment_it_is_assigned(world: sa.Connection) -> None:
    who = Account(phone=PHONE, name="王小明")
    assert (str(who.phone), str(who.name)) == ("138****8000", "王**")


@pytest.mark.parametrize("name", ["", " ", "王" * 51, "a\x00b", None, 5])
def test_a_name_is_a_name(client: FlaskClient, name: Any) -> None:
    assert client.patch("/api/v1/me", json={"name": name}, headers=bearer(sign_in(client))).status_code == 422


@pytest.mark.parametrize("field", ["phone", "id", "closed_at", "phone_index", "created_at"])
def test_nothing_owned_by_the_server_can_be_sent_in(client: FlaskClient, field: str) -> None:
    answer = client.patch("/api/v1/me", json={"name": "王", field: PHONE}, headers=bearer(sign_in(client)))
    assert answer.status_code == 422


def test_what_is_over_is_forgotten(client: FlaskClient, sweep: Callable[[str], None]) -> None:
    with clock.frozen(NOON):
        ask(client)
    db.session.execute(sa.update(RefreshToken).values(expires_at=datetime.now(UTC) - timedelta(days=1)))
    with clock.frozen(NOON + timedelta(days=3)):
        ask(client, "13800138001")
        sweep("identity.tasks.forget")
    assert db.session.scalars(sa.select(LoginCode.phone_index)).all() == [blind("phone", "13800138001")]
