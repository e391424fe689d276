"""Uploads: what is taken, what is kept of it, who may see it."""

import io
import random
import struct
import uuid
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Refusal
from qiaojiejie.identity.models import Account, Look
from qiaojiejie.media import gateway, queries, rules
from qiaojiejie.media.errors import FileTooLarge, ImageTooLarge, NotADocument, NotAnImage
from qiaojiejie.media.models import Media
from tests import factories

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FIRM = uuid.uuid4()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", colour: Any = "red",
            **save: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **save)
    return out.getvalue()


def upload(client: FlaskClient, who: Account, content: bytes, kind: str = "photo", filename: str = "a.jpg",
           **headers: str) -> Any:
    # encoded here, since the test client leaves the temporary file of a large form open
    file = FileStorage(io.BytesIO(content), filename)
    boundary, body = encode_multipart({"kind": kind, "file": file})
    return client.post("/api/v1/media", data=body, content_type=f"multipart/form-data; boundary={boundary}",
                       headers={**factories.headers(who), **headers})


def get(client: FlaskClient, url: str, who: Account | None = None, role: Role | None = None) -> Any:
    return client.get(url, headers=factories.headers(who, role) if who else {})


@pytest.fixture()
def who(world: sa.Connection) -> Account:
    return factories.member(Role.HOUSEHOLD)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_a_fresh_jpeg_anyone_may_see(client: FlaskClient, who: Account, kind: str) -> None:
    made = upload(client, who, picture(kind))
    assert made.status_code == 201, made.json
    assert (made.json["content_type"], made.json["width"], made.json["height"]) == ("image/jpeg", 60, 40)
    assert made.json["public"] is True
    seen = get(client, made.json["url"])
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert len(seen.data) == made.json["size"]
    assert Image.open(io.BytesIO(seen.data)).format == "JPEG"
    assert seen.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen.headers["Content-Security-Policy"]


