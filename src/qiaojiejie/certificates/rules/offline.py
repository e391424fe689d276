"""Checking a credential with nothing but the issuer's public keys and its status list: no database, no network."""

import base64
import binascii
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from qiaojiejie.certificates.rules import status
from qiaojiejie.certificates.rules.credential import b64, holder, identity_hash

#: RFC 8037's name and RFC 9864's for the same signature
ALGORITHMS = ("EdDSA", "Ed25519")


class Untrue(Exception):
    """What was given is no credential of these keys; the message says why, Chinese and English."""


@dataclass(frozen=True)
class Finding:
    """What holds of a credential whose signature is good.

    ``standing``: valid, not_yet_valid, expired, revoked; or status_unknown, when no usable status list was given.
    """

    standing: str
    said: Mapping[str, Any]
    issuer: str
    status_as_of: datetime | None


Keys = Mapping[str, bytes]


def keys_of(documents: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Key's full name (did#kid) → public key, from DID documents or JWK sets. Raises Untrue."""
    found: dict[str, bytes] = {}
    try:
        for document in documents:
            named = [(each["id"], each["publicKeyJwk"]) for each in document.get("verificationMethod", [])]
            named += [(each["kid"], each) for each in document.get("keys", [])]
            found |= {name: _decoded(key["x"]) for name, key in named if key.get("crv") == "Ed25519"}
    except (AttributeError, KeyError, TypeError) as broken:
        raise Untrue("公钥文件无法读取 · the file of public keys can't be read") from broken
    return found


def _decoded(text: str) -> bytes:
    """Base64url, canonical: a changed bit that decoders ignore is a change all the same. Raises Untrue."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as broken:
        raise Untrue("不是合格的凭证文件 · not a credential") from broken
    if b64(raw) != text:
        raise Untrue("不是合格的凭证文件 · not a credential")
    return raw


def opened(token: str, keys: Keys) -> dict[str, Any]:
    """What a compact JWS says, once its signature by one of the keys held. Raises Untrue."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise Untrue("不是合格的凭证文件 · not a credential")
    try:
        header, said = (json.loads(_decoded(part)) for part in parts[:2])
        kid, algorithm = str(header["kid"]), header["alg"]
    except (ValueError, KeyError, TypeError) as broken:
        raise Untrue("不是合格的凭证文件 · not a credential") from broken
    if kid not in keys or algorithm not in ALGORITHMS or "crit" in header:
        raise Untrue("不是由这些机构签发 · not signed by any of these bodies")
    method = jwt.algorithms.OKPAlgorithm()
    signed = ".".join(parts[:2]).encode()
    if not method.verify(signed, Ed25519PublicKey.from_public_bytes(keys[kid]), _decoded(parts[2])):
        raise Untrue("签名不符：内容被改动过 · the signature fails: it was changed")
    if not isinstance(said, dict) or said.get("iss") != kid.partition("#")[0]:
        raise Untrue("签发机构与密钥不符 · the issuer is not the key's")
    return said


def check(token: str, keys: Keys, lists: Sequence[str], on: datetime) -> Finding:
    """Whether a credential holds at a moment, by these keys and status lists (VC-JWTs). Raises Untrue.

    Without its own status list, or with one out of date at that moment, what would be valid is status_unknown.
    """
    said = opened(token, keys)
    try:
        issuer, entry = said["issuer"]["id"], said["credentialStatus"]
        if issuer != said["iss"] or "OpenBadgeCredential" not in said["type"]:
            raise Untrue("签发机构与密钥不符 · the issuer is not the key's")
        revoked, as_of = _revoked(entry, issuer, keys, lists, on)
        begins, ends = _moment(said["validFrom"]), _moment(said.get("validUntil"))
    except (KeyError, TypeError, ValueError) as broken:
        raise Untrue("不是合格的凭证文件 · not a credential") from broken
    return Finding(_standing(revoked, begins, ends, on), said, issuer, as_of)


def _standing(revoked: bool | None, begins: datetime | None, ends: datetime | None, on: datetime) -> str:
    if revoked:
        return "revoked"
    if begins is None or on < begins:
        return "not_yet_valid"
    if ends is not None and on >= ends:
        return "expired"
    return "status_unknown" if revoked is None else "valid"


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _revoked(entry: Mapping[str, str], issuer: str, keys: Keys, lists: Sequence[str],
             on: datetime) -> tuple[bool | None, datetime | None]:
    """Whether the credential's own list, by the same issuer, says it is revoked; the newest usable one decides."""
    found: tuple[bool | None, datetime | None] = (None, None)
    for each in lists:
        said = opened(each, keys)
        begins, ends = _moment(said["validFrom"]), _moment(said["validUntil"])
        assert begins is not None and ends is not None  # both were there, or KeyError
        if said["iss"] != issuer or said["id"] != entry["statusListCredential"]:
            continue
        bit = status.is_set(said["credentialSubject"]["encodedList"], int(entry["statusListIndex"]))
        newer = found[1] is None or begins > found[1]
        if newer and (bit or begins <= on < ends):  # a revocation is for ever, a list that says nothing of it is not
            found = (bit, begins)
    return found


def is_held_by(said: Mapping[str, Any], *, name: str, id_number: str, nonce: str) -> bool:
    """Whether the credential is this person's."""
    [identity] = said["credentialSubject"]["identifier"]
    expected = identity_hash(holder(name, id_number, nonce), identity["salt"])
    return hmac.compare_digest(expected, identity["identityHash"])


#: standing → how it is said
STANDINGS = {
    "valid": "✓ 有效 · valid", "expired": "✗ 已过期 · expired", "revoked": "✗ 已吊销 · revoked",
    "not_yet_valid": "✗ 尚未生效 · not valid yet",
    "status_unknown": "? 签名无误，但没有可用的吊销名单 · the signature is good, but there is no usable status list"}


def told(found: Finding, held: Mapping[str, str]) -> str:
    """A finding for people, some lines. ``held``: what the holder keeps, which may say who she is. Raises KeyError."""
    said = found.said
    lines = [STANDINGS[found.standing], f"证书 certificate: {said['name']} · {said['description']}",
             f"机构 body: {said['issuer']['name']} ({found.issuer})",
             f"有效期 validity: {said['validFrom']} — {said.get('validUntil', '长期 for good')}",
             f"编号 serial: {said['id'].rpartition('/')[2]}"]
    if found.status_as_of is not None:
        lines.append(f"吊销名单 status list as of: {found.status_as_of.isoformat()}")
    if "nonce" in held:
        own = is_held_by(said, name=held["name"], id_number=held["id_number"], nonce=held["nonce"])
        lines.append(f"持有人 holder: {held['name']} {held['id_number']}" if own else
                     "✗ 与所述持有人不符 · it is not this person's")
    return "\n".join(lines)
