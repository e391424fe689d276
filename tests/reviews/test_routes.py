"""Reviews over HTTP: written once a side, hidden until both have written or seven days have passed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.booking.models import Booking
from qiaojiejie.core import clock, ids
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.ledger import queries as ledger
from qiaojiejie.ledger import service as ledger_service
from qiaojiejie.messages.models import Notification
from qiaojiejie.reviews.models import Review
from qiaojiejie.workers.models import Worker
from tests import factories

MARKS = {"skill": 5, "attitude": 4, "punctuality": 5, "honesty": 5, "communication": 3}


def completed(**fields: Any) -> Booking:
    """A booking of yesterday, completed now."""
    return factories.booking("completed", start=factories.tomorrow(days=-1), **{"closed_at": clock.now(), **fields})


def headers_of(booking: Booking, side: str) -> dict[str, str]:
    """The household or the worker of a booking, signed in."""
    account_id = booking.household.account_id if side == "household" else booking.worker.account_id
    return factories.headers(db.session.get_one(Account, account_id))


@pytest.fixture()
def write(client: FlaskClient, world: sa.Connection) -> Callable[..., Any]:
    """Writes a review as one side of a booking."""

    def send(booking: Booking, side: str, overall: int = 5, /, **changes: Any) -> Any:
        body: dict[str, Any] = {"overall": overall, "aspects": MARKS, "words": "很好", **changes}
        return client.post(f"/api/v1/bookings/{booking.id}/reviews", headers=headers_of(booking, side), json=body)

    return send


def seen(client: FlaskClient, booking: Booking, side: str) -> set[str]:
    """Whose reviews of the booking a side can read."""
    answer = client.get(f"/api/v1/bookings/{booking.id}/reviews", headers=headers_of(booking, side))
    return {review["side"] for review in answer.json["items"]}


def public(client: FlaskClient, worker_id: Any, query: str = "") -> Any:
    """What anybody reads of a worker's reviews."""
    return client.get(f"/api/v1/workers/{worker_id}/reviews{query}").json


def test_a_review_is_hidden_until_the_other_side_has_written_too(client: FlaskClient,
                                                                 write: Callable[..., Any]) -> None:
    booking = completed()
    first = write(booking, "household", 4)
    assert first.status_code == 201, first.json
    assert first.json["published_at"] is None and first.json["aspects"] == MARKS
    assert (seen(client, booking, "household"), seen(client, booking, "worker")) == ({"household"}, set())
    assert public(client, booking.worker_id)["summary"]["count"] == 0
    assert ledger.about(booking.ref, "review.published") == []

    assert write(booking, "worker").json["published_at"] is not None
    both = {"household", "worker"}
    assert (seen(client, booking, "household"), seen(client, booking, "worker")) == (both, both)
    shown = public(client, booking.worker_id)
    assert shown["summary"] == {"average": "4.0", "count": 1, "stars": {
        "stars_5": 0, "stars_4": 1, "stars_3": 0, "stars_2": 0, "stars_1": 0}}
    (item,) = shown["items"]
    assert (item["by"], item["service_name"], item["overall"], item["words"]) == ("一位家庭用户", "日常保洁", 4, "很好")
    assert item["served_on"] == clock.local(booking.start).date().isoformat()
    assert str(booking.household_id) not in str(shown)


def test_a_published_review_is_a_fact_and_counts_once_in_her_rating(write: Callable[..., Any]) -> None:
    booking = completed()
    write(booking, "worker", 1)
    write(booking, "household", 4)
    said = {entry.data["side"]: entry.data for entry in ledger.about(booking.ref, "review.published")}
    assert set(said) == {"household", "worker"}
    assert said["household"] | {"review": ""} == {
        "review": "", "side": "household", "household": str(booking.household_id), "worker": str(booking.worker_id),
        "firm": str(booking.firm_id), "service": "cleaning", "category": "cleaning",
        "start": booking.start.isoformat(), "overall": 4, "aspects": MARKS}
    she = db.session.get_one(Worker, booking.worker_id, populate_existing=True)
    assert (she.rating_sum, she.rating_count) == (4, 1)


def test_after_seven_days_a_review_shows_without_the_other(client: FlaskClient, write: Callable[..., Any],
                                                           sweep: Callable[[str], None]) -> None:
    booking = completed()
    with clock.frozen(clock.now()) as written:
        write(booking, "household")
    with clock.frozen(written + timedelta(days=7, seconds=-1)):
        sweep("publish_reviews")
    assert public(client, booking.worker_id)["items"] == []
    with clock.frozen(written + timedelta(days=7)):
        sweep("publish_reviews")
        sweep("publish_reviews")
    assert len(public(client, booking.worker_id)["items"]) == 1
    assert len(ledger.about(booking.ref, "review.published")) == 1
    assert db.session.get_one(Worker, booking.worker_id, populate_existing=True).rating_count == 1

    assert write(booking, "worker").json["published_at"] is not None
    assert len(ledger.about(booking.ref, "review.published")) == 2


