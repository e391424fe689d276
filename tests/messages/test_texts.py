"""Which notifications go out as text messages, when, and how many."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Role
from qiaojiejie.core.errors import Unavailable
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.messages import rules
from qiaojiejie.messages import service as messages
from qiaojiejie.messages.models import TextMessage
from qiaojiejie.messages.rules import texts
from tests import factories, races

NOON = datetime(2026, 12, 1, 12, tzinfo=clock.SHANGHAI)


class Provider:
    """Keeps what it is asked to send; it is down while ``down``."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, str], str]] = []
        self.down = False

    def send(self, phone: str, kind: str, params: Mapping[str, str], message_id: str) -> None:
        """One message."""
        if self.down:
            raise Unavailable()
        self.sent.append((phone, kind, dict(params), message_id))


@pytest.fixture()
def provider(app: Flask) -> Iterator[Provider]:
    """Who carries text messages."""
    before = app.extensions["sign_in"]
    made = Provider()
    app.extensions["sign_in"] = replace(before, sms=made)
    yield made
    app.extensions["sign_in"] = before


@pytest.fixture()
def who(world: sa.Connection) -> Account:
    """A family's account."""
    return factories.member(Role.HOUSEHOLD)


@pytest.fixture()
def pass_by(sweep: Callable[[str], None], run_jobs: Callable[[], int]) -> Callable[[datetime], None]:
    """What is due at a moment is sent."""

    def run(moment: datetime) -> None:
        db.session.commit()
        with clock.frozen(moment):
            sweep("messages.tasks.send_due")
            run_jobs()

    return run


PassBy = Callable[[datetime], None]


def tell(who: Account, kind: str = "booking_confirmed", booking: str | None = None, at: datetime = NOON,
         **more: Any) -> None:
    """A notification about a booking, another one each time unless it is said which."""
    with clock.frozen(at):
        messages.notify(account_id=who.id, kind=kind, data={
            "booking": booking or str(ids.new()), "service_name": "日常保洁", "worker_called": "王阿姨",
            "start": "12月1日 09:00", **more})


def states() -> list[tuple[str, str | None]]:
    """How the text messages stand, in order."""
    rows = db.session.execute(sa.select(TextMessage.state, TextMessage.because).order_by(TextMessage.id))
    return [(row.state, row.because) for row in rows]


def test_a_kind_on_the_list_goes_out_by_its_template_with_nothing_else_in_it(
        who: Account, provider: Provider, pass_by: PassBy) -> None:
    tell(who, amount="¥120.00", from_zh="别的")
    pass_by(NOON)
    [(phone, kind, params, _)] = provider.sent
    assert (phone, kind) == (who.phone.reveal(), "booking_confirmed")
    assert params == {"service_name": "日常保洁", "worker_called": "王阿姨", "start": "12月1日 09:00", "amount": "¥120.00"}
    pass_by(NOON + timedelta(hours=1))
    assert len(provider.sent) == 1 and states() == [("sent", None)]


def test_a_kind_that_is_not_on_the_list_is_in_the_inbox_alone(
        who: Account, provider: Provider, pass_by: PassBy, world: sa.Connection) -> None:
    tell(who, "booking_completed")
    pass_by(NOON)
    assert (provider.sent, states()) == ([], [])
    assert world.execute(sa.text("SELECT count(*) FROM notification")).scalar_one() == 1


@pytest.mark.parametrize("kind", sorted(texts.TEXTS))
def test_a_template_is_filled_only_with_what_the_notification_speaks_of(kind: str) -> None:
    spoken = " ".join(part for words in rules.TEMPLATES[kind] for part in words)
    assert [name for name in texts.TEXTS[kind].params if f"{{{name}}}" not in spoken] == []


def test_of_every_kind_it_is_decided_whether_it_goes_out() -> None:
    assert set(texts.TEXTS) | texts.INBOX_ONLY == set(rules.TEMPLATES) and not set(texts.TEXTS) & texts.INBOX_ONLY


def test_a_call_for_help_goes_out_by_night_and_whatever_was_sent_that_day(
        who: Account, provider: Provider, pass_by: PassBy) -> None:
    for _ in range(10):
        tell(who)
    pass_by(NOON)
    night = NOON.replace(hour=23)
    for alarm in ("1", "1", "2"):
        tell(who, "alarm_raised", booking="0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e", at=night, alarm=alarm, who_zh="家庭",
             who_en="the family")
    pass_by(night)
    assert [kind for _, kind, _, _ in provider.sent[10:]] == ["alarm_raised"] * 2, "one for each call"
    assert provider.sent[-1][2] == {"who_zh": "家庭", "worker_called": "王阿姨"}


