"""A certificate as an Open Badges 3.0 credential secured as VC-JWT: what it says, and how it is signed.

Sources: 1EdTech Open Badges 3.0 §8.2; W3C VC Data Model 2.0; RFC 7515, 7638, 8037; did:web.
"""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qiaojiejie.certificates.rules.status import PLACES

CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
#: RFC 9864 also names it Ed25519; verifiers in use know this name, ours takes both
ALGORITHM = "EdDSA"
#: how long whoever saved a status list may go by it
FRESH = timedelta(days=7)


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Site:
    """Where this city's service is reached, and so what its bodies are called."""

    public_url: str

    def did(self, slug: str) -> str:
        """did:web:host%3Aport:bodies:slug."""
        return f"did:web:{quote(urlsplit(self.public_url).netloc, safe='')}:bodies:{slug}"

    def document_url(self, slug: str) -> str:
        """Where did:web finds the body's keys."""
        return f"{self.public_url}/bodies/{slug}/did.json"

    def status_url(self, slug: str, number: int) -> str:
        """Where a status list stands."""
        return f"{self.public_url}/bodies/{slug}/status/{number}"

    def verify_url(self, serial: str) -> str:
        """What the QR on the paper opens."""
        return f"{self.public_url}/verify/{serial}"


@dataclass(frozen=True)
class Signer:
    """A key that signs for a body."""

    did: str
    kid: str
    seed: bytes

    def sign(self, payload: Mapping[str, Any], typ: str = "vc+jwt") -> str:
        """The compact JWS over the payload as JSON."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        return jwt.api_jws.encode(body, key, algorithm=ALGORITHM, headers={"typ": typ, "kid": f"{self.did}#{self.kid}"})


def new_seed() -> bytes:
    """A new Ed25519 private key."""
    return secrets.token_bytes(32)


def public_of(seed: bytes) -> bytes:
    """Its public key, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def jwk(public: bytes) -> dict[str, str]:
    """A public key as JWK (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": b64(public)}


def thumbprint(public: bytes) -> str:
    """The key's name: RFC 7638."""
    return b64(sha256(json.dumps(jwk(public), sort_keys=True, separators=(",", ":")).encode()).digest())


def did_document(did: str, keys: Iterable[tuple[str, bytes]]) -> dict[str, Any]:
    """A body's DID document with its keys (kid, public), the signing one first."""
    methods = [{"id": f"{did}#{kid}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk(public)}
               for kid, public in keys]
    return {"@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"], "id": did,
            "verificationMethod": methods, "assertionMethod": [each["id"] for each in methods]}


def holder(name: str, id_number: str, nonce: str) -> str:
    """Who holds it, as it is hashed. The nonce (128 bits, the holder's alone) is why nobody can guess the rest."""
    return f"{name}|{id_number}|{nonce}"


def identity_hash(text: str, salt: str) -> str:
    """Open Badges' salted hash of an identity."""
    return "sha256$" + sha256((text + salt).encode()).hexdigest()


def payload(site: Site, *, serial: str, slug: str, body_name: str, body_name_en: str, title: str, title_en: str,
            occupation: str, standard: str, level: int | None, hours: int, begins: datetime, ends: datetime | None,
            status_index: int, identity: str, salt: str) -> dict[str, Any]:
    """The credential with the claims a JWT asks for beside it. It is valid from ``begins`` until before ``ends``."""
    did, url = site.did(slug), site.verify_url(serial)
    made: dict[str, Any] = {
        "@context": CONTEXT, "id": url, "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": did, "type": ["Profile"], "name": body_name, "url": site.document_url(slug)},
        "name": title, "description": title_en, "validFrom": begins.isoformat(),
        "credentialSubject": {
            "type": ["AchievementSubject"], "creditsEarned": hours,
            "identifier": [{"type": "IdentityObject", "hashed": True, "salt": salt, "identityType": "identifier",
                            "identityHash": identity_hash(identity, salt)}],
            "achievement": {
                "id": f"urn:qiaojiejie:achievement:{occupation}:{level or 0}", "type": ["Achievement"],
                "achievementType": "Certificate", "name": title, "description": f"{title_en} · {body_name_en}",
                "humanCode": occupation + (f"-{level}" if level else ""),
                "criteria": {"narrative": f"{standard} · {hours} 学时 · 理论与实操考核合格"}}},
        "credentialStatus": _status_entry(site, slug, status_index),
        "iss": did, "jti": url, "nbf": int(begins.timestamp())}
    if ends is not None:
        made |= {"validUntil": ends.isoformat(), "exp": int(ends.timestamp())}
    return made


def _status_entry(site: Site, slug: str, index: int) -> dict[str, str]:
    url, place = site.status_url(slug, index // PLACES), str(index % PLACES)
    return {"id": f"{url}#{place}", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": place, "statusListCredential": url}


def status_payload(site: Site, *, slug: str, number: int, encoded: str, at: datetime) -> dict[str, Any]:
    """A status list as a credential of the body, good for those who saved it until ``FRESH`` after ``at``."""
    did, url, ends = site.did(slug), site.status_url(slug, number), at + FRESH
    return {"@context": CONTEXT[:1], "id": url, "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": did, "validFrom": at.isoformat(), "validUntil": ends.isoformat(),
            "credentialSubject": {"id": f"{url}#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
                                  "encodedList": encoded},
            "iss": did, "jti": url, "nbf": int(at.timestamp()), "exp": int(ends.timestamp())}
