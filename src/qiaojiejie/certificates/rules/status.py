"""W3C Bitstring Status List 1.0: one bit for each certificate, 1 = revoked."""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable

#: places in a list: the least the standard allows, so that looking up one tells little about which
PLACES = 131_072


def encode(revoked: Iterable[int]) -> str:
    """``encodedList``: the bits (place 0 is the leftmost), gzipped, base64url with the multibase prefix u."""
    bits = bytearray(PLACES // 8)
    for place in revoked:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def is_set(encoded: str, place: int) -> bool:
    """Whether a place of an ``encodedList`` is 1. Raises ValueError when it is not one, or has no such place."""
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4))
        unpacked = zlib.decompressobj(wbits=31)
        bits = unpacked.decompress(packed, PLACES)  # no more: a list is never a bomb
    except (binascii.Error, zlib.error) as broken:
        raise ValueError("not an encoded status list") from broken
    if not encoded.startswith("u") or not unpacked.eof or not 0 <= place < 8 * len(bits):
        raise ValueError("not an encoded status list with that place")
    return bool(bits[place // 8] & 0x80 >> place % 8)
