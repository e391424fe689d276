"""Photos as large as they are shown: made once beside the original, seen by whoever sees it, gone with it."""

import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from qiaojiejie.core import clock, jobs
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.core.errors import Unavailable
from qiaojiejie.identity.models import Account
from qiaojiejie.media import gateway, queries, rules
from qiaojiejie.media import service as media
from qiaojiejie.media.models import Media, UnsizedMedia
from tests import factories, races
from tests.media.test_media import PDF, get, picture, upload
from tests.races import NEXT_JOB

Run = Callable[[], int]


@pytest.fixture()
def who(world: sa.Connection) -> Account:
    return factories.member(Role.HOUSEHOLD)


def noise(width: int, height: int, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """A picture that is not small whatever packs it."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).convert(mode).save(out, kind)
    return out.getvalue()


def lying(key: str) -> list[str]:
    """What lies under a key and beside it."""
    store = gateway.store()
    return [each for each in (key, *(rules.size_key(key, width) for width in rules.WIDTHS)) if store.find(each)]


def shown(client: FlaskClient, url: str, width: int) -> Image.Image:
    answer = client.get(f"{url}?width={width}")
    assert answer.status_code == 200, answer.json
    return Image.open(io.BytesIO(answer.data))


@pytest.mark.parametrize("kind,mode", [("JPEG", "RGB"), ("WEBP", "RGBA")])
def test_a_photo_comes_as_wide_as_it_is_asked_for(client: FlaskClient, who: Account, run_jobs: Run, kind: str,
                                                  mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "SECRET place"
    out = io.BytesIO()
    turned = Image.effect_noise((900, 1500), 90).convert(mode)
    if mode == "RGBA":
        turned.putalpha(120)
    turned.save(out, kind, exif=exif)
    made = upload(client, who, out.getvalue()).json
    assert (made["width"], made["height"]) == (1500, 900)
    run_jobs()
    sizes = [len(client.get(f"{made['url']}{query}").data)
             for query in (*(f"?width={width}" for width in rules.WIDTHS), "")]
    assert sizes == sorted(sizes) and len(set(sizes)) == 5
    for width in rules.WIDTHS:
        seen = shown(client, made["url"], width)
        assert (seen.width, seen.height) == (width, round(width * 900 / 1500))
        assert seen.format == kind and dict(seen.getexif()) == {}
        assert client.get(f"{made['url']}?width={width}").mimetype == made["content_type"]


def test_it_is_kept_by_anybody_for_ever_and_each_size_has_its_own_tag(
        client: FlaskClient, who: Account, run_jobs: Run) -> None:
    url = upload(client, who, noise(400, 300)).json["url"]
    run_jobs()
    whole, small = client.get(url), client.get(url + "?width=320")
    for answer in (whole, small):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Vary"] == "X-City"
    assert whole.headers["ETag"] != small.headers["ETag"]
    tag = {"If-None-Match": small.headers["ETag"]}
    assert client.get(url + "?width=320", headers=tag).status_code == 304
    assert client.get(url, headers=tag).status_code == 200
    english = client.get(url + "?width=320", headers={**factories.headers(who), "Accept-Language": "en"})
    assert english.data == small.data and english.headers["Cache-Control"] == small.headers["Cache-Control"]


def test_until_it_is_made_the_whole_photo_comes_and_nobody_keeps_that_for_long(
        client: FlaskClient, who: Account, run_jobs: Run) -> None:
    url = upload(client, who, noise(400, 300)).json["url"]
    early = client.get(url + "?width=160")
    assert early.data == client.get(url).data and early.headers["Cache-Control"] == "public, max-age=60"
    run_jobs()
    assert shown(client, url, 160).width == 160


def test_none_is_made_larger_than_it_is(client: FlaskClient, who: Account, run_jobs: Run) -> None:
    small, tiny = upload(client, who, noise(320, 200)).json, upload(client, who, picture()).json
    assert db.session.scalars(sa.select(UnsizedMedia.media_id)).all() == [UUID(small["id"])]
    run_jobs()
    for url in (f"{small['url']}?width=320", f"{small['url']}?width=1280", f"{tiny['url']}?width=160"):
        answer = client.get(url)
        assert answer.data == client.get(url.partition("?")[0]).data
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown(client, small["url"], 160).width == 160


@pytest.mark.parametrize("width", ["0", "-160", "321", "2048", "99999999999999999999", "wide", "160.5", ""])
def test_other_widths_are_refused(client: FlaskClient, who: Account, width: str) -> None:
    answer = client.get(upload(client, who, noise(400, 300)).json["url"] + f"?width={width}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["code"] == "Invalid"


def test_who_may_not_see_it_sees_no_size_of_it(client: FlaskClient, who: Account, run_jobs: Run) -> None:
    images = {kind: upload(client, who, noise(400, 300), kind).json for kind in ("evidence", "visit", "chat")}
    paper = upload(client, who, PDF, "document").json
    run_jobs()
    other = factories.member(Role.HOUSEHOLD)
    for made in (*images.values(), paper):
        url = made["url"] + "?width=160"
        assert get(client, url).status_code == get(client, url, other).status_code == 404
        mine = get(client, url, who)
        assert mine.status_code == 200 and mine.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in mine.headers["Vary"]
    assert Image.open(io.BytesIO(get(client, images["visit"]["url"] + "?width=160", who).data)).width == 160
    # of papers no second copy is made: whoever looks into one sees it as it was handed in
    assert Image.open(io.BytesIO(get(client, images["evidence"]["url"] + "?width=160", who).data)).width == 400
    hidden = upload(client, who, noise(401, 300)).json
    run_jobs()
    media.hide(media_id=UUID(hidden["id"]))
    db.session.flush()
    assert client.get(hidden["url"] + "?width=160").status_code == 404


def test_its_sizes_are_erased_with_it_unless_somebody_else_has_the_same(
        client: FlaskClient, who: Account, run_jobs: Run) -> None:
    content = noise(700, 300)
    mine, hers = upload(client, who, content).json, upload(client, factories.member(Role.HOUSEHOLD), content).json
    run_jobs()
    key = db.session.get_one(Media, UUID(mine["id"])).key
    assert len(lying(key)) == 4
    media.erase(media_ids=[UUID(mine["id"])])
    run_jobs()
    assert client.get(mine["url"] + "?width=160").status_code == 404 and shown(client, hers["url"], 160).width == 160
    media.erase(media_ids=[UUID(hers["id"])])
    run_jobs()
    assert lying(key) == []


def test_one_erased_before_its_sizes_are_made_has_none(client: FlaskClient, who: Account, run_jobs: Run) -> None:
    made = upload(client, who, noise(400, 300)).json
    key = db.session.get_one(Media, UUID(made["id"])).key
    media.erase(media_ids=[UUID(made["id"])])
    assert db.session.scalars(sa.select(UnsizedMedia)).all() == []
    run_jobs()
    assert lying(key) == []


def test_a_job_that_fails_half_way_or_is_lost_is_made_up_for(
        client: FlaskClient, who: Account, world: sa.Connection, run_jobs: Run,
        monkeypatch: pytest.MonkeyPatch) -> None:
    made = upload(client, who, noise(800, 600)).json
    key, put_in_place = db.session.get_one(Media, UUID(made["id"])).key, os.replace

    def full_disk(part: str, path: Path) -> None:
        if str(path).endswith("-320"):
            raise OSError("No space left on device")
        put_in_place(part, path)

    world.execute(NEXT_JOB)  # the worker took it, and died with it
    with monkeypatch.context() as broken, pytest.raises(Unavailable):
        broken.setattr(os, "replace", full_disk)
        media.size(media_id=UUID(made["id"]))
    assert lying(key) == [key, f"{key}-160"]
    assert client.get(made["url"] + "?width=320").headers["Cache-Control"] == "public, max-age=60"
    media.size_left()
    assert run_jobs() == 0  # it is early yet
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        jobs.SWEEPS["qiaojiejie.media.tasks.size_left"][1]()
        assert run_jobs() == 1
        jobs.SWEEPS["qiaojiejie.media.tasks.size_left"][1]()
        assert run_jobs() == 0
    assert len(lying(key)) == 4 and shown(client, made["url"], 320).width == 320


def test_who_erases_a_picture_while_its_sizes_are_made_erases_them_all(
        city: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city.extensions["media_store"], put_in_place = gateway.Disk(tmp_path), os.replace
    begun, go_on = Event(), Event()
    with city.app_context():
        family = factories.member(Role.HOUSEHOLD)
        actor = Actor(account_id=family.id, session_id=uuid4(), role=Role.HOUSEHOLD, org_id=None)
        made = media.store(actor=actor, kind="photo", stream=io.BytesIO(noise(900, 400))).id
        db.session.commit()

    def slow_disk(part: str, path: Path) -> None:
        begun.set()
        go_on.wait(20)
        put_in_place(part, path)

    def step(what: Callable[[], None]) -> None:
        with city.app_context():
            what()
            db.session.commit()

    monkeypatch.setattr(os, "replace", slow_disk)
    with ThreadPoolExecutor(3) as pool:
        makers = [pool.submit(step, lambda: media.size(media_id=made)) for _ in range(2)]
        assert begun.wait(20)
        eraser = pool.submit(step, lambda: media.erase(media_ids=[made]))
        with suppress(TimeoutError):
            eraser.result(timeout=1)
            races.work(city)  # were nothing locked, they would be dropped before they are there
        go_on.set()
        for each in (*makers, eraser):
            each.result(timeout=20)
    races.work(city)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_picture_that_is_gone_from_the_disk_is_not_tried_for_ever(
        client: FlaskClient, who: Account, run_jobs: Run) -> None:
    made = upload(client, who, noise(402, 300)).json
    gateway.store().drop(db.session.get_one(Media, UUID(made["id"])).key)
    run_jobs()
    assert queries.unsized(clock.now() + timedelta(days=1), 5) == [] and queries.to_size(UUID(made["id"])) is None
