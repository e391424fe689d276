"""The inbox."""

import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.messages import rules
from qiaojiejie.messages import service as messages
from qiaojiejie.messages.models import Notification
from tests import factories

VISIT = {"booking": "0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e", "service_name": "日常保洁", "worker_called": "王阿姨",
         "start": "12月1日 09:00"}
BOOKING_KINDS = sorted(kind for kind in rules.TEMPLATES if kind.startswith("booking_"))


@pytest.fixture()
def who(world: sa.Connection) -> Account:
    return factories.member(Role.HOUSEHOLD)


def tell(who: Account, kind: str = "booking_confirmed", key: str | None = None, **more: Any) -> None:
    messages.notify(account_id=who.id, kind=kind, data={**VISIT, **more}, key=key)


def inbox(client: FlaskClient, who: Account, query: str = "", tongue: str = "zh") -> Any:
    return client.get("/api/v1/me/notifications" + query,
                      headers={**factories.headers(who), "Accept-Language": tongue}).json


def test_words_follow_the_readers_language(client: FlaskClient, who: Account) -> None:
    tell(who, amount="¥120.00")
    chinese, english = (inbox(client, who, tongue=tongue)["items"][0] for tongue in ("zh-CN", "en"))
    assert (chinese["title"], chinese["body"]) == ("预约已确认", "日常保洁 · 王阿姨 · 12月1日 09:00，已付 ¥120.00")
    assert (english["title"], english["body"]) == ("Booking confirmed", "日常保洁 with 王阿姨, 12月1日 09:00; ¥120.00 paid")
    assert chinese["data"]["booking"] == VISIT["booking"] and chinese["read_at"] is None


def test_an_amount_that_is_not_given_is_not_spoken_of(who: Account) -> None:
    for missing in ({}, {"amount": None}):
        assert rules.words("booking_cancelled", {**VISIT, **missing}, "zh")[1] == "日常保洁 · 王阿姨 · 12月1日 09:00"


@pytest.mark.parametrize("kind", sorted(rules.TEMPLATES))
def test_every_kind_has_words_in_both_languages(kind: str) -> None:
    texts = [text for words in rules.TEMPLATES[kind] for text in words]
    needed = {name: "7" for text in texts for name in re.findall(r"{(\w+)}", re.sub(r"\[[^]]*]", "", text))}
    everything = {name: "7" for text in texts for name in re.findall(r"{(\w+)}", text)}
    for data in (needed, everything):
        zh, en = (rules.words(kind, data, tongue) for tongue in ("zh", "en"))
        for text in (*zh, *en):
            assert text and not re.search(r"[\[\]{}]", text), text
        assert zh != en


@pytest.mark.parametrize("kind", BOOKING_KINDS)
@pytest.mark.parametrize("missing", ["service_name", "worker_called", "start"])
def test_a_sender_who_forgets_what_the_words_need_is_told_at_once(who: Account, kind: str, missing: str) -> None:
    with pytest.raises(KeyError):
        messages.notify(account_id=who.id, kind=kind, data={k: v for k, v in VISIT.items() if k != missing})


def test_an_unknown_kind_is_not_sent(who: Account) -> None:
    with pytest.raises(KeyError):
        messages.notify(account_id=who.id, kind="gossip", data={})


def test_braces_in_what_people_wrote_are_only_text(who: Account) -> None:
    assert "{0.__class__}[x]" in rules.words("firm_applied", {"firm_name": "{0.__class__}[x]"}, "zh")[1]


def test_a_job_that_runs_twice_tells_once_and_each_person_for_herself(client: FlaskClient, who: Account) -> None:
    other = factories.member(Role.HOUSEHOLD)
    for _ in range(2):
        tell(who, key="entry-7")
        tell(other, key="entry-7")
    tell(who)
    tell(who)
    assert len(inbox(client, who)["items"]) == 3
    assert len(inbox(client, other)["items"]) == 1


def test_pages_are_newest_first_and_whole(client: FlaskClient, who: Account) -> None:
    for n in range(5):
        tell(who, start=f"12月{n}日 09:00")
    seen, cursor = [], ""
    while cursor is not None:
        page = inbox(client, who, f"?limit=2&cursor={cursor}" if cursor else "?limit=2")
        seen += [item["data"]["start"] for item in page["items"]]
        assert page["unread"] == 5
        cursor = page["next_cursor"]
    assert seen == [f"12月{n}日 09:00" for n in (4, 3, 2, 1, 0)]


def mark(client: FlaskClient, who: Account, **body: Any) -> Any:
    return client.post("/api/v1/me/notifications/read", json=body, headers=factories.headers(who))


def test_some_may_be_marked_as_read(client: FlaskClient, who: Account) -> None:
    for _ in range(3):
        tell(who)
    newest, middle, oldest = (item["id"] for item in inbox(client, who)["items"])
    for _ in range(2):
        assert mark(client, who, ids=[middle]).json == {"unread": 2}
    assert [item["id"] for item in inbox(client, who, "?unread=true")["items"]] == [newest, oldest]
    assert [item["id"] for item in inbox(client, who, "?unread=false")["items"]] == [middle]


def test_all_before_one_may_be_marked_as_read(client: FlaskClient, who: Account) -> None:
    for _ in range(3):
        tell(who)
    newest, middle, _ = (item["id"] for item in inbox(client, who)["items"])
    assert mark(client, who, through=middle).json == {"unread": 1}
    assert mark(client, who, through=newest).json == {"unread": 0}
    assert inbox(client, who)["items"][0]["read_at"] is not None


def test_reading_keeps_the_first_time(client: FlaskClient, who: Account) -> None:
    tell(who)
    (item,) = inbox(client, who)["items"]
    mark(client, who, ids=[item["id"]])
    first = db.session.scalars(sa.select(Notification.read_at)).one()
    mark(client, who, through=item["id"])
    assert db.session.scalars(sa.select(Notification.read_at)).one() == first


def test_anothers_notification_is_not_found_and_nothing_is_marked(client: FlaskClient, who: Account) -> None:
    other = factories.member(Role.HOUSEHOLD)
    tell(who)
    tell(other)
    mine, theirs = inbox(client, who)["items"][0]["id"], inbox(client, other)["items"][0]["id"]
    for body in ({"ids": [mine, theirs]}, {"through": theirs}, {"ids": [str(uuid.uuid4())]}):
        refused = mark(client, who, **body)
        assert (refused.status_code, refused.json["code"]) == (404, "NotificationNotFound")
    assert inbox(client, who)["unread"] == inbox(client, other)["unread"] == 1


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["7"]}, {"ids": None}, {"read_at": "2026-01-01T00:00:00Z"},
                                  {"ids": [VISIT["booking"]], "through": VISIT["booking"]},
                                  {"ids": [VISIT["booking"]] * 101}])
def test_reading_names_ids_or_a_last_one(client: FlaskClient, who: Account, body: dict[str, Any]) -> None:
    assert client.post("/api/v1/me/notifications/read", json=body,
                       headers=factories.headers(who)).status_code == 422


def test_the_inbox_is_for_the_signed_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/me/notifications").status_code == 401
    assert client.post("/api/v1/me/notifications/read", json={"ids": [VISIT["booking"]]}).status_code == 401


def test_a_cursor_of_the_unread_does_not_fit_the_whole_list(client: FlaskClient, who: Account) -> None:
    for _ in range(2):
        tell(who)
    cursor = inbox(client, who, "?unread=true&limit=1")["next_cursor"]
    assert inbox(client, who, f"?limit=1&cursor={cursor}")["code"] == "BadCursor"
