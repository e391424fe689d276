"""Large answers go over the wire packed (gzip) where the client takes it; small ones cost more than they save."""

import zlib
from typing import Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

#: bytes from which it is worth a client's and our while
LARGE = 32_768
#: the quickest: a tenth of a calendar's size, 10 ms a megabyte
_LEVEL, _GZIP = 1, 31


def wanted(environ: dict[str, Any]) -> bool:
    """Whether the client takes it."""
    offered = environ.get("HTTP_ACCEPT_ENCODING", "")
    return bool(offered) and parse_accept_header(offered, Accept).quality("gzip") > 0


def packs(mimetype: str) -> bool:
    """Whether it is text: what else is sent is small or packed already."""
    return mimetype.startswith("text/") or mimetype.endswith(("/json", "+json", "/javascript"))


def tag(etag: str) -> str:
    """The ETag of the same answer, packed: other bytes, another tag."""
    return f"{etag}-gzip"


def packed(body: bytes) -> bytes:
    """The answer, packed; the same bytes for the same answer."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()
