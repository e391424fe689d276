"""Signed notes, checkpoints and cosignatures, as C2SP has them (signed-note, tlog-checkpoint, tlog-cosignature)."""

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 0x01, 0x04
MOST_SIGNATURES = 100
_DASH = "\u2014 "


class BadNote(ValueError):
    """A text is no note, no checkpoint or no key of this format."""


class NotSigned(BadNote):
    """None of the keys one trusts signed the note."""


class Forged(BadNote):
    """A signature that names a key one trusts is not that key's."""


@dataclass(frozen=True)
class Key:
    """A public key: whose, for what (``LOG`` signs checkpoints, ``WITNESS`` cosigns them), and its 32 bytes."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names it."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one line of text: name+id+base64(type ‖ public key)."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.type]) + self.public).decode()}"


@dataclass(frozen=True)
class Signature:
    """One signature line of a note."""

    name: str
    id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line, newline included."""
        return f"{_DASH}{self.name} {base64.b64encode(self.id + self.signature).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text and who signed it; nothing in it is to be believed before ``verify_note``."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def signed(self) -> str:
        """The note as it travels."""
        return self.text + "\n" + "".join(each.line for each in self.signatures)


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its name, how many leaves, the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def _name(text: str) -> str:
    if not text or "+" in text or any(char.isspace() or ord(char) < 32 for char in text):
        raise BadNote(f"{text!r} names no key")
    return text


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as broken:
        raise BadNote(f"{text[:80]!r} is not base64") from broken


def parse_key(vkey: str) -> Key:
    """The key that a line of text says. Raises BadNote."""
    name, _, rest = vkey.strip().partition("+")
    named, _, coded = rest.partition("+")
    packed = _bytes(coded)
    if len(packed) != 33 or packed[0] not in (LOG, WITNESS):
        raise BadNote(f"{vkey!r} is no Ed25519 key of a log or a witness")
    key = Key(_name(name), packed[0], packed[1:])
    if key.id.hex() != named:
        raise BadNote(f"{vkey!r} names itself wrongly")
    return key


def key_of(name: str, kind: int, seed: bytes) -> Key:
    """The public key of a secret seed (32 bytes)."""
    return Key(_name(name), kind, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def parse_note(text: str) -> Note:
    """A note's text and signatures. Raises BadNote; it does not verify anything."""
    body, gap, lines = text.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or any(ord(char) < 32 and char != "\n" for char in text):
        raise BadNote("a note is a text, an empty line, and signatures")
    signed = lines[:-1].split("\n", MOST_SIGNATURES)
    if len(signed) > MOST_SIGNATURES:
        raise BadNote(f"a note has at most {MOST_SIGNATURES} signatures here")
    return Note(body + "\n", tuple(_signature(line) for line in signed))


def _signature(line: str) -> Signature:
    name, _, coded = line.removeprefix(_DASH).partition(" ")
    packed = _bytes(coded)
    if not line.startswith(_DASH) or len(packed) < 5:
        raise BadNote(f"{line[:80]!r} is no signature")
    return Signature(_name(name), packed[:4], packed[4:])


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text says. Raises BadNote."""
    origin, *rest = text.split("\n")
    if len(rest) < 3 or rest[-1] or not all([origin, *rest[:-1]]):
        raise BadNote("a checkpoint is an origin, a size and a root, a line each")
    size, root = rest[0], _bytes(rest[1])
    if not (size.isascii() and size.isdecimal() and len(size) < 19 and str(int(size)) == size and len(root) == 32):
        raise BadNote("a checkpoint has a decimal size and a root of 32 bytes")
    return Checkpoint(origin, int(size), root)


def verify_note(note: Note, keys: Iterable[Key]) -> dict[Key, int | None]:
    """Which of the trusted ``keys`` signed the note, each with the time (POSIX seconds) a witness says it did.

    Signatures of other keys are passed over. Raises Forged when one that names a trusted key is not its, NotSigned when
    no trusted key signed.
    """
    trusted = {(key.name, key.id): key for key in keys}
    found: dict[Key, int | None] = {}
    for each in note.signatures:
        key = trusted.get((each.name, each.id))
        if key is not None:
            found[key] = max(_verify(key, note.text, each.signature), found.get(key) or -1)
    if not found:
        raise NotSigned("none of the keys that are trusted here signed this note")
    return {key: None if key.type == LOG else time for key, time in found.items()}


def _verify(key: Key, text: str, signature: bytes) -> int:
    time = 0
    message, proper = text.encode(), signature
    if key.type == WITNESS:
        if len(signature) != 72:
            raise Forged(f"this is no cosignature of {key.name}")
        (time,), proper = struct.unpack(">Q", signature[:8]), signature[8:]
        message = _cosigned(text, time)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(proper, message)
    except (InvalidSignature, ValueError) as forged:
        raise Forged(f"this signature is not {key.name}'s") from forged
    return time


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def sign(text: str, name: str, seed: bytes) -> Signature:
    """A log's signature of a note's text."""
    return Signature(name, key_of(name, LOG, seed).id, Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode()))


def cosign(text: str, name: str, seed: bytes, time: int) -> Signature:
    """A witness's cosignature of a checkpoint's text at a time (POSIX seconds)."""
    proper = Ed25519PrivateKey.from_private_bytes(seed).sign(_cosigned(text, time))
    return Signature(name, key_of(name, WITNESS, seed).id, struct.pack(">Q", time) + proper)
