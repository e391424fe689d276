"""Stripe hangs, and whoever does not pay notices nothing: over real HTTP against the real server."""

import time
from concurrent.futures import ThreadPoolExecutor

import requests

from flask import Flask

from qiaojiejie.core.db import db
from tests.journeys.conftest import Live
from tests.journeys.test_concurrency import a_free_worker, at, beside, families, quote  # noqa: F401

PAYING = 10


def control(live: Live, **faults: float) -> None:
    """Break the stand-in so from now on."""
    host, _, port = live.base.rpartition(":")
    answer = requests.post(f"{host}:{int(port) + 1}/_control", json=faults, timeout=10,
                           headers={"Authorization": "Bearer sk_test_demo"})
    assert answer.ok, answer.text


def test_while_stripe_hangs_everybody_else_is_served(live: Live, beside: Flask) -> None:  # noqa: F811
    with beside.app_context():
        homes, workers = families(PAYING), [a_free_worker() for _ in range(PAYING)]
        db.session.commit()
    held = []
    for home, worker in zip(homes, workers, strict=True):
        status, made = live.call("POST", "/api/v1/bookings", {
            "quote_id": quote(live, home, worker, at(4, 9))}, home[0])
        assert status == 201, made
        held.append((home[0], made["id"]))

    def pay(headers: dict[str, str], booking: str) -> int:
        return live.call("POST", f"/api/v1/bookings/{booking}/payment", {"method": "alipay"}, headers)[0]

    control(live, hang=4, times=PAYING)
    try:
        with ThreadPoolExecutor(PAYING) as pool:
            paying = [pool.submit(pay, *each) for each in held]
            time.sleep(1.5)
            waits = []
            for _ in range(8):
                began = time.monotonic()
                assert live.call("GET", "/api/v1/services")[0] == 200
                waits.append(time.monotonic() - began)
            assert max(waits) < 2, waits  # a blocked one would wait for what is left of the four seconds
            assert {call.result() for call in paying} <= {201, 503}
    finally:
        control(live)
