"""Personal data at rest: AES-GCM, the key's id beside each value; found by a blind index; masked unless revealed."""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from qiaojiejie.core import cities
from qiaojiejie.core.config import BadSetting, Config

NONCE = 12


class KeyRing:
    """Data keys by id; the last one named seals, all of them open."""

    def __init__(self, keys: dict[str, bytes], index_key: bytes) -> None:
        self._keys = keys
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.newest = list(keys)[-1]
        self._index_key = index_key

    @classmethod
    def from_config(cls, config: Config) -> "KeyRing":
        """Keys are written ``id:base64[,id:base64…]``, each of 32 bytes, newest last. Raises BadSetting."""
        keys = {}
        for part in config.data_keys.split(","):
            key_id, _, text = part.partition(":")
            key = base64.b64decode(text)
            if len(key) != 32 or not key_id.isascii() or not 0 < len(key_id) < 32:
                raise BadSetting("QJJ_DATA_KEYS must be id:base64 of 32 bytes, several separated by commas")
            keys[key_id] = key
        return cls(keys, config.index_key.encode())

    def of(self, city: str) -> "KeyRing":
        """The ring of a city by its mark, every key its own: what one city sealed another can't open, and the same
        phone has another blind index there."""
        return KeyRing({key_id: cities.own(key, city) for key_id, key in self._keys.items()},
                       cities.own(self._index_key, city))

    def seal(self, plain: str, kind: str) -> bytes:
        """key id length ‖ key id ‖ nonce ‖ ciphertext; ``kind`` is bound in, so values can't be swapped over."""
        name, nonce = self.newest.encode(), os.urandom(NONCE)
        return bytes([len(name)]) + name + nonce + self._ciphers[self.newest].encrypt(nonce, plain.encode(),
                                                                                      kind.encode())

    def open(self, stored: bytes, kind: str) -> str:
        """The plain text. Raises cryptography's InvalidTag when a byte was changed, KeyError on an unknown key."""
        size = stored[0]
        key_id, rest = stored[1:1 + size].decode(), stored[1 + size:]
        return self._ciphers[key_id].decrypt(rest[:NONCE], rest[NONCE:], kind.encode()).decode()

    def key_id(self, stored: bytes) -> str:
        """Which key sealed a stored value."""
        return stored[1:1 + stored[0]].decode()

    def blind(self, kind: str, plain: str) -> bytes:
        """A keyed digest (HMAC-SHA-256) by which an equal value is found without being read."""
        return hmac.new(self._index_key, f"{kind}:{plain}".encode(), hashlib.sha256).digest()


_ring: KeyRing | None = None


def configure(config: Config) -> None:
    """Load the keys; called once by ``app.create_app``."""
    global _ring
    _ring = KeyRing.from_config(config)


def ring() -> KeyRing:
    """The keys in use in this city."""
    if _ring is None:
        raise RuntimeError("secrets.configure was not called")
    city = cities.mark()
    return _of(_ring, city) if city else _ring


@lru_cache(maxsize=512)
def _of(whole: KeyRing, city: str) -> KeyRing:
    return whole.of(city)


def blind(kind: str, plain: str) -> bytes:
    """The blind index of a value (see ``KeyRing.blind``)."""
    return ring().blind(kind, plain)


def mask_name(name: str) -> str:
    """王秀英 → 王**."""
    return name[:1] + "*" * max(1, len(name) - 1)


def mask_phone(phone: str) -> str:
    """13900010001 → 139****0001."""
    return phone[:3] + "****" + phone[-4:]


def mask_id_number(number: str) -> str:
    """First and last character only: 3****************4."""
    return number[:1] + "*" * (len(number) - 2) + number[-1:]


def mask_bank_account(number: str) -> str:
    """Its last four digits: 6222020200112233 → ****2233."""
    return "****" + number[-4:]


def mask_all(_: str) -> str:
    """Nothing of it, not even its length."""
    return "****"


MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name, "phone": mask_phone, "id_number": mask_id_number, "bank_account": mask_bank_account,
    "text": mask_all,
}


class Sealed:
    """A personal value in memory. It prints, logs and dumps masked; ``reveal`` is the one way to the plain text.

    Whoever reveals a value to a person records the look first (``identity.service.look``).
    """

    __slots__ = ("kind", "_plain")

    def __init__(self, kind: str, plain: str) -> None:
        self.kind, self._plain = kind, plain

    def reveal(self) -> str:
        """The plain text."""
        return self._plain

    @property
    def masked(self) -> str:
        """What anyone may see of it."""
        return MASKS[self.kind](self._plain)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<Sealed {self.kind} {self.masked}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self.kind, self._plain) == (other.kind, other._plain)

    def __hash__(self) -> int:
        return hash((self.kind, self._plain))


class Encrypted(TypeDecorator[Sealed]):
    """A bytea column holding a sealed value of one of the kinds of ``MASKS``. Assign a plain str."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: "Sealed | str | None", dialect: object) -> bytes | None:
        """Seal on the way in."""
        if value is None:
            return None
        return ring().seal(value.reveal() if isinstance(value, Sealed) else value, self.kind)

    def process_result_value(self, value: bytes | None, dialect: object) -> Sealed | None:
        """Open on the way out."""
        return None if value is None else Sealed(self.kind, ring().open(value, self.kind))