def test_of_a_kind_there_is_one_about_a_thing(who: Account, provider: Provider, pass_by: PassBy) -> None:
    for _ in range(3):
        tell(who, booking="0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e")
    tell(who, "booking_cancelled", booking="0190f3a2-7c1e-7c3a-9d52-3f6b8a1c2d4e")
    pass_by(NOON)
    assert sorted(kind for _, kind, _, _ in provider.sent) == ["booking_cancelled", "booking_confirmed"]


def test_the_eleventh_of_a_day_is_held_back_recorded_and_in_the_inbox(
        who: Account, provider: Provider, pass_by: PassBy, client: FlaskClient) -> None:
    other = factories.member(Role.WORKER)
    for _ in range(12):
        tell(who)
    tell(other)
    pass_by(NOON)
    assert sorted(states(), key=str) == [("held_back", "budget")] * 2 + [("sent", None)] * 11
    assert [phone for phone, *_ in provider.sent].count(who.phone.reveal()) == 10
    page: Any = client.get("/api/v1/me/notifications", headers=factories.headers(who)).json
    assert len(page["items"]) == 12
    shown: Any = client.get("/api/v1/me/text-messages?limit=9", headers=factories.headers(who)).json
    rest: Any = client.get(f"/api/v1/me/text-messages?limit=9&cursor={shown['next_cursor']}",
                           headers=factories.headers(who)).json
    assert [each["state"] for page in (shown, rest) for each in page["items"]].count("held_back") == 2
    tell(who, at=NOON + timedelta(hours=12, minutes=1))
    pass_by(NOON + timedelta(hours=20))
    assert len(provider.sent) == 12


@pytest.mark.parametrize("hour,minute,waits", [(21, 59, 0), (22, 0, 9 * 60), (23, 30, 7 * 60 + 30), (0, 0, 7 * 60),
                                               (6, 59, 1), (7, 0, 0)])
def test_by_night_what_can_wait_waits_for_seven(
        who: Account, provider: Provider, pass_by: PassBy, hour: int, minute: int, waits: int) -> None:
    at = NOON.replace(hour=hour, minute=minute)
    tell(who, at=at)
    tell(who, "booking_cancelled", at=at)
    pass_by(at)
    assert len(provider.sent) == (1 if waits else 2)
    if waits:
        assert provider.sent[0][1] == "booking_cancelled"
        pass_by(at + timedelta(minutes=waits, seconds=-1))
        assert len(provider.sent) == 1
        pass_by(at + timedelta(minutes=waits))
        assert len(provider.sent) == 2


def test_one_that_is_late_into_the_night_waits_too(who: Account, provider: Provider, pass_by: PassBy) -> None:
    tell(who, at=NOON.replace(hour=21, minute=59))
    pass_by(NOON.replace(hour=23))
    assert provider.sent == []
    pass_by(NOON + timedelta(hours=19))
    assert len(provider.sent) == 1


def test_while_the_provider_is_down_nothing_is_lost_and_the_id_stays(
        who: Account, provider: Provider, pass_by: PassBy) -> None:
    tell(who)
    provider.down = True
    pass_by(NOON)
    pass_by(NOON + texts.LEASE / 2)
    [text] = db.session.scalars(sa.select(TextMessage)).all()
    assert (text.state, text.tries) == ("waiting", 1)
    provider.down = False
    pass_by(NOON + texts.LEASE)
    assert [message_id for *_, message_id in provider.sent] == [str(text.id)]
    assert states() == [("sent", None)]


def test_who_has_gone_is_sent_nothing(who: Account, provider: Provider, pass_by: PassBy) -> None:
    tell(who)
    who.closed_at = NOON
    pass_by(NOON)
    assert (provider.sent, states()) == ([], [("held_back", "closed")])


def test_messages_sent_at_once_do_not_pass_the_days_budget(city: Flask) -> None:
    with city.app_context():
        person = factories.member(Role.HOUSEHOLD)
        for _ in range(14):
            tell(person)
        db.session.commit()
        made = list(db.session.scalars(sa.select(TextMessage.id)))
    provider = Provider()
    city.extensions["sign_in"] = replace(city.extensions["sign_in"], sms=provider)
    races.at_once(city, [lambda each=each: messages.send_text(text_id=each) for each in made], at=NOON)  # type: ignore
    assert len(provider.sent) == 10
    with city.app_context():
        assert sorted(states(), key=str) == [("held_back", "budget")] * 4 + [("sent", None)] * 10