def test_a_photo_seen_before_is_not_sent_again(client: FlaskClient, who: Account) -> None:
    made = upload(client, who, picture()).json
    etag = get(client, made["url"]).headers["ETag"]
    again = client.get(made["url"], headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_what_it_is_is_told_by_its_bytes_not_its_name(client: FlaskClient, who: Account) -> None:
    assert upload(client, who, picture("PNG"), filename="evil.html").json["content_type"] == "image/jpeg"
    refused = upload(client, who, b"<html><script>alert(1)</script>", filename="face.jpg")
    assert (refused.status_code, refused.json["code"]) == (415, "NotAnImage")


def test_transparency_is_kept_as_webp() -> None:
    kept = rules.keep(picture("PNG", mode="RGBA", colour=(255, 0, 0, 10)), "photo")
    assert kept.content_type == "image/webp"
    again = Image.open(io.BytesIO(kept.content)).convert("RGBA").getpixel((1, 1))
    assert isinstance(again, tuple) and abs(again[3] - 10) < 3


@pytest.mark.parametrize("mode", ["L", "P", "1", "I;16", "LA", "CMYK"])
def test_every_common_colour_mode_is_taken(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert rules.keep(out.getvalue(), "photo").width == 8


def test_metadata_is_gone_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "SECRET place"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture(size=(60, 40), exif=exif, comment=b"SECRET comment", icc_profile=b"SECRET profile")
    assert b"SECRET" in content
    kept = rules.keep(content, "photo")
    assert b"SECRET" not in kept.content and b"Exif" not in kept.content
    assert (kept.width, kept.height) == (40, 60)
    assert dict(Image.open(io.BytesIO(kept.content)).getexif()) == {}


def test_text_in_a_png_and_bytes_behind_a_jpeg_are_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "SECRET note")
    for content in (picture("PNG", pnginfo=notes), picture("JPEG") + b"SECRET tail",
                    picture("PNG", mode="RGBA", pnginfo=notes, colour=(0, 0, 0, 0)),
                    picture("WEBP", xmp=b"SECRET xmp")):
        assert b"SECRET" in content
        assert b"SECRET" not in rules.keep(content, "photo").content


@pytest.mark.parametrize(("size", "kept"), [((2048, 100), (2048, 100)), ((2049, 100), (2048, 100)),
                                            ((1000, 4096), (500, 2048)), ((4000, 3000), (2048, 1536))])
def test_what_is_kept_has_at_most_2048_pixels_a_side(size: tuple[int, int], kept: tuple[int, int]) -> None:
    made = rules.keep(picture(size=size), "photo")
    assert (made.width, made.height) == kept


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kB whose header promises many pixels."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b""))


@pytest.mark.parametrize(("width", "height"), [(8000, 5001), (10_000, 8_000), (10_000, 9_000), (65_000, 65_000)])
def test_a_decompression_bomb_is_refused_from_its_header(width: int, height: int) -> None:
    with pytest.raises(ImageTooLarge):
        rules.keep(bomb(width, height), "photo")


def test_forty_megapixels_are_taken() -> None:
    assert rules.keep(picture(size=(8000, 5000)), "photo").width == 2048


def test_a_file_may_have_ten_megabytes_and_not_a_byte_more(client: FlaskClient, who: Account) -> None:
    full = picture() + b"\0" * (10 * 2**20 - len(picture()))
    assert rules.keep(full, "photo").content_type == "image/jpeg"
    with pytest.raises(FileTooLarge):
        rules.keep(full + b"\0", "photo")
    refused = upload(client, who, full + b"\0")
    assert (refused.status_code, refused.json["code"], refused.json["params"]) == (
        413, "FileTooLarge", {"megabytes": 10})
    assert upload(client, who, b"\0" * (13 * 2**20)).status_code == 413


@pytest.mark.parametrize("content", [
    b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"GIF89a" + b"\0" * 50, b"BM" + b"\0" * 80,
    b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04" + b"\0" * 40, PDF, b"%!PS-Adobe-3.0\n", bomb(300, 300)],
    ids=["empty", "jpeg start", "png start", "webp start", "gif", "bmp", "svg", "zip", "pdf", "postscript", "cut png"])
def test_what_is_not_an_image_is_no_photo(content: bytes) -> None:
    with pytest.raises(NotAnImage):
        rules.keep(content, "photo")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_images_are_refused_or_kept_and_never_break(kind: str) -> None:
    seed = 20261201
    chance = random.Random(seed)
    noise = Image.effect_noise((64, 64), 80).convert("RGB")
    out = io.BytesIO()
    noise.save(out, kind)
    for _ in range(150):
        broken = bytearray(out.getvalue())
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            kept = rules.keep(bytes(broken[:chance.randint(1, len(broken))]), "photo")
        except Refusal as refused:
            assert refused.status in (413, 415), f"seed {seed}"
        else:
            assert kept.content_type.startswith("image/"), f"seed {seed}"


def test_papers_may_be_pdf_and_are_served_as_a_download(client: FlaskClient, who: Account) -> None:
    for kind in ("licence", "document", "evidence"):
        made = upload(client, who, PDF, kind)
        assert (made.status_code, made.json["content_type"], made.json["public"]) == (201, "application/pdf", False)
        seen = get(client, made.json["url"], who)
        assert seen.data == PDF
        assert seen.headers["Content-Disposition"].startswith("attachment")
        assert "private" in seen.headers["Cache-Control"]
        assert upload(client, who, picture(), kind).json["content_type"] == "image/jpeg"


@pytest.mark.parametrize("content", [b"%PDF-1.7 and nothing more", b"x" + PDF, b"MZ\x90", b""])
def test_what_is_neither_image_nor_pdf_is_no_paper(content: bytes) -> None:
    with pytest.raises(NotADocument):
        rules.keep(content, "document")


def test_a_private_paper_is_for_the_uploader_her_organisation_and_the_federation(client: FlaskClient) -> None:
    manager = factories.member(Role.FIRM_MANAGER, FIRM)
    broker = factories.member(Role.BROKER, FIRM)
    auditor, admin = factories.member(Role.FEDERATION_AUDITOR), factories.member(Role.FEDERATION_ADMIN)
    stranger, family = factories.member(Role.FIRM_MANAGER, uuid.uuid4()), factories.member(Role.HOUSEHOLD)
    made = upload(client, manager, PDF, "document").json
    for allowed in (manager, broker, auditor, admin):
        assert get(client, made["url"], allowed).status_code == 200
    for other in (stranger, family, factories.member(Role.MEDIATOR)):
        refused = get(client, made["url"], other)
        assert (refused.status_code, refused.json["code"]) == (404, "MediaNotFound")
    assert get(client, made["url"]).status_code == 404
    looks = db.session.execute(sa.select(Look.account_id, Look.subject, Look.field)).all()
    assert [tuple(look) for look in looks] == [
        (seen.id, f"account:{manager.id}", "document") for seen in (broker, auditor, admin)]


def test_a_household_without_organisation_shares_with_no_household(client: FlaskClient, who: Account) -> None:
    made = upload(client, who, PDF, "evidence").json
    assert get(client, made["url"], factories.member(Role.HOUSEHOLD)).status_code == 404
    assert get(client, made["url"], who).status_code == 200


def test_one_acts_in_the_role_one_names(client: FlaskClient) -> None:
    manager = factories.member(Role.FIRM_MANAGER, FIRM, factories.member(Role.HOUSEHOLD))
    unclear = upload(client, manager, PDF, "document")
    assert (unclear.status_code, unclear.json["code"]) == (403, "ActingAsRequired")
    named = {"X-Acting-As": f"firm_manager:{FIRM}"}
    made = upload(client, manager, PDF, "document", **named)
    assert db.session.get_one(Media, uuid.UUID(made.json["id"])).org_id == FIRM


def test_a_token_that_is_over_sees_no_private_paper(client: FlaskClient, who: Account) -> None:
    made = upload(client, who, PDF, "document").json
    broken = client.get(made["url"], headers={"Authorization": "Bearer x.y.z"})
    assert (broken.status_code, broken.json["code"]) == (401, "Unauthorized")


def test_an_unknown_file_is_not_found(client: FlaskClient, who: Account) -> None:
    assert get(client, f"/api/v1/media/{uuid.uuid4()}").json["code"] == "MediaNotFound"
    assert get(client, "/api/v1/media/7").status_code == 404


def test_uploading_needs_a_sign_in(client: FlaskClient) -> None:
    answer = client.post("/api/v1/media", data={"kind": "photo", "file": (io.BytesIO(picture()), "a.jpg")})
    assert answer.status_code == 401


@pytest.mark.parametrize("form", [
    {}, {"kind": "photo"}, {"kind": "photo", "file": "text"}, {"kind": "sheet"}, {"kind": "virus"}, {"kind": ""},
    {"kind": "photo", "public": "true"}, {"kind": "photo", "id": "1"}])
def test_a_form_has_its_shape(client: FlaskClient, who: Account, form: dict[str, str]) -> None:
    files = {} if "file" in form or form == {"kind": "photo"} else {"file": (io.BytesIO(picture()), "a.jpg")}
    answer = client.post("/api/v1/media", data={**form, **files}, headers=factories.headers(who),
                         content_type="multipart/form-data")
    assert (answer.status_code, answer.json["code"]) == (422, "Invalid"), answer.json


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=kind\r\n\r\nphoto",
                                  b"\xff\xfe\x00"])
