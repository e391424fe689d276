"""A worker and a family show a home before and after, over HTTP."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from qiaojiejie.booking.lifecycle import BOOKING
from qiaojiejie.casework.models import Complaint
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.disputes.models import Dispute
from qiaojiejie.identity.models import Account
from qiaojiejie.media import service as media
from qiaojiejie.media.models import Media
from qiaojiejie.payments.models import Payment
from qiaojiejie.photos import service as photos
from qiaojiejie.photos.models import Album
from tests import factories

KEPT = timedelta(days=180)


class Home:
    """A booking, its parties, a mediator and a stranger of each kind."""

    def __init__(self, client: FlaskClient, state: str = "under_way") -> None:
        self.client, self.booking = client, factories.booking(state)
        accounts = {"household": self.booking.household.account_id, "worker": self.booking.worker.account_id}
        self.who = {name: factories.headers(db.session.get_one(Account, each)) for name, each in accounts.items()}
        self.who |= {"firm": factories.headers(factories.manager_of(self.booking.firm)),
                     "mediator": factories.headers(factories.member(Role.MEDIATOR)),
                     "auditor": factories.headers(factories.member(Role.FEDERATION_AUDITOR)),
                     "other family": factories.headers(factories.member(Role.HOUSEHOLD)),
                     "other firm": factories.headers(factories.manager_of(factories.firm()))}
        self.path = f"/api/v1/bookings/{self.booking.id}/photos"

    def picture(self, party: str, kind: str = "visit", colour: int = 0) -> str:
        """An uploaded image."""
        drawn = io.BytesIO()
        Image.new("RGB", (8, 6), (colour, 200, 10)).save(drawn, "PNG")
        answer: Any = self.client.post("/api/v1/media", headers=self.who[party], data={
            "kind": kind, "file": (io.BytesIO(drawn.getvalue()), "a.png")})
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def add(self, party: str, phase: str = "before", status: int = 201, media_id: str | None = None) -> Any:
        """A photo, freshly uploaded unless one is named."""
        answer: Any = self.client.post(self.path, headers=self.who[party], json={
            "phase": phase, "media_id": media_id or self.picture(party)})
        assert answer.status_code == status, answer.json
        return answer.json

    def listed(self, party: str, query: str = "", status: int = 200) -> Any:
        """The list as somebody sees it."""
        answer: Any = self.client.get(self.path + query, headers=self.who[party])
        assert answer.status_code == status, answer.json
        return answer.json

    def remove(self, party: str, photo: Any) -> Any:
        """Take one back; status and code."""
        answer: Any = self.client.delete(f"{self.path}/{photo['id']}", headers=self.who[party])
        return answer.status_code, answer.json["code"] if answer.data else None

    def complaint(self, state: str = "open") -> Complaint:
        """A complaint about the booking."""
        made = Complaint(booking_id=self.booking.id, household_id=self.booking.household_id,
                         worker_id=self.booking.worker_id, firm_id=self.booking.firm_id, state=state, kind="damage",
                         words="划伤", opened_at=clock.now())
        db.session.add(made)
        db.session.flush()
        return made

    def dispute(self) -> Dispute:
        """The bank asks for what was paid back."""
        paid = Payment(booking_id=self.booking.id, part="full", state="succeeded", method="alipay", attempt=0,
                       amount_fen=self.booking.total_fen, created_at=clock.now(), checked_at=clock.now(),
                       succeeded_at=clock.now())
        db.session.add(paid)
        db.session.flush()
        made = Dispute(payment_id=paid.id, booking_id=self.booking.id, firm_id=self.booking.firm_id, state="opened",
                       stripe_id="dp_photos", inquiry=False, reason="fraudulent", amount_fen=100, held_fen=100,
                       fee_fen=0, attempt=1, opened_at=clock.now(), checked_at=clock.now())
        db.session.add(made)
        db.session.flush()
        return made

    def close(self) -> None:
        """The booking is completed now."""
        self.booking.state, self.booking.closed_at = "completed", clock.now()
        db.session.flush()


@pytest.fixture()
def home(client: FlaskClient) -> Home:
    """A visit under way."""
    return Home(client)


def test_worker_and_family_add_photos_the_parties_see_in_order(home: Home) -> None:
    first, second = home.add("worker"), home.add("household", "after")
    assert (first["party"], first["width"], second["phase"]) == ("worker", 8, "after")
    for party in ("household", "worker", "firm"):
        assert [each["id"] for each in home.listed(party)["items"]] == [first["id"], second["id"]], party
        image: Any = home.client.get(first["url"], headers=home.who[party])
        assert image.status_code == 200 and image.data[:2] == b"\xff\xd8"
        assert image.headers["Cache-Control"] == "private, no-store"
    assert [each["id"] for each in home.listed("firm", "?phase=after")["items"]] == [second["id"]]
    page = home.listed("firm", "?limit=1")
    assert [each["id"] for each in home.listed("firm", f"?limit=1&cursor={page['next_cursor']}")["items"]] == [
        second["id"]]


@pytest.mark.parametrize(("who", "status"), [("other family", 404), ("other firm", 404), ("mediator", 403),
                                             ("auditor", 403)])
def test_nobody_else_sees_them_at_any_address(home: Home, who: str, status: int) -> None:
    made, media_id = home.add("worker"), db.session.scalars(sa.select(Media.id)).one()
    assert home.listed(who, status=status).get("items") is None
    assert home.client.get(made["url"], headers=home.who[who]).status_code == status
    assert home.client.get(f"/api/v1/media/{media_id}", headers=home.who[who]).status_code == 404
    assert home.client.get(f"/api/v1/media/{media_id}").status_code in (401, 404)
    assert home.client.get(f"/api/v1/media/{media_id}", headers=home.who["firm"]).status_code == 404


def test_a_mediator_sees_them_while_a_complaint_is_open_and_each_look_is_recorded(
        home: Home, world: sa.Connection) -> None:
    made, complaint = home.add("worker"), home.complaint()
    assert len(home.listed("mediator")["items"]) == 1
    assert home.client.get(made["url"], headers=home.who["mediator"]).status_code == 200
    looked = world.execute(sa.text("SELECT subject FROM look WHERE field = 'photos' ORDER BY id")).scalars().all()
    assert looked == [home.booking.ref, f"account:{home.booking.household.account_id}",
                      f"account:{home.booking.worker.account_id}"] * 2
    complaint.state = "dismissed"
    db.session.flush()
    assert home.listed("mediator", status=403)["code"] == "NoOpenComplaint"


@pytest.mark.parametrize("state", sorted(BOOKING.states))
def test_they_are_added_while_the_service_is_under_way_or_served(client: FlaskClient, state: str) -> None:
    home = Home(client, state)
    for party in ("household", "worker"):
        if state in ("under_way", "served"):
            home.add(party)
        else:
            assert home.add(party, status=409)["code"] == "PhotosNotNow"


def test_a_firm_adds_none(home: Home) -> None:
    assert home.add("firm", status=403)["code"] == "RoleRequired"


def test_nine_of_a_phase_and_no_more_whoever_adds_them(home: Home) -> None:
    for number in range(9):
        home.add("worker" if number % 2 else "household")
    assert home.add("worker", status=409)["code"] == "PhotosFull"
    home.add("worker", "after")


def test_a_photo_is_ones_own_of_its_kind_and_used_once(home: Home) -> None:
    for media_id in (home.picture("household"), home.picture("worker", "chat")):
        assert home.add("worker", status=422, media_id=media_id)["code"] == "VisitPhotoNotYours"
    mine = home.picture("worker")
    home.add("worker", media_id=mine)
    assert home.add("worker", "after", 422, mine)["code"] == "VisitPhotoNotYours"


def test_a_photo_that_was_added_stays_and_one_that_was_not_is_forgotten(home: Home) -> None:
    home.add("worker")
    home.picture("worker")
    with clock.frozen(clock.now() + timedelta(hours=25)):
        media.forget_unused()
        db.session.flush()
    assert db.session.scalar(sa.text("SELECT count(*) FROM media WHERE kind = 'visit'")) == 1
    assert len(home.listed("household")["items"]) == 1


def test_who_added_one_takes_it_back_within_the_hour(home: Home, run_jobs: Callable[[], int]) -> None:
    now = clock.now()
    with clock.frozen(now):
        first, second, third = home.add("worker"), home.add("worker"), home.add("worker")
    for party in ("household", "other family"):
        assert home.remove(party, first)[0] == (403 if party == "household" else 404)
    with clock.frozen(now + timedelta(hours=1)):
        assert home.remove("worker", first) == (204, None)
        assert home.remove("worker", first) == (404, "VisitPhotoNotFound")
    with clock.frozen(now + timedelta(hours=1, seconds=1)):
        assert home.remove("worker", second) == (409, "PhotoStays")
    complaint = home.complaint()
    assert home.remove("worker", third) == (409, "PhotoStays")
    complaint.state = "dismissed"
    home.dispute()
    assert home.remove("worker", third) == (409, "PhotoStays")
    assert db.session.scalar(sa.text("SELECT count(*) FROM media WHERE kind = 'visit'")) == 2
    assert run_jobs() >= 1, "the bytes go with it"


def sweep(at: Any) -> int:
    """How many photos are left after the sweep of a moment."""
    with clock.frozen(at):
        photos.erase_due()
        db.session.flush()
    return db.session.execute(sa.text("SELECT count(*) FROM visit_photo")).scalar_one()


def test_they_are_erased_180_days_after_the_booking_is_over(home: Home) -> None:
    home.add("worker"), home.add("household", "after")
    assert sweep(clock.now() + KEPT + timedelta(days=2)) == 2, "it is not over yet"
    with clock.frozen(clock.now() + timedelta(days=10)) as over:
        home.close()
    assert sweep(over + KEPT - timedelta(seconds=1)) == 2
    assert sweep(over + KEPT + timedelta(days=1)) == 0
    album = db.session.scalars(sa.select(Album)).one()
    assert (album.erased_photos, album.erased_at is not None) == (2, True)
    assert db.session.scalar(sa.text("SELECT count(*) FROM media WHERE kind = 'visit'")) == 0
    assert home.listed("household")["items"] == []


def test_to_the_second_they_are_erased_when_they_are_due(home: Home) -> None:
    with clock.frozen(clock.now()) as over:
        home.add("worker")
        home.close()
    assert sweep(over + KEPT - timedelta(seconds=1)) == 1
    assert sweep(over + KEPT) == 0


@pytest.mark.parametrize("what", ["complaint", "dispute"])
def test_while_something_is_open_they_stay(home: Home, what: str) -> None:
    with clock.frozen(clock.now()) as over:
        home.add("worker")
        home.close()
    held: Any = home.complaint() if what == "complaint" else home.dispute()
    assert sweep(over + KEPT) == 1
    held.state = "dismissed" if what == "complaint" else "won"
    db.session.flush()
    assert sweep(over + KEPT + timedelta(hours=23)) == 1, "looked at once a day"
    assert sweep(over + KEPT + timedelta(days=1)) == 0


def test_the_ledger_names_no_image_by_its_bytes_or_words(home: Home, world: sa.Connection) -> None:
    made = home.add("worker")
    home.remove("worker", made)
    rows = world.execute(sa.text("SELECT fact, data FROM ledger_entry WHERE fact LIKE 'photos.%' ORDER BY id")).all()
    assert [row.fact for row in rows] == ["photos.added", "photos.removed"]
    assert {tuple(sorted(row.data)) for row in rows} == {("booking", "party", "phase", "photo")}
