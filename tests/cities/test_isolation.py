"""Two cities in one database, the whole app: nothing of one is reached from the other."""

import io
import json
import time
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from qiaojiejie.core import cities, jobs, worker
from qiaojiejie.core.cities import CityNotFound
from qiaojiejie.core.db import db, lock_key
from qiaojiejie.core.secrets import blind, ring
from qiaojiejie.media import gateway
from qiaojiejie.sandbox.stripe.courier import signature
from qiaojiejie.transparency.gateway import keys
from tests import factories
from tests.cities.conftest import Town


def test_a_host_that_is_no_citys_is_refused_and_a_header_may_say_which(land: Flask, suqian: Town, xuzhou: Town) -> None:
    nowhere = Town(land, "321300", "elsewhere.test")
    refused = nowhere.ask("GET", "/services")
    assert (refused.status_code, refused.json["code"]) == (404, "CityNotFound")
    assert refused.mimetype == "application/problem+json" and "没有对应的城市" in refused.json["title"]
    assert nowhere.ask("GET", "/services", headers={"X-City": "320300"}).status_code == 200
    assert nowhere.ask("GET", "/services", headers={"X-City": "999999"}).json["code"] == "CityNotFound"
    assert suqian.ask("GET", "/services", headers={"X-City": "321300"}).status_code == 200
    # a host is of one city: a header can't lead out of it
    assert suqian.ask("GET", "/services", headers={"X-City": "320300"}).json["code"] == "CityNotFound"
    assert "X-City" in suqian.ask("GET", "/services").headers["Vary"]
    assert land.test_client().get("/healthz").status_code == land.test_client().get("/readyz").status_code == 200
    assert land.test_client().get("/readyz", base_url="http://xuzhou.test").json["status"] == "ready"


def test_nothing_is_done_in_no_city(land: Flask) -> None:
    with land.app_context():
        steps = (ring, keys, lambda: db.session.execute(sa.text("SELECT 1")), lambda: gateway.store().get("ab" * 32))
        for step in steps:
            with pytest.raises(CityNotFound):
                step()


def test_a_token_of_one_city_is_none_in_the_other(suqian: Town, xuzhou: Town) -> None:
    here, there = suqian.signed_in(), xuzhou.signed_in()
    ours, theirs = suqian.ask("GET", "/me", headers=here), xuzhou.ask("GET", "/me", headers=there)
    assert ours.status_code == theirs.status_code == 200 and ours.json != theirs.json
    # even were the account and its session in the other city, by the same ids
    with suqian.inside():
        for table in ("account", "session"):
            db.session.execute(sa.text(f"INSERT INTO c320300.{table} SELECT * FROM public.{table}"))
    assert xuzhou.ask("GET", "/me", headers=here).status_code == 401
    assert suqian.ask("GET", "/me", headers=there).status_code == 401


def test_a_refresh_token_of_one_city_is_none_in_the_other(suqian: Town, xuzhou: Town) -> None:
    suqian.ask("POST", "/auth/codes", {"phone": "13800000002"})
    signed = suqian.ask("POST", "/auth/tokens", {"phone": "13800000002", "code": "000000"}).json
    assert xuzhou.ask("POST", "/auth/tokens/refresh", {"refresh_token": signed["refresh_token"]}).status_code == 401
    assert suqian.ask("POST", "/auth/tokens/refresh", {"refresh_token": signed["refresh_token"]}).status_code == 200


@pytest.mark.parametrize("path", [
    "/bookings/{booking}", "/bookings/{booking}/history", "/me/addresses/{address}", "/workers/{worker}",
    "/firms/{firm}", "/workers/{worker}/credit"])
def test_an_id_of_one_city_is_nothing_in_the_other(path: str, suqian: Town, xuzhou: Town,
                                                   booked: dict[str, Any]) -> None:
    asked = path.format(**booked)
    assert suqian.ask("GET", asked, headers=booked["headers"]).status_code == 200
    assert xuzhou.ask("GET", asked, headers=xuzhou.signed_in()).status_code == 404