def test_each_side_writes_once(write: Callable[..., Any]) -> None:
    booking = completed()
    assert write(booking, "household").status_code == 201
    again = write(booking, "household", 1)
    assert (again.status_code, again.json["code"]) == (409, "AlreadyReviewed")
    assert db.session.scalars(sa.select(Review.overall)).all() == [5]


def test_what_is_not_completed_or_long_past_is_not_reviewed(write: Callable[..., Any]) -> None:
    early = write(factories.booking("served"), "household")
    assert (early.status_code, early.json["code"]) == (409, "ReviewNotOpen")
    booking = completed(closed_at=clock.now() - timedelta(days=31))
    late = write(booking, "household")
    assert (late.status_code, late.json["code"]) == (409, "ReviewClosed")


def test_strangers_and_firms_write_nothing(client: FlaskClient, world: sa.Connection) -> None:
    booking, other = completed(), completed()
    body = {"overall": 5, "aspects": MARKS}
    stranger = client.post(f"/api/v1/bookings/{booking.id}/reviews", headers=headers_of(other, "household"), json=body)
    assert (stranger.status_code, stranger.json["code"]) == (404, "BookingNotFound")
    manager = factories.headers(factories.manager_of(db.session.get_one(factories.Firm, booking.firm_id)))
    address = f"/api/v1/bookings/{booking.id}/reviews"
    assert client.post(address, headers=manager, json=body).status_code == 403
    assert client.get(address, headers=manager).json["items"] == []
    assert client.get(address, headers=headers_of(other, "worker")).status_code == 404


@pytest.mark.parametrize("changes", [
    {"overall": 0}, {"overall": 6}, {"overall": 4.5}, {"aspects": {**MARKS, "skill": 6}}, {"aspects": {"skill": 5}},
    {"words": "很" * 501}, {"side": "worker"}, {"published_at": "2026-12-01T09:00:00+08:00"}])
def test_marks_are_one_to_five_and_nothing_else_is_taken(write: Callable[..., Any], changes: dict[str, Any]) -> None:
    assert write(completed(), "household", **changes).status_code == 422


def test_words_may_be_left_out(write: Callable[..., Any]) -> None:
    assert write(completed(), "household", words="").json["words"] == ""


def test_public_reviews_are_walked_page_by_page(client: FlaskClient, write: Callable[..., Any],
                                                sweep: Callable[[str], None]) -> None:
    she = factories.worker_with_account()
    for overall in (5, 4, 3):
        write(factories.booking("completed", by=she, start=factories.tomorrow(days=-overall), closed_at=clock.now()),
              "household", overall)
    with clock.frozen(clock.now() + timedelta(days=8)):
        sweep("publish_reviews")
    first = public(client, she.id, "?limit=2")
    second = public(client, she.id, f"?limit=2&cursor={first['next_cursor']}")
    assert [item["overall"] for item in first["items"] + second["items"]] == [3, 4, 5]
    assert second["next_cursor"] is None
    assert first["summary"]["average"] == "4.0"


def test_nothing_is_shown_of_a_worker_who_is_unknown_or_not_listed(client: FlaskClient, world: sa.Connection) -> None:
    for worker_id in (ids.new(), factories.worker(listed=False).id):
        answer = client.get(f"/api/v1/workers/{worker_id}/reviews")
        assert (answer.status_code, answer.json["code"]) == (404, "WorkerNotFound")


def test_both_sides_are_invited_and_told_once(write: Callable[..., Any], run_jobs: Callable[[], int]) -> None:
    booking = completed()
    entry = ledger_service.append("booking.completed", subject=booking.ref, actor="system", data={
        "household": str(booking.household_id), "worker": str(booking.worker_id), "firm": str(booking.firm_id),
        "service": "cleaning", "category": "cleaning", "start": booking.start.isoformat(), "by": "system",
        "late_minutes": 0, "total": 13800})
    assert entry
    write(booking, "household")
    write(booking, "worker")
    run_jobs()
    both = {booking.household.account_id, booking.worker.account_id}
    for kind in ("review_invited", "review_published"):
        told = db.session.scalars(sa.select(Notification.account_id).where(Notification.kind == kind)).all()
        assert len(told) == 2 and set(told) == both, kind
