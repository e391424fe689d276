"""Many at once, over real connections on a database of their own (nothing here is rolled back)."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import count
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from werkzeug.datastructures import FileStorage

from qiaojiejie.app import create_app
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.identity import queries, rules, service
from qiaojiejie.identity.errors import WrongCode
from tests.conftest import Client, config_for

THREADS = 20
_numbers = count(13800200000)


@pytest.fixture(scope="module")
def city(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app on a database of its own."""
    made = create_app(config_for(new_database(), MEDIA_DIR=str(tmp_path_factory.mktemp("media"))))
    made.test_client_class = Client
    with made.app_context():
        upgrade()
    yield made
    with made.app_context():
        db.engine.dispose()
    made.extensions["db_reader"].dispose()


def at_once(city: Flask, bodies: list[dict[str, Any]], path: str) -> Counter[tuple[int, str]]:
    """Send each body from a thread of its own, all starting together; how often each (status, code) was answered."""
    start = Barrier(len(bodies))

    def send(body: dict[str, Any]) -> tuple[int, str]:
        start.wait()
        answer = city.test_client().post(f"/api/v1{path}", json=body)
        return answer.status_code, answer.json.get("code", "")

    with ThreadPoolExecutor(len(bodies)) as pool:
        return Counter(pool.map(send, bodies))


def ask(city: Flask) -> str:
    phone = str(next(_numbers))
    assert city.test_client().post("/api/v1/auth/codes", json={"phone": phone}).status_code == 202
    return phone


def give(city: Flask, phone: str, code: str) -> Any:
    return city.test_client().post("/api/v1/auth/tokens", json={"phone": phone, "code": code})


def tries(city: Flask, phone: str) -> int:
    with city.app_context(), db.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT tries FROM login_code WHERE phone_index = :phone"),
                                      {"phone": blind("phone", phone)}).scalar_one())


def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every guess whose hash is made with the real code's id, which only a counted try has in hand."""
    made: list[tuple[str, str]] = []
    real = service._code_hash

    def watch(phone: str, code_id: Any, code: str) -> bytes:
        made.append((str(code_id), code))
        return real(phone, code_id, code)

    monkeypatch.setattr(service, "_code_hash", watch)
    return made


def code_id(city: Flask, phone: str) -> str:
    with city.app_context(), db.engine.connect() as connection:
        return str(connection.execute(sa.text("SELECT id FROM login_code WHERE phone_index = :phone"),
                                      {"phone": blind("phone", phone)}).scalar_one())