def test_a_cursor_of_one_city_is_refused_in_the_other(suqian: Town, xuzhou: Town) -> None:
    cursors = []
    for town in (suqian, xuzhou):
        headers = town.signed_in("13800000009")
        for _ in range(2):
            town.ask("POST", "/auth/codes", {"phone": "13800000009"})
            town.ask("POST", "/auth/tokens", {"phone": "13800000009", "code": "000000"})
        cursors.append((headers, town.ask("GET", "/me/sessions?limit=1", headers=headers).json["next_cursor"]))
    (_, ours), (headers, theirs) = cursors
    assert ours and theirs
    assert xuzhou.ask("GET", f"/me/sessions?limit=1&cursor={theirs}", headers=headers).status_code == 200
    refused = xuzhou.ask("GET", f"/me/sessions?limit=1&cursor={ours}", headers=headers)
    assert (refused.status_code, refused.json["code"]) == (400, "BadCursor")


def test_one_idempotency_key_in_both_is_two_acts(suqian: Town, xuzhou: Town) -> None:
    made = [town.ask("POST", "/me/members", {"name": "王桂兰", "birth_year": 1950, "relation": "parent", "needs": []},
                     headers={**town.signed_in(), "Idempotency-Key": "the-same"}) for town in (suqian, xuzhou)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json["id"] != made[1].json["id"]
    assert all("Idempotent-Replayed" not in answer.headers for answer in made)


def test_a_file_of_one_city_is_not_in_the_other(suqian: Town, xuzhou: Town) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "PNG")

    def uploaded(town: Town) -> str:
        boundary, body = encode_multipart({"kind": "photo", "file": FileStorage(io.BytesIO(out.getvalue()), "a.png")})
        answer = town.client.post("/api/v1/media", data=body, base_url=f"http://{town.host}", headers=town.signed_in(),
                                  content_type=f"multipart/form-data; boundary={boundary}")
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    ours, theirs = uploaded(suqian), uploaded(xuzhou)
    assert suqian.ask("GET", f"/media/{ours}").status_code == 200
    assert xuzhou.ask("GET", f"/media/{ours}").status_code == 404
    with suqian.inside():  # the same bytes, but each its own: one that deletes them takes nothing from the other
        [key] = db.session.scalars(sa.text("SELECT key FROM media")).all()
        gateway.store().drop(key)
    assert suqian.ask("GET", f"/media/{ours}").status_code == 404
    assert xuzhou.ask("GET", f"/media/{theirs}").status_code == 200


def test_a_job_deferred_in_one_city_runs_there_alone(land: Flask, suqian: Town, xuzhou: Town,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    monkeypatch.setitem(jobs.TASKS, "test.where", lambda n: ran.append(
        (n, db.session.scalar(sa.text("SELECT current_schema()")))))
    with xuzhou.inside():
        jobs.defer("test.where", n=1)

    def work(town: Town) -> None:
        queue = sa.text("DELETE FROM procrastinate_jobs WHERE task_name <> 'test.where'")
        with town.inside():
            db.session.execute(queue)
        with worker.build(land, land.config["QJJ"].database_url, town.city).open() as runner:
            runner.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    work(suqian)
    assert ran == []
    work(xuzhou)
    assert ran == [(1, "c320300")]


def test_a_sweep_runs_in_every_city_whoever_is_at_it_in_another(land: Flask, suqian: Town, xuzhou: Town) -> None:
    swept = list[str]()
    assert {"320300", "321300"} <= {city.code for city in worker.served(land) if city}
    assert [city and city.code for city in worker.served(land, ["321300"])] == ["321300"]
    with suqian.inside():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key("test.sweep"))))
        for city in worker.served(land, ["320300", "321300"]):
            worker.sweep_once(land, "test.sweep", lambda: swept.append(
                str(db.session.scalar(sa.text("SELECT current_schema()")))), city)
    assert swept == ["c320300"]


def test_a_webhook_endpoint_hears_of_its_own_city_alone(suqian: Town, xuzhou: Town, booked: dict[str, Any]) -> None:
    made = suqian.ask("POST", "/webhook-endpoints", {"url": "http://127.0.0.1:9/hear", "kinds": ["booking.cancelled"]},
                      headers=booked["manager"])
    assert made.status_code == 201, made.json
    assert suqian.ask("GET", f"/webhook-endpoints/{made.json['id']}", headers=booked["manager"]).status_code == 200
    assert xuzhou.ask("GET", f"/webhook-endpoints/{made.json['id']}", headers=booked["manager"]).status_code == 401
    with xuzhou.inside():
        assert db.session.scalar(sa.text("SELECT count(*) FROM webhook_endpoint")) == 0


