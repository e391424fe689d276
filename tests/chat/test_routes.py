"""A family, a worker and a firm talk about a booking."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from qiaojiejie.booking import service as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from tests import factories

PHONE = "13800010001"


class Talk:
    """A booking and the three who talk about it."""

    def __init__(self, client: FlaskClient, state: str = "confirmed", **fields: Any) -> None:
        self.client, self.booking = client, factories.booking(state, **fields)
        manager = factories.manager_of(self.booking.firm)
        household, worker = self.booking.household.account_id, self.booking.worker.account_id
        self.who = {"household": factories.headers(db.session.get_one(Account, household)),
                    "worker": factories.headers(db.session.get_one(Account, worker)),
                    "firm": factories.headers(manager),
                    "mediator": factories.headers(factories.member(Role.MEDIATOR)),
                    "stranger": factories.headers(factories.member(Role.HOUSEHOLD))}
        self.accounts = {"household": household, "worker": worker, "firm": manager.id}
        self.path = f"/api/v1/bookings/{self.booking.id}/messages"

    def say(self, party: str, words: str | None = None, media_ids: list[str] | None = None) -> Any:
        """One message; the answer."""
        body = {"words": words, "media_ids": media_ids}
        return self.client.post(self.path, headers=self.who[party],
                                json={name: value for name, value in body.items() if value is not None})

    def page(self, party: str, query: str = "", tongue: str = "zh") -> Any:
        """A page as one reads it."""
        answer = self.client.get(self.path + query, headers={**self.who[party], "Accept-Language": tongue})
        assert answer.status_code == 200, answer.json
        return answer.json

    def read(self, party: str, through: int) -> Any:
        """Mark as read; what is left."""
        answer: Any = self.client.post(f"{self.path}/read", headers=self.who[party], json={"through": through})
        return answer.json["unread"]

    def picture(self, party: str, kind: str = "chat", colour: int = 0) -> str:
        """An uploaded image."""
        drawn = io.BytesIO()
        Image.new("RGB", (8, 6), (colour, 200, 10)).save(drawn, "PNG")
        answer: Any = self.client.post("/api/v1/media", headers=self.who[party], data={
            "kind": kind, "file": (io.BytesIO(drawn.getvalue()), "a.png")})
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])


@pytest.fixture()
def talk(client: FlaskClient) -> Talk:
    """A confirmed visit of tomorrow."""
    return Talk(client)


def words(page: Any) -> list[str]:
    """What a page says, newest first."""
    return [each["words"] for each in page["items"]]


def complaint(of: Booking, state: str = "open") -> Complaint:
    """A complaint about a booking."""
    made = Complaint(booking_id=of.id, household_id=of.household_id, worker_id=of.worker_id, firm_id=of.firm_id,
                     state=state, kind="damage", words="划伤", opened_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def looks(field: str) -> list[str]:
    """Whose of a field was looked at."""
    return list(db.session.scalars(sa.text("SELECT subject FROM look WHERE field = :field ORDER BY id"),
                                   {"field": field}))


def test_all_three_parties_say_and_read_newest_first(talk: Talk) -> None:
    for party in ("household", "worker", "firm"):
        answer = talk.say(party, f"我是{party}")
        assert (answer.status_code, answer.json["mine"], answer.json["hint"]) == (201, True, None), answer.json
    for party in ("household", "worker", "firm"):
        page = talk.page(party)
        assert words(page) == ["我是firm", "我是worker", "我是household"]
        assert [each["mine"] for each in page["items"]] == [each["party"] == party for each in page["items"]]
        assert [each["number"] for each in page["items"]] == [3, 2, 1] and page["open"]


@pytest.mark.parametrize("who", ["stranger", "mediator"])
def test_nobody_else_reads_or_writes(talk: Talk, who: str) -> None:
    talk.say("household", "你好")
    read = talk.client.get(talk.path, headers=talk.who[who])
    assert read.status_code == (404 if who == "stranger" else 403) and "你好" not in read.get_data(as_text=True)
    assert talk.say(who, "我也说").status_code == (404 if who == "stranger" else 403)


def test_a_mediator_reads_while_a_complaint_is_open_and_those_concerned_find_her_look(talk: Talk) -> None:
    talk.say("worker", "对不起")
    made = complaint(talk.booking)
    page = talk.page("mediator")
    assert words(page) == ["对不起"] and not page["open"]
    assert looks("chat") == [talk.booking.ref, f"account:{talk.accounts['household']}",
                             f"account:{talk.accounts['worker']}"]
    made.state = "dismissed"
    db.session.flush()
    refused: Any = talk.client.get(talk.path, headers=talk.who["mediator"])
    assert refused.json["code"] == "NoOpenComplaint" and len(looks("chat")) == 3


def test_numbers_are_masked_to_the_others_until_the_booking_is_confirmed(client: FlaskClient) -> None:
    talk = Talk(client, "held")
    said = talk.say("household", f"我的电话{PHONE}，微信 wang_ayi88").json
    assert (said["words"], said["masked"]) == (f"我的电话{PHONE}，微信 wang_ayi88", False)
    assert said["flags"] == ["phone", "messenger"] and "打码" in said["hint"]
    assert words(talk.page("household")) == [f"我的电话{PHONE}，微信 wang_ayi88"]
    for party in ("worker", "firm"):
        [seen] = talk.page(party)["items"]
        assert (seen["words"], seen["masked"]) == ("我的电话138****0001，微信 wa****", True)
        assert "平台外" in seen["hint"]
    talk.booking.confirmed_at = clock.now()
    db.session.flush()
    [seen] = talk.page("worker")["items"]
    assert (seen["words"], seen["masked"]) == (f"我的电话{PHONE}，微信 wang_ayi88", False)


def test_words_about_paying_elsewhere_are_flagged_and_not_blocked(talk: Talk) -> None:
    assert talk.say("worker", "给现金便宜点").json["flags"] == ["payment"]
    [seen] = talk.page("household", tongue="en")["items"]
    assert seen["words"] == "给现金便宜点" and "neither held nor refunded" in seen["hint"]


def test_what_was_said_lies_sealed_and_is_in_no_fact_job_or_notification(
        talk: Talk, world: sa.Connection, run_jobs: Callable[[], int]) -> None:
    talk.say("household", f"打我电话{PHONE}")
    kept = world.execute(sa.text("SELECT words FROM chat_message")).scalar_one()
    for table in ("procrastinate_jobs", "ledger_entry"):
        assert PHONE not in str(world.execute(sa.text(f"SELECT * FROM {table}")).all())
    run_jobs()
    told = world.execute(sa.text("SELECT data FROM notification")).all()
    assert PHONE.encode() not in bytes(kept) and told and "电话" not in str(told)


def test_the_others_are_told_that_something_was_said_and_by_whom(
        talk: Talk, run_jobs: Callable[[], int], client: FlaskClient) -> None:
    talk.say("worker", "我到了")
    run_jobs()
    told = {party: client.get("/api/v1/me/notifications", headers=talk.who[party]).json["items"]
            for party in ("household", "worker", "firm")}
    assert told["worker"] == [] and len(told["household"]) == len(told["firm"]) == 1
    assert told["household"][0]["kind"] == "chat_message" and told["household"][0]["body"].endswith("来自服务人员")


def test_a_chat_is_paged_to_both_sides_without_repeating_or_skipping(talk: Talk) -> None:
    for number in range(1, 8):
        talk.say(("household", "worker")[number % 2], f"第{number}句")
    first = talk.page("household", "?limit=3")
    older = talk.page("household", f"?limit=3&cursor={first['next_cursor']}")
    oldest = talk.page("household", f"?limit=3&cursor={older['next_cursor']}")
    said = [each["number"] for page in (first, older, oldest) for each in page["items"]]
    assert said == [7, 6, 5, 4, 3, 2, 1] and oldest["next_cursor"] is None
    nothing = talk.page("household", f"?cursor={first['newer_cursor']}")
    assert nothing["items"] == []
    for number in range(8, 12):
        talk.say("worker", f"第{number}句")
    new = talk.page("household", f"?limit=3&cursor={nothing['newer_cursor']}")
    newer = talk.page("household", f"?limit=3&cursor={new['newer_cursor']}")
    assert [each["number"] for page in (new, newer) for each in page["items"]] == [10, 9, 8, 11]
    back = talk.page("household", f"?limit=3&cursor={new['next_cursor']}")
    assert [each["number"] for each in back["items"]] == [7, 6, 5]


def test_an_empty_chat_can_be_waited_upon(talk: Talk) -> None:
    empty = talk.page("worker")
    assert (empty["items"], empty["next_cursor"], empty["unread"]) == ([], None, 0)
    talk.say("firm", "您好")
    assert words(talk.page("worker", f"?cursor={empty['newer_cursor']}")) == ["您好"]


def test_each_side_has_its_own_unread_count_and_marker(talk: Talk) -> None:
    for party in ("household", "household", "worker", "firm"):
        talk.say(party, "嗯")
    assert {party: talk.page(party)["unread"] for party in ("household", "worker", "firm")} == {
        "household": 2, "worker": 3, "firm": 3}
    assert talk.read("worker", 2) == 1 and talk.read("worker", 1) == 1
    assert talk.read("worker", 2**31) == 0 and talk.page("worker")["read_through"] == 4
    assert talk.page("firm")["unread"] == 3
    talk.say("household", "还有")
    assert talk.page("worker")["unread"] == 1


def test_images_are_sent_once_by_who_uploaded_them_and_seen_by_the_parties(talk: Talk, client: FlaskClient) -> None:
    mine = talk.picture("household")
    sent = talk.say("household", media_ids=[mine])
    assert (sent.status_code, sent.json["words"]) == (201, None)
    [image] = talk.page("worker")["items"][0]["images"]
    assert (image["id"], image["width"], image["height"]) == (mine, 8, 6)
    for party in ("household", "worker", "firm"):
        seen = client.get(image["url"], headers=talk.who[party])
        assert (seen.status_code, seen.content_type) == (200, "image/jpeg")
    for path in (image["url"], f"/api/v1/media/{mine}"):
        assert client.get(path, headers=talk.who["stranger"]).status_code == 404
    officer = factories.headers(factories.member(Role.FEDERATION_ADMIN))
    assert client.get(f"/api/v1/media/{mine}", headers=officer).status_code == 404
    again = talk.say("household", media_ids=[mine])
    assert (again.status_code, again.json["code"]) == (422, "ChatImageNotYours")


def test_an_image_that_was_sent_stays_and_one_that_was_forgotten_is_not_sent(
        talk: Talk, sweep: Callable[[str], None], run_jobs: Callable[[], int]) -> None:
    sent, unsent = talk.picture("household"), talk.picture("household", colour=9)
    assert talk.say("household", media_ids=[sent]).status_code == 201
    with clock.frozen(clock.now() + timedelta(hours=25)):
        sweep("forget_unused")
        run_jobs()
        [image] = talk.page("worker")["items"][0]["images"]
        assert talk.client.get(image["url"], headers=talk.who["worker"]).status_code == 200
        assert talk.say("household", media_ids=[unsent]).json["code"] == "ChatImageNotYours"


@pytest.mark.parametrize("whose,kind", [("worker", "chat"), ("household", "evidence")])
def test_another_persons_image_or_one_of_another_kind_is_not_sent(talk: Talk, whose: str, kind: str) -> None:
    refused = talk.say("household", "看", media_ids=[talk.picture(whose, kind)])
    assert (refused.status_code, refused.json["code"]) == (422, "ChatImageNotYours")
    assert talk.page("household")["items"] == []


@pytest.mark.parametrize("body", [{}, {"words": ""}, {"words": "  "}, {"words": "长" * 2001}, {"media_ids": []}])
def test_a_message_says_something_and_not_too_much(talk: Talk, body: dict[str, Any]) -> None:
    assert talk.client.post(talk.path, headers=talk.who["household"], json=body).status_code == 422


def test_two_thousand_characters_are_not_too_much(talk: Talk) -> None:
    assert talk.say("household", "长" * 2000).status_code == 201


def test_seven_days_after_the_end_it_can_be_read_and_not_written(talk: Talk) -> None:
    talk.say("household", "谢谢")
    talk.booking.state, talk.booking.closed_at = "completed", clock.now()
    db.session.flush()
    with clock.frozen(clock.now() + timedelta(days=6)):
        assert talk.say("worker", "不客气").status_code == 201
    with clock.frozen(clock.now() + timedelta(days=7, minutes=1)):
        refused = talk.say("worker", "再见")
        assert (refused.status_code, refused.json["code"]) == (409, "ChatOver")
        page = talk.page("worker")
        assert words(page) == ["不客气", "谢谢"] and not page["open"]


def test_too_many_messages_in_a_minute_are_refused(talk: Talk) -> None:
    with clock.frozen(clock.now()):
        answers = [talk.say("household", "在吗").status_code for _ in range(31)]
    assert answers == [201] * 30 + [429]


def test_a_repeated_request_says_it_once(talk: Talk) -> None:
    headers = {**talk.who["household"], "Idempotency-Key": "once"}
    told = [talk.client.post(talk.path, headers=headers, json={"words": "在吗"}).json["number"] for _ in range(2)]
    assert told == [1, 1] and len(talk.page("worker")["items"]) == 1


def stored(world: sa.Connection) -> int:
    """How many images of chats are known."""
    return int(world.execute(sa.text("SELECT count(*) FROM media WHERE kind = 'chat'")).scalar_one())


def test_180_days_after_the_end_words_and_images_are_erased_and_their_number_remains(
        talk: Talk, world: sa.Connection, sweep: Callable[[str], None], run_jobs: Callable[[], int]) -> None:
    picture = talk.picture("household", colour=7)
    talk.say("household", "看这里", media_ids=[picture])
    talk.say("worker", "好的")
    run_jobs()
    talk.booking.state, talk.booking.closed_at = "completed", clock.now() + timedelta(days=1)
    db.session.commit()
    with clock.frozen(clock.now() + timedelta(days=180, hours=23)):
        sweep("chat.tasks.erase")
        assert len(talk.page("worker")["items"]) == 2
    with clock.frozen(clock.now() + timedelta(days=181, minutes=1)):
        path = talk.page("worker")["items"][1]["images"][0]["url"]
        assert talk.client.get(path, headers=talk.who["worker"]).status_code == 200
        sweep("chat.tasks.erase")
        run_jobs()
        page = talk.page("worker")
        assert (page["items"], page["erased"], page["unread"]) == ([], 2, 0)
        assert talk.client.get(path, headers=talk.who["worker"]).json["code"] == "ChatImageNotFound"
    assert world.execute(sa.text("SELECT count(*) FROM chat_message")).scalar_one() == stored(world) == 0
    told = world.execute(sa.text("SELECT data FROM ledger_entry WHERE fact = 'chat.erased'")).scalar_one()
    assert (told["messages"], told["images"]) == (2, 1)


def test_a_chat_whose_booking_lives_or_is_complained_of_is_not_erased(
        talk: Talk, sweep: Callable[[str], None]) -> None:
    talk.say("household", "你好")
    with clock.frozen(clock.now() + timedelta(days=400)):
        sweep("chat.tasks.erase")
        assert words(talk.page("household")) == ["你好"]
    talk.booking.state, talk.booking.closed_at = "completed", clock.now()
    made = complaint(talk.booking, "answered")
    db.session.commit()
    with clock.frozen(clock.now() + timedelta(days=402)):
        sweep("chat.tasks.erase")
        assert words(talk.page("household")) == ["你好"]
        made.state = "dismissed"
        db.session.commit()
    with clock.frozen(clock.now() + timedelta(days=404)):
        sweep("chat.tasks.erase")
        assert talk.page("household")["erased"] == 1


def test_who_comes_instead_reads_what_is_said_from_then_on_and_the_former_nothing_more(
        talk: Talk, client: FlaskClient) -> None:
    seen = talk.picture("household")
    talk.say("household", "钥匙在门垫下", [seen])
    [image] = talk.page("worker")["items"][0]["images"]
    other = factories.worker_with_account(of=talk.booking.firm)
    talk.who["former"], talk.who["worker"] = talk.who["worker"], factories.headers(
        db.session.get_one(Account, other.account_id))
    later = clock.now() + timedelta(minutes=1)
    with clock.frozen(later):
        bookings.substitute(booking=talk.booking, worker=other, party="household", by="account:test")
        db.session.flush()
    assert client.get(talk.path, headers=talk.who["former"]).status_code == 404
    page = talk.page("worker")
    assert (page["items"], page["unread"]) == ([], 0)
    assert client.get(image["url"], headers=talk.who["worker"]).status_code == 404
    with clock.frozen(later + timedelta(minutes=1)):
        talk.say("household", "欢迎")
    page = talk.page("worker")
    assert ([each["words"] for each in page["items"]], page["unread"]) == (["欢迎"], 1)
    assert len(talk.page("household")["items"]) == len(talk.page("firm")["items"]) == 2