@pytest.fixture()
def unlimited(city: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """No count of attempts per phone: its row lock would let one request through at a time and hide a race."""
    terms = city.extensions["sign_in"]
    monkeypatch.setitem(city.extensions, "sign_in", replace(terms, limits=terms.limits._replace(tokens=())))


def test_twenty_threads_get_five_guesses_between_them(
        city: Flask, unlimited: None, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = ask(city)
    guesses = compared(monkeypatch)
    answers = at_once(city, [{"phone": phone, "code": f"{guess:06}"} for guess in range(1, THREADS + 1)],
                      "/auth/tokens")
    assert answers == {(401, "WrongCode"): THREADS}
    evaluated = [guess for tried, guess in guesses if tried == code_id(city, phone)]
    assert len(evaluated) == rules.CODE_TRIES == tries(city, phone)
    assert give(city, phone, "000000").status_code == 401


def check_then_count(phone: str, code: str) -> None:
    """What must not be done: read the tries, compare, then write them back."""
    moment = {"phone": blind("phone", phone), "now": clock.now()}
    live = db.session.execute(sa.text(
        "SELECT id, code_hash, tries, pg_sleep(0.05) FROM login_code WHERE phone_index = :phone AND burnt_at IS NULL"
        " AND expires_at > :now AND tries < 5"), moment).one_or_none()
    if live is None or service._code_hash(phone, live.id, code) != live.code_hash:
        if live is not None:
            db.session.execute(sa.text("UPDATE login_code SET tries = :tries WHERE id = :id"),
                               {"tries": live.tries + 1, "id": live.id})
        raise WrongCode()


def test_counting_after_comparing_would_let_more_guesses_through(
        city: Flask, unlimited: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the test above notices when the guard is gone."""
    phone = ask(city)
    guesses = compared(monkeypatch)
    monkeypatch.setattr(service, "_use_code", check_then_count)
    at_once(city, [{"phone": phone, "code": f"{guess:06}"} for guess in range(1, THREADS + 1)], "/auth/tokens")
    assert len([1 for tried, _ in guesses if tried == code_id(city, phone)]) > rules.CODE_TRIES


def test_the_right_code_given_by_many_at_once_signs_one_in(city: Flask, unlimited: None) -> None:
    phone = ask(city)
    answers = at_once(city, [{"phone": phone, "code": "000000"}] * THREADS, "/auth/tokens")
    assert answers == {(200, ""): 1, (401, "WrongCode"): THREADS - 1}


def test_codes_asked_for_at_once_leave_one_alive(city: Flask) -> None:
    phone = str(next(_numbers))
    assert at_once(city, [{"phone": phone}] * 8, "/auth/codes") == {(202, ""): 8}
    with city.app_context(), db.engine.connect() as connection:
        alive = connection.execute(
            sa.text("SELECT count(*) FROM login_code WHERE phone_index = :phone AND burnt_at IS NULL"),
            {"phone": blind("phone", phone)}).scalar_one()
    assert alive == 1


def test_a_refresh_token_used_by_many_at_once_works_once_and_ends_the_session(city: Flask) -> None:
    phone = ask(city)
    tokens = give(city, phone, "000000").json
    answers = at_once(city, [{"refresh_token": tokens["refresh_token"]}] * 8, "/auth/tokens/refresh")
    assert answers[200, ""] == 1
    assert answers[401, "RefreshTokenReused"] == 1
    assert answers[401, "BadRefreshToken"] == 6
    me = city.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.status_code == 401


def administrator(city: Flask) -> tuple[str, dict[str, str]]:
    """(membership id, headers) of a new federation administrator who has signed in."""
    phone = ask(city)
    with city.app_context():
        who = service.account_for(phone=phone)
        held = str(service.grant(account_id=who.id, role=Role.FEDERATION_ADMIN, by="system").id)
        db.session.commit()
    return held, {"Authorization": f"Bearer {give(city, phone, '000000').json['access_token']}"}


def test_two_administrators_who_dismiss_each_other_leave_one(city: Flask) -> None:
    (one, hers), (two, theirs) = administrator(city), administrator(city)
    start = Barrier(2)

    def dismiss(pair: tuple[str, dict[str, str]]) -> int:
        start.wait()
        return city.test_client().delete(f"/api/v1/memberships/{pair[0]}", headers=pair[1]).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(dismiss, [(two, hers), (one, theirs)]))
    assert answers[0] == 204 and answers[1] in (403, 409)
    with city.app_context():
        assert len(queries.accounts_with(Role.FEDERATION_ADMIN)) == 1


def test_a_look_taken_by_a_read_is_kept(city: Flask) -> None:
    _, auditor = administrator(city)
    phone = ask(city)
    owner = {"Authorization": f"Bearer {give(city, phone, '000000').json['access_token']}"}
    paper = FileStorage(BytesIO(b"%PDF-1.7\n%%EOF\n"), "a.pdf")
    made = city.test_client().post("/api/v1/media", data={"kind": "document", "file": paper}, headers=owner)
    assert made.status_code == 201, made.json
    assert city.test_client().get(made.json["url"], headers=auditor).status_code == 200
    looks = city.test_client().get("/api/v1/me/looks", headers=owner).json["items"]
    assert [(look["field"], look["role"]) for look in looks] == [("document", "federation_admin")]
