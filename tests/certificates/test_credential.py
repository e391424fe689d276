"""A credential is verified by software that is not ours, and no changed byte of it passes."""

import base64
import gzip
import json
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

from qiaojiejie.certificates.rules import credential, offline, status
from qiaojiejie.core import clock
from tests.certificates.scene import Scene


def public_key(scene: Scene) -> Ed25519PublicKey:
    """The body's key as its DID document publishes it, decoded by hand."""
    [method] = scene.ask("GET", "/bodies/sq-skills/did.json").json["verificationMethod"]
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(method["publicKeyJwk"]["x"] + "="))


def changes(text: str) -> Iterator[str]:
    """The text with each of its characters changed, once to a neighbour of its and once to another."""
    for place, char in enumerate(text):
        for other in {"A", "B", "_", chr(ord(char) ^ 1)} - {char, "."}:
            yield text[:place] + other + text[place + 1:]


def test_plain_ed25519_over_the_published_key_verifies_it(scene: Scene) -> None:
    token = scene.issue().credential
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    public_key(scene).verify(raw, signed.encode())
    with pytest.raises(InvalidSignature):
        public_key(scene).verify(raw, signed.encode() + b"A")


def test_a_library_of_others_verifies_it_and_reads_what_it_says(scene: Scene) -> None:
    made = scene.issue()
    pem = public_key(scene).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    found = OB3Verifier(pem).verify(made.credential)
    assert found.issuer.id == scene.body["did"] and found.achievement.name == "家政服务员四级"
    other = Ed25519PublicKey.from_public_bytes(credential.public_of(credential.new_seed()))
    with pytest.raises(OB3VerificationError):
        OB3Verifier(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).verify(made.credential)


def test_every_changed_character_of_it_fails(scene: Scene) -> None:
    token, keys = scene.issue().credential, offline.keys_of([scene.ask("GET", "/awarding-bodies/keys").json])
    lists, tried = [scene.status()], 0
    assert offline.check(token, keys, lists, clock.now()).standing == "valid"
    for changed in changes(token):
        tried += 1
        with pytest.raises(offline.Untrue):
            offline.check(changed, keys, lists, clock.now())
    assert tried > 3 * (len(token) - 10)


def test_every_changed_byte_of_what_was_signed_fails_for_a_library_of_others(scene: Scene) -> None:
    token = scene.issue().credential
    header, payload, signature = token.split(".")
    verifier = OB3Verifier(public_key(scene).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    said = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    for place in range(len(said)):
        changed = said[:place] + bytes([said[place] ^ 1]) + said[place + 1:]
        with pytest.raises(OB3VerificationError):
            verifier.verify(".".join((header, credential.b64(changed), signature)))


def test_who_holds_it_is_in_it_only_as_a_hash_that_she_alone_can_open(scene: Scene) -> None:
    made = scene.issue()
    said = json.loads(base64.urlsafe_b64decode(made.credential.split(".")[1] + "=="))
    text = json.dumps(said, ensure_ascii=False)
    assert "王秀英" not in text and scene.worker.id_number.reveal() not in text and str(scene.worker.id) not in text
    held = scene.ask("GET", f"/me/certificates/{made.serial}/credential", scene.her).json
    her = {name: held[name] for name in ("name", "id_number", "nonce")}
    assert offline.is_held_by(said, **her)
    for name, value in (("name", "王秀芬"), ("id_number", "321302198005060021"), ("nonce", "0" * 32)):
        assert not offline.is_held_by(said, **{**her, name: value})


def test_the_status_list_is_read_by_plain_gzip(scene: Scene) -> None:

    first, second = scene.issue(), scene.issue()
    scene.ok(f"/certificates/{second.serial}/revocations", scene.first, {"reason": "error", "note": "录入错误"})
    said = json.loads(base64.urlsafe_b64decode(scene.status().split(".")[1] + "=="))
    encoded = said["credentialSubject"]["encodedList"]
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=="))
    assert encoded[0] == "u" and len(bits) == 16 * 1024
    assert (first.status_index, second.status_index) == (0, 1) and bits[0] == 0b0100_0000 and not any(bits[1:])


def test_places_of_a_status_list_are_its_bits() -> None:
    places = {0, 1, 7, 8, 4711, status.PLACES - 1}
    encoded = status.encode(places)
    for place in (*places, 2, 9, 4710, 4712):
        assert status.is_set(encoded, place) == (place in places)
    for broken in (encoded[1:], "u", "uAAAA", "u" + encoded[40:], encoded[:-8]):
        with pytest.raises(ValueError):
            status.is_set(broken, 3)
    with pytest.raises(ValueError):
        status.is_set(encoded, status.PLACES)
