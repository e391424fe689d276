"""Text messages over HTTP: signed, repeatable, and honest about failing."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core.config import BadSetting
from qiaojiejie.core.errors import Unavailable
from qiaojiejie.identity import gateway, rules

SECRET = "provider-secret"


class Provider:
    """A text message provider that checks signatures as ours must."""

    def __init__(self) -> None:
        self.status, self.delay, self.got = 200, 0.0, []  # type: tuple[int, float, list[dict[str, Any]]]
        provider = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(provider.delay)
                provider.got.append({"body": body, "headers": dict(self.headers)})
                self.send_response(provider.status)
                self.send_header("Location", "http://localhost:1/")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"


@pytest.fixture()
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def send(url: str) -> None:
    gateway.HttpSms(url, SECRET).send("13800138000", "sign_in_code", {"code": "123456"}, "message-1")


def test_a_message_is_signed_and_says_which_it_is(provider: Provider) -> None:
    send(provider.url)
    send(provider.url)
    one, two = provider.got
    assert json.loads(one["body"]) == {"id": "message-1", "to": "13800138000", "template": "sign_in_code",
                                       "params": {"code": "123456"}}
    for got in provider.got:
        headers = got["headers"]
        signed = f"{headers['X-Timestamp']}.{headers['X-Nonce']}.".encode() + got["body"]
        assert headers["X-Signature"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["Idempotency-Key"] == "message-1"
        assert abs(int(headers["X-Timestamp"]) - time.time()) < 60
    assert one["headers"]["X-Nonce"] != two["headers"]["X-Nonce"]


@pytest.mark.parametrize("status", [302, 400, 429, 500, 503])
def test_a_refusing_provider_is_unavailable(provider: Provider, status: int) -> None:
    provider.status = status
    with pytest.raises(Unavailable):
        send(provider.url)
    assert len(provider.got) == 1


def test_a_hanging_provider_is_unavailable(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", (0.2, 0.2))
    provider.delay = 0.5
    with pytest.raises(Unavailable):
        send(provider.url)


def test_a_provider_that_is_away_is_unavailable_and_nothing_personal_is_in_the_error() -> None:
    with pytest.raises(Unavailable) as failed:
        send("http://127.0.0.1:1/send")
    assert "13800138000" not in repr(failed.value.__cause__)


def test_the_code_travels_from_asking_to_the_provider(
        app: Flask, client: FlaskClient, provider: Provider, run_jobs: Callable[[], int],
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "sign_in", gateway.Terms(
        sms=gateway.HttpSms(provider.url, SECRET), limits=rules.LIMITS, fixed_code=None))
    client.post("/api/v1/auth/codes", json={"phone": "13800138000"})
    assert provider.got == []  # asking does not wait for the provider
    run_jobs()
    sent = json.loads(provider.got[0]["body"])
    assert sent["to"] == "13800138000"
    answer = client.post("/api/v1/auth/tokens", json={"phone": "13800138000", "code": sent["params"]["code"]})
    assert answer.status_code == 200


def test_asking_for_a_code_does_not_fail_while_the_provider_is_away(
        app: Flask, client: FlaskClient, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "sign_in", gateway.Terms(
        sms=gateway.HttpSms("http://127.0.0.1:1/", SECRET), limits=rules.LIMITS, fixed_code=None))
    assert client.post("/api/v1/auth/codes", json={"phone": "13800138000"}).status_code == 202
    with pytest.raises(Unavailable):
        run_jobs()


def test_the_console_tells_neither_number_nor_code(capsys: pytest.CaptureFixture[str]) -> None:
    gateway.ConsoleSms().send("13800138000", "sign_in_code", {"code": "654321"}, "1")
    printed = capsys.readouterr()
    assert "13800138000" not in printed.out + printed.err and "654321" not in printed.out + printed.err


@pytest.mark.parametrize("url", ["", "console", "http://sms.example.org/", "ftp://sms.example.org/", "nonsense"])
def test_production_needs_a_provider_over_https(app: Flask, url: str) -> None:
    with pytest.raises(BadSetting):
        gateway.init_app(Flask("bare"), replace(app.config["QJJ"], mode="production", sms_url=url))


@pytest.mark.parametrize(("address", "counted_as"), [
    ("10.1.2.3", "10.1.2.3"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    (None, "unknown"), ("", "unknown"), ("nonsense", "unknown")])
def test_limits_count_an_ipv6_subscriber_once(address: str | None, counted_as: str) -> None:
    assert rules.network(address) == counted_as