def test_an_event_of_one_citys_stripe_account_is_refused_in_the_other(suqian: Town, xuzhou: Town) -> None:
    body = json.dumps({
        "id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": False,
        "created": int(time.time()), "data": {"object": {"id": "pi_1", "object": "payment_intent"}}}).encode()
    heard = {}
    for secret in ("whsec_demo", "whsec_xuzhou"):
        for town in (suqian, xuzhou):
            heard[secret, town.code] = town.client.post(
                "/api/v1/webhooks/stripe", data=body, base_url=f"http://{town.host}", content_type="application/json",
                headers={"Stripe-Signature": signature(body, secret, int(time.time()))}).status_code
    assert heard == {("whsec_demo", "321300"): 200, ("whsec_demo", "320300"): 400,
                     ("whsec_xuzhou", "321300"): 400, ("whsec_xuzhou", "320300"): 200}


def test_each_city_has_keys_of_its_own(suqian: Town, xuzhou: Town) -> None:
    with suqian.inside():
        sealed, index, log = ring().seal("王小明", "name"), blind("phone", "13800000001"), keys()
    with xuzhou.inside():
        with pytest.raises(InvalidTag):
            ring().open(sealed, "name")
        assert blind("phone", "13800000001") != index
        assert keys().origin != log.origin and keys().log_seed != log.log_seed
    with suqian.inside():
        assert ring().open(sealed, "name") == "王小明"


def test_a_connection_that_is_not_where_it_was_told_to_be_is_never_used(land: Flask, xuzhou: Town) -> None:
    lost = replace(xuzhou.city, schema="c999999")  # nothing is there, and nothing else is taken for it
    with cities.within(lost), land.app_context(), pytest.raises(RuntimeError, match="not in c999999"):
        db.session.execute(sa.text("SELECT 1"))


def test_hot_reads_and_more_cities_than_pools(suqian: Town, xuzhou: Town, land: Flask, booked: dict[str, Any]) -> None:
    tenants, known = land.extensions["tenants"], set()
    for _ in range(3):
        for town in (suqian, xuzhou):
            answer = town.ask("GET", f"/firms/{booked['firm']}")
            assert answer.status_code == (200 if town is suqian else 404)
            town.signed_in()
            known |= tenants._pools.keys()
    assert {(schema, reads, None) for schema in ("public", "c320300") for reads in (True, False)} <= known
    assert len(tenants._pools) == 3
    with suqian.inside():
        db.session.execute(sa.text("CREATE TEMP TABLE mine (n int) ON COMMIT DROP"))
        tenants.dispose()  # as when many others were asked for meanwhile
        assert db.session.execute(sa.text("SELECT count(*) FROM mine")).scalar_one() == 0


def test_each_city_says_how_it_is_at_its_own_host_and_what_is_counted_is_said_at_none(
        suqian: Town, xuzhou: Town, booked: dict[str, Any]) -> None:
    def told(host: str) -> dict[str, float]:
        answer = suqian.client.get("/metrics", base_url=f"http://{host}")
        assert answer.status_code == 200
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
                for line in answer.text.splitlines() if not line.startswith("#")}

    def counted(town: Town) -> float:
        return told("127.0.0.1").get(f'qjj_city_requests_total{{city="{town.code}",status="2xx"}}', 0)

    before = counted(suqian), counted(xuzhou)
    for _ in range(3):
        assert xuzhou.ask("GET", "/workers").status_code == 200
    assert (counted(suqian), counted(xuzhou)) == (before[0], before[1] + 3)
    with suqian.inside():
        factories.booking("held")
    here, there, nowhere = told(suqian.host), told(xuzhou.host), told("127.0.0.1")
    assert here["qjj_holds_open"] >= 1 and there["qjj_holds_open"] == 0
    assert here.keys() == there.keys() and here.keys().isdisjoint(nowhere)
    assert told("no-such-city.test").keys() == nowhere.keys()
