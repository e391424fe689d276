"""The frame: problems, request ids, health."""

from flask.testing import FlaskClient


def test_an_unknown_address_is_a_problem_with_a_request_id(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing-here", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "NotFound"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_health_and_readiness(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json["status"] == "ready"


def test_the_demo_clock_only_runs_forward(client: FlaskClient) -> None:
    ahead = client.put("/api/v1/demo/clock", json={"now": "2027-01-01T09:00:00+08:00"})
    assert ahead.status_code == 200, ahead.json
    back = client.put("/api/v1/demo/clock", json={"now": "2026-01-01T09:00:00+08:00"})
    assert (back.status_code, back.json["code"]) == (409, "ClockRunsForward")
    assert client.get("/api/v1/demo/clock").json["now"].startswith("2027-01-01T09:00")
