"""Where the bytes lie: on a disk, or in an S3-compatible store. Keys are made of the content's SHA-256,
and each city has a place of its own for them."""

import os
import tempfile
from pathlib import Path
from typing import Any, Protocol

import structlog
from flask import Flask, current_app

from qiaojiejie.core import cities, disk
from qiaojiejie.core.config import BadSetting, Config
from qiaojiejie.core.errors import Unavailable
from qiaojiejie.media.errors import MediaNotFound

log = structlog.get_logger()


class Store(Protocol):
    """Keeps bytes under a key; the same key always stands for the same bytes."""

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keep; done again, nothing changes. Raises Unavailable."""

    def get(self, key: str) -> bytes:
        """Give back. Raises MediaNotFound, Unavailable."""

    def find(self, key: str) -> bytes | None:
        """Give back what may not be there. Raises Unavailable."""

    def drop(self, key: str) -> None:
        """Delete; done again, nothing changes. Raises Unavailable."""


class Disk:
    """Files under a folder, ``ab/cd/abcd….``; each appears whole or not at all, and lies there before ``put`` ends."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write beside, flush, rename."""
        path = self._path(key)
        if path.exists():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
            os.replace(part.name, path)
            disk.flush(path.parent)
        except OSError as failed:
            log.error("media can't be written", error=failed.strerror)
            raise Unavailable() from failed

    def get(self, key: str) -> bytes:
        """Read the file."""
        return _there(self.find(key), key)

    def find(self, key: str) -> bytes | None:
        """Read the file, if there is one."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, key: str) -> None:
        """Unlink the file."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as failed:
            log.error("media can't be deleted", error=failed.strerror)
            raise Unavailable() from failed

    def _path(self, key: str) -> Path:
        return self._root / cities.mark() / key[:2] / key[2:4] / key


class S3:
    """Objects in a bucket. Credentials come from where boto3 looks for them."""

    def __init__(self, client: Any, bucket: str, failures: tuple[type[Exception], ...]) -> None:
        self._client, self._bucket, self._failures = client, bucket, failures

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Put the object; the same content again is the same object."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._key(key), Body=content, ContentType=content_type)
        except self._failures as failed:
            log.error("media can't be stored", error=type(failed).__name__)
            raise Unavailable() from failed

    def get(self, key: str) -> bytes:
        """Get the object."""
        return _there(self.find(key), key)

    def find(self, key: str) -> bytes | None:
        """Get the object, if there is one."""
        try:
            content: bytes = self._client.get_object(Bucket=self._bucket, Key=self._key(key))["Body"].read()
            return content
        except self._client.exceptions.NoSuchKey:
            return None
        except self._failures as failed:
            log.error("media can't be fetched", error=type(failed).__name__)
            raise Unavailable() from failed

    def drop(self, key: str) -> None:
        """Delete the object."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._key(key))
        except self._failures as failed:
            log.error("media can't be deleted", error=type(failed).__name__)
            raise Unavailable() from failed

    @staticmethod
    def _key(key: str) -> str:
        city = cities.mark()
        return f"{city}/{key}" if city else key


def _there(content: bytes | None, key: str) -> bytes:
    if content is None:
        log.error("media is missing from the store", key=key)
        raise MediaNotFound()
    return content


def store() -> Store:
    """The store of the running app."""
    found: Store = current_app.extensions["media_store"]
    return found


def init_app(app: Flask, config: Config) -> None:
    """Choose the store: S3 when a bucket is named, else the disk. Raises BadSetting."""
    app.extensions["media_store"] = _s3(config) if config.s3_bucket else Disk(Path(app.root_path) / config.media_dir)


def _s3(config: Config) -> S3:
    try:
        # boto3 is an optional dependency (the extra `s3`), so only a setting that needs it loads it
        import boto3
        from botocore.config import Config as BotoConfig
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as missing:
        raise BadSetting("S3_BUCKET is set but boto3 is not installed: pip install 'qiaojiejie[s3]'") from missing
    settings = BotoConfig(connect_timeout=3, read_timeout=10, retries={"max_attempts": 2, "mode": "standard"})
    client = boto3.client("s3", endpoint_url=config.s3_endpoint or None, config=settings)
    return S3(client, config.s3_bucket, (BotoCoreError, ClientError))
