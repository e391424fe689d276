"""Whatever edits follow each other: every day of the rule is there once, what an edit is not about is not touched, what
is refused changes nothing, and the rest that is cancelled is exactly the rest."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qiaojiejie.booking import service as booking_service
from qiaojiejie.core import ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.series import service as series
from tests.series.scene import DAY, HERS, HOUR, PRICE, Weekly, orphans

COUNT = 6
numbers, later = st.integers(1, COUNT), st.integers(2, COUNT)
scopes = st.sampled_from(["following", "following", "following", "all"])
edits = st.one_of(
    st.tuples(st.just("skip"), numbers), st.tuples(st.just("restore"), numbers),
    st.tuples(st.just("move"), numbers, st.integers(-20, 20)),
    st.tuples(st.just("retime"), scopes, later, st.integers(16, 34)),
    st.tuples(st.just("seat"), st.sampled_from(["one", "following"]), later, st.just(True)),
    st.tuples(st.just("pay"), st.integers(2, 3)),
    st.tuples(st.just("cancel"), st.sampled_from(["one", "following"]), numbers))

SNAPSHOT = sa.text("""
    SELECT occurrence.day, occurrence.state, occurrence.moved, occurrence.reseated, occurrence.booking_id,
           booking.state, booking.during, booking.worker_id, booking.total_fen, booking.paid_fen, booking.refund_fen,
           booking.expires_at
    FROM series_occurrence occurrence LEFT JOIN booking ON booking.id = occurrence.booking_id
    WHERE series_id = :id ORDER BY day""")


class Told:
    """A series that stands, and an edit of it after the other."""

    def __init__(self, client: FlaskClient) -> None:
        db.session.execute(sa.text("DELETE FROM statutory_holiday"))
        self.it = Weekly(client, None, lambda: None, count=COUNT).make()
        self.actor = Actor(self.it.household.account_id, ids.new(), Role.HOUSEHOLD, None)
        self.id = UUID(self.it.id)
        booking_service.confirm_payment(booking_id=self.it.series.first_id)
        series.settle_all()

    def seen(self) -> dict[Any, tuple[Any, ...]]:
        """Every occurrence with its booking, by its day."""
        db.session.flush()
        found = db.session.execute(SNAPSHOT, {"id": self.id}).all()
        assert [row.day for row in found] == [self.it.day(number) for number in range(1, COUNT + 1)]
        return {row.day: tuple(row) for row in found}

    def about(self, edit: tuple[Any, ...]) -> set[Any]:
        """The days an edit may touch."""
        scope = edit[1] if isinstance(edit[1], str) else "one"
        number = next(part for part in edit[1:] if isinstance(part, int) and not isinstance(part, bool))
        last = {"one": number, "following": COUNT, "all": COUNT}[scope]
        return {self.it.day(each) for each in range(1 if scope == "all" else number, last + 1)}

    def do(self, kind: str, *parts: Any) -> Any:
        """One edit."""
        its: dict[str, Any] = {"actor": self.actor, "series_id": self.id}
        if kind == "skip":
            return series.skip(**its, day=self.it.day(parts[0]))
        if kind == "restore":
            return series.restore(**its, day=self.it.day(parts[0]))
        if kind == "move":
            start = self.it.at(parts[0]) + parts[1] * HOUR / 2 + (DAY if parts[1] % 3 else timedelta())
            return series.move(**its, day=self.it.day(parts[0]), start=start)
        if kind == "pay":
            return self.pay(parts[0])
        scoped = {**its, "scope": parts[0], "day": None if parts[0] == "all" else self.it.day(parts[1])}
        if kind == "retime":
            return series.retime(**scoped, minute=parts[2] * 30)
        if kind == "seat":
            whom, price = (self.it.other, HERS) if parts[2] else (self.it.worker, PRICE)
            return series.change_worker(**scoped, worker_id=whom.id, expected_price=price)
        return self.cancel(scoped)

    def pay(self, number: int) -> None:
        """A visit is paid."""
        held = db.session.execute(sa.text(
            "SELECT booking.id FROM series_occurrence JOIN booking ON booking.id = booking_id"
            " WHERE series_id = :id AND day = :day AND booking.state = 'held'"
            " AND series_occurrence.state = 'booked'"), {"id": self.id, "day": self.it.day(number)}).scalar()
        if held:
            booking_service.confirm_payment(booking_id=held)

    def cancel(self, scoped: dict[str, Any]) -> Any:
        """The rest is cancelled, for what it was quoted: exactly what of its scope stood."""
        quoted, before = series.quote_cancellation(**scoped), self.seen()
        told = series.cancel(**scoped, expected_refund=quoted["refund_fen"])
        changed, after = {each.day for each in told["changed"]}, self.seen()
        scope = self.about(("cancel", scoped["scope"], (scoped["day"] - self.it.day(1)).days // 7 + 1))
        standing = {day for day, row in before.items() if day in scope and row[1] == "booked" and row[5] in (
            "held", "confirmed")}
        assert changed == standing == {each["day"] for each in quoted["visits"]}
        assert all(after[day][1] == after[day][5] == "cancelled" for day in changed)
        assert sum(after[day][10] for day in changed) == quoted["refund_fen"]
        return told


@pytest.fixture()
def once_more(client: FlaskClient, world: sa.Connection) -> Any:
    """Tells a story that then never was."""
    def tell(story: list[tuple[Any, ...]]) -> None:
        try:
            told = Told(client)
            for edit in story:
                one_edit(told, edit)
        finally:
            db.session.remove()
            world.get_transaction().rollback()  # type: ignore[union-attr]
            world.begin()

    return tell


def one_edit(told: Told, edit: tuple[Any, ...]) -> None:
    """One edit, and what is true after it."""
    before, answer = told.seen(), None
    kept = db.session.begin_nested()
    try:
        answer = told.do(*edit)
        db.session.flush()
        kept.commit()
    except Refusal:
        kept.rollback()
        db.session.expire_all()
        assert told.seen() == before, edit
    after = told.seen()
    touched = {day for day in before if before[day] != after[day]}
    assert touched <= told.about(edit), edit
    if isinstance(answer, dict):
        assert touched <= {each.day for each in answer["changed"]}
        assert not touched & set(answer["exceptions_kept"])
    assert orphans() == [], edit
    live = [row[4] for row in after.values() if row[1] in ("booked", "asked")]
    assert len(set(live)) == len(live)


@settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
          phases=[Phase.generate])
@given(story=st.lists(edits, min_size=3, max_size=9))
def test_edits_touch_what_they_are_about_and_nothing_else(once_more: Any, story: list[tuple[Any, ...]]) -> None:
    once_more(story)


def test_a_story_in_which_everything_happens(once_more: Any) -> None:
    once_more([("skip", 2), ("move", 3, 3), ("retime", "following", 2, 30), ("seat", "one", 5, True), ("restore", 2),
               ("seat", "following", 4, True), ("pay", 4), ("seat", "following", 4, False), ("cancel", "one", 5),
               ("restore", 5), ("retime", "all", 1, 20), ("cancel", "following", 3), ("restore", 3),
               ("cancel", "following", 1), ("skip", 1)])