def test_a_broken_form_is_refused(client: FlaskClient, who: Account, body: bytes) -> None:
    answer = client.post("/api/v1/media", data=body, headers=factories.headers(who),
                         content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 422)


def test_the_same_upload_sent_twice_with_one_key_is_one_file(client: FlaskClient, who: Account) -> None:
    content = picture()
    answers = [upload(client, who, content, **{"Idempotency-Key": "up-1"}).json for _ in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    other = upload(client, who, picture(colour="blue"), **{"Idempotency-Key": "up-1"})
    assert (other.status_code, other.json["code"]) == (422, "KeyReused")


def test_a_file_lost_from_the_store_is_not_found(app: Flask, client: FlaskClient, who: Account) -> None:
    made = upload(client, who, picture(colour="green")).json
    row = queries.get(uuid.UUID(made["id"]))
    store = app.extensions["media_store"]
    assert isinstance(store, gateway.Disk)
    store._path(row.key).unlink()
    assert get(client, made["url"]).status_code == 404


def test_files_lie_sharded_by_content_and_only_once(tmp_path: Path) -> None:
    store = gateway.Disk(tmp_path)
    for _ in range(2):
        store.put("abcdef", b"content", "text/plain")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "ab/cd/abcdef"]
    assert store.get("abcdef") == b"content"


@pytest.mark.parametrize("kind", ["chat", "visit"])
def test_what_nobody_used_within_a_day_is_forgotten_with_its_bytes(
        client: FlaskClient, who: Account, kind: str, sweep: Callable[[str], None],
        run_jobs: Callable[[], int]) -> None:
    made = [upload(client, who, picture(colour=colour), each).json
            for each, colour in ((kind, "green"), ("photo", "blue"), ("evidence", "white"))]
    keys = {row.kind: row.key for row in db.session.scalars(sa.select(Media))}
    for after, there in ((timedelta(hours=23, minutes=59), True), (timedelta(hours=24, seconds=1), False)):
        with clock.frozen(clock.now() + after):
            sweep("forget_unused")
            run_jobs()
        kept = set(db.session.scalars(sa.select(Media.kind)))
        assert kept == ({kind} if there else set()) | {"photo", "evidence"}
    with pytest.raises(Refusal):
        gateway.store().get(keys[kind])
    assert gateway.store().get(keys["photo"]) and get(client, made[0]["url"], who).status_code == 404
