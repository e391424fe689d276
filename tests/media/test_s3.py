"""Files in an S3-compatible store, over real HTTP."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from qiaojiejie.core.access import Role
from qiaojiejie.core.errors import Unavailable
from qiaojiejie.media import gateway
from qiaojiejie.media.errors import MediaNotFound
from tests import factories

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    boto3 = pytest.importorskip("boto3")
    moto_server = pytest.importorskip("moto.server")

BUCKET = "qiaojiejie-media"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A stand-in that speaks S3's protocol."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture()
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials where boto3 looks for them."""
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                        "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)


def store_at(app: Flask, endpoint: str, bucket: str = BUCKET) -> Any:
    bare = Flask("bare")
    gateway.init_app(bare, replace(app.config["QJJ"], s3_bucket=bucket, s3_endpoint=endpoint))
    return bare.extensions["media_store"]


@pytest.fixture()
def store(app: Flask, endpoint: str, keys: None) -> Any:
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
    return store_at(app, endpoint)


def test_naming_a_bucket_chooses_s3(store: Any, app: Flask) -> None:
    assert isinstance(store, gateway.S3)
    assert isinstance(app.extensions["media_store"], gateway.Disk)


def test_what_is_put_can_be_got_again(store: Any) -> None:
    for _ in range(2):
        store.put("abc", b"content", "text/plain")
    assert store.get("abc") == b"content"


def test_what_was_never_put_is_not_found(store: Any) -> None:
    with pytest.raises(MediaNotFound):
        store.get("nothing")


def test_a_missing_bucket_or_a_store_that_is_away_is_unavailable(app: Flask, endpoint: str, keys: None) -> None:
    for broken in (store_at(app, endpoint, "no-such-bucket"), store_at(app, "http://127.0.0.1:1")):
        with pytest.raises(Unavailable):
            broken.put("abc", b"content", "text/plain")


def test_an_upload_is_served_from_s3(app: Flask, client: FlaskClient, world: sa.Connection, store: Any,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "media_store", store)
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "blue").save(out, "PNG")
    out.seek(0)
    made = client.post("/api/v1/media", data={"kind": "photo", "file": (out, "a.png")},
                       headers=factories.headers(factories.member(Role.HOUSEHOLD))).json
    assert Image.open(io.BytesIO(client.get(made["url"]).data)).size == (20, 10)
