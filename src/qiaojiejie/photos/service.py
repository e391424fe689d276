"""Add photos to a booking, show them, take one back, erase what is kept no longer."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.booking import queries as bookings
from qiaojiejie.booking.models import Booking
from qiaojiejie.casework import queries as complaints, rules as kept, service as casework
from qiaojiejie.core import clock, paging
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.media import service as media
from qiaojiejie.media.models import Media
from qiaojiejie.photos import facts, queries, rules
from qiaojiejie.photos.errors import OthersPhoto, VisitPhotoNotYours
from qiaojiejie.photos.models import Album, VisitPhoto

BATCH = 100


def add(*, actor: Actor, booking_id: UUID, phase: str, media_id: UUID) -> VisitPhoto:
    """The worker or the family adds a photo from before or after the service.

    Raises BookingNotFound, VisitPhotoNotYours, PhotosNotNow, PhotosFull.
    """
    booking, party = bookings.of_party(actor, booking_id, lock=True)
    if not media.use(actor=actor, kind="visit", media_ids=[media_id]):
        raise VisitPhotoNotYours()
    rules.check_state(booking.state)
    _locked(booking)
    rules.check_room(phase, queries.counted(booking.id, phase))
    made = VisitPhoto(booking_id=booking.id, media_id=media_id, phase=phase, party=party, account_id=actor.account_id,
                      added_at=clock.now())
    db.session.add(made)
    db.session.flush()
    _record(facts.ADDED, made, actor.ref)
    return queries.photo(booking.id, made.id)


def _locked(booking: Booking) -> None:
    """The booking's album, made when there is none, locked: its photos are counted one at a time."""
    db.session.execute(insert(Album).values(
        booking_id=booking.id, due_at=clock.now() + kept.KEPT_AFTER, erased_photos=0).on_conflict_do_nothing())
    db.session.execute(sa.select(Album.booking_id).where(Album.booking_id == booking.id).with_for_update())


def show(*, actor: Actor, booking_id: UUID, phase: str | None = None, cursor: str | None = None,
         limit: int) -> paging.Page:
    """One page of a booking's photos; a mediator's look is recorded. Raises BookingNotFound, NoOpenComplaint."""
    booking, _, complaint_id = complaints.reader(actor, booking_id)
    casework.look(actor=actor, booking=booking, complaint_id=complaint_id, field="photos")
    return queries.page(booking.id, phase=phase, cursor=cursor, limit=limit)


def open_image(*, actor: Actor, booking_id: UUID, photo_id: UUID, width: int | None = None) -> tuple[Media, bytes]:
    """A photo itself; a mediator's look is recorded.

    Raises BookingNotFound, NoOpenComplaint, VisitPhotoNotFound, Unavailable.
    """
    booking, _, complaint_id = complaints.reader(actor, booking_id)
    found = queries.photo(booking_id, photo_id).media
    casework.look(actor=actor, booking=booking, complaint_id=complaint_id, field="photos")
    return found, media.show(found, width).content


def remove(*, actor: Actor, booking_id: UUID, photo_id: UUID) -> None:
    """Who added a photo takes it back within the hour; it is erased at once.

    Raises BookingNotFound, VisitPhotoNotFound, OthersPhoto, PhotoStays.
    """
    _, party = bookings.of_party(actor, booking_id, lock=True)
    found = queries.photo(booking_id, photo_id, lock=True)
    if (found.party, found.account_id) != (party, actor.account_id):
        raise OthersPhoto()
    rules.check_removable(found.added_at, queries.held(booking_id), clock.now())
    media_id = found.media_id
    _record(facts.REMOVED, found, actor.ref)
    db.session.delete(found)
    db.session.flush()
    media.erase(media_ids=[media_id])


def erase_due() -> None:
    """Erase the photos of bookings that ended 180 days ago and about which nothing is open."""
    _erase(casework.kept_no_longer(queries.due(clock.now(), BATCH)))


def _erase(albums: Sequence[Album]) -> None:
    """The photos go; that so many were there remains."""
    ids = [album.booking_id for album in albums]
    gone = db.session.execute(sa.delete(VisitPhoto).where(VisitPhoto.booking_id.in_(ids)).returning(
        VisitPhoto.booking_id, VisitPhoto.media_id)).all()
    media.erase(media_ids=[row.media_id for row in gone])
    photos_of = Counter(row.booking_id for row in gone)
    for album in albums:
        album.erased_photos, album.erased_at = photos_of[album.booking_id], clock.now()
    ledger.append_many(facts.ERASED, actor=ledger.SYSTEM, about=[
        (f"photos:{each}", {"booking": str(each), "photos": photos_of[each]}) for each in ids])


def _record(fact: str, photo: VisitPhoto, by_whom: str) -> None:
    ledger.append(fact, subject=f"photos:{photo.booking_id}", actor=by_whom, data={
        "booking": str(photo.booking_id), "photo": str(photo.id), "phase": photo.phase, "party": photo.party})
