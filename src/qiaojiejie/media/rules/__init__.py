"""What is accepted, what is kept of it, who may see it, and where it is found. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from qiaojiejie.core.access import FEDERATION, Role
from qiaojiejie.media.errors import FileTooLarge, NotADocument, NotAnImage

#: what may be uploaded; ``sheet`` is stored by the room that reads it
KINDS = ("photo", "licence", "document", "evidence", "chat", "visit")
#: photos are shown to families, everything else to few
PUBLIC = frozenset({"photo"})
#: nothing but images
IMAGES = frozenset({"photo", "chat", "visit"})
#: shown by the room that knows who may see them; at their own address to their uploader alone
BY_THE_ROOM = frozenset({"chat", "visit"})
#: so long they wait to be used
UNUSED_FOR = timedelta(hours=24)
#: encrypted where they lie, for personal data stand in them as text
SEALED = frozenset({"sheet"})

MEGABYTES = 10
MEGAPIXELS = 40
#: pixels on the long side of what is kept
LONG_SIDE = 2048
FORMATS = ("JPEG", "PNG", "WEBP")
#: pixels across in which families are sent pictures, where that is less than was kept
WIDTHS = (160, 320, 640, 1280)
#: of these smaller sizes are made
SIZED = IMAGES
#: after so long a sweep sees to what no job has done
SIZED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Shown:
    """What is sent of a stored file, and the tag of just these bytes. ``lasting``: at the same address it will be the
    same ever after; a size that is not made yet will not."""

    content: bytes
    tag: str
    lasting: bool = True


@dataclass(frozen=True)
class Kept:
    """What is stored of an upload; width and height in pixels, None for a PDF or a sheet."""

    content: bytes
    content_type: str
    width: int | None = None
    height: int | None = None


def url(media_id: UUID) -> str:
    """Where a stored file is served."""
    return f"/api/v1/media/{media_id}"


def keep(content: bytes, kind: str) -> Kept:
    """What is kept of an upload, by what it is and not by what it is called: a fresh image, or a PDF as it came.

    Raises FileTooLarge, ImageTooLarge, NotAnImage (photos), NotADocument.
    """
    from qiaojiejie.media.rules import images

    if len(content) > MEGABYTES * 2**20:
        raise FileTooLarge(megabytes=MEGABYTES)
    if kind not in IMAGES and is_pdf(content):
        return Kept(content, "application/pdf")
    try:
        return images.fresh(content)
    except NotAnImage as refused:
        if kind in IMAGES:
            raise
        raise NotADocument() from refused


def is_pdf(content: bytes) -> bool:
    """Whether it begins and ends as a PDF does."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]


def smaller(width: int | None) -> tuple[int, ...]:
    """The widths in which a picture so wide is made: none is ever made larger."""
    return tuple(each for each in WIDTHS if each < (width or 0))


def size_key(key: str, width: int) -> str:
    """Where a size of a picture lies: beside it."""
    return f"{key}-{width}"


def may_see(*, kind: str, public: bool, uploader: UUID, org_id: UUID | None, account_id: UUID | None,
            role: Role | None, acting_for: UUID | None) -> bool:
    """Whether someone (an account acting in a role for an organisation, or nobody) may see a stored file.

    Public ones anyone; others the uploader, whoever acts for the organisation it was uploaded for, the federation; of
    ``BY_THE_ROOM`` the uploader alone.
    """
    if public:
        return True
    if account_id is None:
        return False
    if kind in BY_THE_ROOM:
        return account_id == uploader
    return account_id == uploader or role in FEDERATION or (org_id is not None and org_id == acting_for)
