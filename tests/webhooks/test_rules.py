"""What is told, how long is waited, where may be sent to."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qiaojiejie.webhooks import rules
from qiaojiejie.webhooks.errors import WebhookUrlRefused


@pytest.mark.parametrize("status,verdict", [
    (200, "delivered"), (204, "delivered"), (299, "delivered"), (300, "never"), (302, "never"), (400, "never"),
    (401, "never"), (404, "never"), (410, "never"), (422, "never"), (408, "again"), (429, "again"), (500, "again"),
    (503, "again"), (599, "again"), (None, "again")])
def test_what_an_answer_means(status: int | None, verdict: str) -> None:
    assert rules.verdict(status) == verdict


def test_waits_double_up_to_six_hours_and_three_days_hold_a_score_of_tries() -> None:
    waits = [rules.wait(tries) for tries in range(1, 40)]
    assert waits[:4] == [timedelta(seconds=each) for each in (10, 20, 40, 80)]
    assert waits == sorted(waits) and max(waits) == timedelta(hours=6)
    passed, tries = timedelta(), 1
    while (passed := passed + rules.wait(tries)) <= rules.TRIED_FOR:
        tries += 1
    assert 20 <= tries <= 30


def test_an_endpoint_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    assert rules.wait(1, 120) == timedelta(seconds=120)
    assert rules.wait(5, 1) == timedelta(seconds=160)
    assert rules.wait(1, 10**9) == timedelta(hours=6)


PUBLIC = ["https://erp.example.com/hook?x=1", "https://erp.example.com:8443/", "https://8.8.8.8/hook",
          "https://[2001:4860:4860::8888]/hook"]
REFUSED = [
    "http://erp.example.com/", "https://127.0.0.1/", "https://10.0.0.8/", "https://192.168.1.1/", "https://172.16.3.4/",
    "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/",
    "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/", "https://[fe80::1]/",
    "https://[fd00::1]/", "https://224.0.0.1/", "https://localhost/", "https://postgres/", "https://db.internal/",
    "https://x.local/", "https://user@example.com/", "https://user:word@example.com/", "https://example.com/#part",
    "https://", "ftp://example.com/", "//example.com/", "example.com", "https://example.com:99999/",
    "https://exa mple.com/", "https://example.com\\@10.0.0.1/", "https://例子.com/", "file:///etc/passwd", "https://[::1",
    "javascript:alert(1)"]


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_https_address_may_be_listened_at(url: str) -> None:
    rules.check_url(url, local=False)


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("local", [False, True])
def test_no_other_may_in_demo_neither_but_this_machines_own_port(url: str, local: bool) -> None:
    with pytest.raises(WebhookUrlRefused):
        if not (local and "127.0.0.1" in url):
            rules.check_url(url, local=local)
        rules.check_url("http://127.0.0.1:8080/", local=False)
    rules.check_url("http://127.0.0.1:8080/", local=True)


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254",
                                     "fe80::1%eth0", "64:ff9b::7f00:1",
                                     "2002:7f00:1::", "0.0.0.0", "::", "255.255.255.255"])
def test_nothing_is_sent_to_a_private_address(address: str) -> None:
    assert not rules.reachable(address, local=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_a_public_address_is_sent_to(address: str) -> None:
    assert rules.reachable(address, local=False)


def test_in_demo_this_machine_is_sent_to_and_no_other_private_one() -> None:
    assert rules.reachable("127.0.0.1", local=True) and not rules.reachable("10.0.0.1", local=True)


def test_the_guide_lists_every_kind() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    assert [kind for kind in (*rules.KINDS, rules.PING) if f"`{kind}`" not in guide] == []


def test_the_verification_the_guide_gives_accepts_ours_and_nothing_else() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    given: dict[str, Any] = {}
    exec(guide.partition("```python\n")[2].partition("```")[0], given)
    verified, now = given["verified"], int(time.time())
    header = rules.signature("{}", ["new", "old"], now)
    assert verified("new", header, b"{}") and verified("old", header, b"{}")
    for secret, said, body in (("other", header, b"{}"), ("new", header, b"{ }"), ("new", "", b"{}"),
                               ("new", "t=x,v1=y", b"{}"), ("new", rules.signature("{}", ["new"], now - 400), b"{}")):
        assert not verified(secret, said, body)
