"""Store what is uploaded, give it back, say who may see it.

Bytes are written before the row: a request that fails afterwards leaves bytes nobody points to, never a row without
bytes. They are found by content, so the same upload again costs nothing.
"""

import base64
import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import ring
from qiaojiejie.identity import service as identity
from qiaojiejie.media import gateway, queries, rules
from qiaojiejie.media.errors import FileTooLarge, MediaNotFound
from qiaojiejie.media.models import Media, UnsizedMedia

BATCH = 100


def store(*, actor: Actor, kind: str, stream: BinaryIO, filename: str | None = None,
          content_type: str | None = None) -> Media:
    """Keep an uploaded image (encoded anew) or PDF, for the uploader and the organisation she acts for.

    ``filename`` and ``content_type`` are the client's words and decide nothing: the bytes do.
    Raises FileTooLarge, ImageTooLarge, NotAnImage, NotADocument, Unavailable.
    """
    content = stream.read(rules.MEGABYTES * 2**20 + 1)
    return _keep(actor, kind, rules.keep(content, kind))


def store_bytes(*, actor: Actor, kind: str, content: bytes, content_type: str) -> Media:
    """Keep bytes as they are, such as a firm's staff list (kind ``sheet``), which the calling room has checked.

    They are sealed where they lie (``rules.SEALED``), for names, phones and ID numbers stand in them.
    Raises FileTooLarge, Unavailable.
    """
    if len(content) > rules.MEGABYTES * 2**20:
        raise FileTooLarge(megabytes=rules.MEGABYTES)
    lying = ring().seal(base64.b64encode(content).decode(), "media") if kind in rules.SEALED else content
    return _keep(actor, kind, rules.Kept(lying, content_type))


def _keep(actor: Actor, kind: str, kept: rules.Kept) -> Media:
    digest = hashlib.sha256(kept.content)
    queries.hold(digest.hexdigest())  # nobody drops these bytes before the row that points to them is there
    gateway.store().put(digest.hexdigest(), kept.content, kept.content_type)
    now = clock.now()
    made = Media(account_id=actor.account_id, org_id=actor.org_id, kind=kind, content_type=kept.content_type,
                 size=len(kept.content), sha256=digest.digest(), width=kept.width, height=kept.height,
                 key=digest.hexdigest(), public=kind in rules.PUBLIC, created_at=now,
                 unused_until=now + rules.UNUSED_FOR if kind in rules.BY_THE_ROOM else None)
    db.session.add(made)
    db.session.flush()
    if kind in rules.SIZED and rules.smaller(kept.width):
        db.session.add(UnsizedMedia(media_id=made.id))
        db.session.flush()
        jobs.defer("media.size", media_id=str(made.id))
    return made


def size(*, media_id: UUID) -> None:
    """Make a picture's smaller sizes and keep them beside it; done again, nothing changes. Raises Unavailable.

    Its row is locked from before the first is made until all are kept, so whoever erases it finds them all.
    """
    from qiaojiejie.media.rules import images

    found = queries.to_size(media_id)
    if found is None:
        return
    content = gateway.store().find(found.key)  # one that is gone is named by ``faults``, not here again and again
    for width, kept in images.sizes(content) if content else ():
        gateway.store().put(rules.size_key(found.key, width), kept.content, kept.content_type)
    db.session.execute(sa.delete(UnsizedMedia).where(UnsizedMedia.media_id == media_id))


def size_left() -> None:
    """Have sizes made of pictures whose job was lost, and of those from before there were sizes, a batch of them."""
    jobs.defer_many("media.size", [{"media_id": str(each)} for each in queries.unsized(
        clock.now() - rules.SIZED_WITHIN, BATCH)])


def use(*, actor: Actor, kind: str, media_ids: Collection[UUID]) -> bool:
    """Take images the actor uploaded (``rules.BY_THE_ROOM``) into use, each once; False, and nothing done, unless all
    of them are hers, of this kind and not used yet."""
    if not media_ids:
        return True
    found = queries.unused(actor.account_id, kind, media_ids)
    if sorted(each.id for each in found) != sorted(media_ids):
        return False
    for each in found:
        each.unused_until = None
    return True


def forget_unused() -> None:
    """Images nobody has used in time are forgotten, a batch of them."""
    erase(media_ids=queries.never_used(clock.now(), BATCH))


def hide(*, media_id: UUID) -> None:
    """A public file is public no longer, at its own address neither. Raises MediaNotFound."""
    queries.get(media_id).public = False


def erase(*, media_ids: Sequence[UUID]) -> None:
    """Files are forgotten: their rows now, their bytes once this is committed, unless another row points to them."""
    keys = db.session.scalars(sa.delete(Media).where(Media.id.in_(media_ids)).returning(Media.key)).all()
    if keys:
        jobs.defer_many("media.drop", [{"key": key} for key in sorted(set(keys))])


def drop(*, key: str) -> None:
    """Delete bytes no row points to; done again, nothing changes. Raises Unavailable."""
    queries.hold(key, alone=True)
    if not queries.pointed_to(key):
        for each in (key, *(rules.size_key(key, width) for width in rules.WIDTHS)):
            gateway.store().drop(each)


def faults() -> Iterator[str]:
    """What is known and does not lie in the store, or lies there as other bytes, in words. Raises Unavailable."""
    last = ""
    while keys := queries.stored(last, BATCH):
        for key in keys:
            try:
                if hashlib.sha256(gateway.store().get(key)).hexdigest() != key:
                    yield f"media {key}: other bytes lie there"
            except MediaNotFound:
                yield f"media {key}: nothing lies there"
        last = keys[-1]


def read(media: Media) -> bytes:
    """The stored bytes. Raises MediaNotFound, Unavailable."""
    content = gateway.store().get(media.key)
    return base64.b64decode(ring().open(content, "media")) if media.kind in rules.SEALED else content


def show(media: Media, width: int | None = None) -> rules.Shown:
    """A stored file as it is sent, a picture as wide as is asked or less; whole, while that size is not made.

    Raises MediaNotFound, Unavailable.
    """
    smaller = media.kind in rules.SIZED and width in rules.smaller(media.width)
    content = gateway.store().find(rules.size_key(media.key, width)) if smaller and width else None
    if content is None:
        return rules.Shown(read(media), media.sha256.hex(), lasting=not smaller)
    return rules.Shown(content, rules.size_key(media.sha256.hex(), width or 0))


def open_for(*, visitor: Actor | None, media: Media, width: int | None = None) -> rules.Shown:
    """What is sent of a stored file to someone, or for nobody known; someone else's private file leaves a look.

    Raises MediaNotFound when it is not for her, as if it weren't there.
    """
    who = visitor
    if not rules.may_see(kind=media.kind, public=media.public, uploader=media.account_id, org_id=media.org_id,
                         account_id=who.account_id if who else None, role=who.role if who else None,
                         acting_for=who.org_id if who else None):
        raise MediaNotFound()
    if who is not None and not media.public and who.account_id != media.account_id:
        identity.look(actor=who, subject=f"account:{media.account_id}", field=media.kind, reason=f"media:{media.id}")
    return show(media, width)
