"""Parquet files in a folder; each city has its own. pyarrow is loaded by who writes or reads one, never by the web."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app

from qiaojiejie.archive.errors import CantWrite, NoParquet
from qiaojiejie.archive.rules import Row
from qiaojiejie.core import cities, disk
from qiaojiejie.core.config import Config

log = structlog.get_logger()

COLUMNS = ("of", "key", "row")
#: rows in memory, and in a group of the file
GROUP = 20_000


def init_app(app: Flask, config: Config) -> None:
    """Say where files lie."""
    app.extensions["archive_dir"] = Path(app.root_path) / config.archive_dir


def path(name: str) -> Path:
    """Where this city's file of a name lies."""
    folder: Path = current_app.extensions["archive_dir"]
    return folder / cities.mark() / name


def write(name: str, month: date, rows: Iterable[Row]) -> None:
    """Write a file, whole or not at all; one of the same name is replaced. On the disk before this ends.

    The caller sees to it that nobody else writes one of this name. Raises NoParquet, CantWrite.
    """
    target = path(name)
    part = target.with_name(f".{name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            _fill(file, month, rows)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
        disk.flush(target.parent)
    except OSError as failed:
        log.error("archive can't be written", error=failed.strerror)
        raise CantWrite(why=failed.strerror) from failed


def _fill(into: Any, month: date, rows: Iterable[Row]) -> None:
    arrow, parquet = _libraries()
    schema = arrow.schema([(name, arrow.string()) for name in COLUMNS], metadata={"month": f"{month:%Y-%m}"})
    with parquet.ParquetWriter(into, schema, compression="zstd") as writer:
        left = iter(rows)
        while group := list(islice(left, GROUP)):
            columns = [list(column) for column in zip(*group, strict=True)]
            writer.write_table(arrow.table(columns, schema=schema))


def read(name: str) -> Iterator[Row]:
    """The rows of a file in their order. Raises NoParquet."""
    _, parquet = _libraries()
    with parquet.ParquetFile(path(name)) as file:
        for group in file.iter_batches(GROUP):
            yield from zip(*(group.column(column).to_pylist() for column in COLUMNS), strict=True)


def sha256(name: str) -> str | None:
    """The hash of a file's bytes; None when it is not there."""
    try:
        with path(name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _libraries() -> tuple[Any, Any]:
    try:
        # pyarrow is an optional dependency (the extra `archive`), and heavy: only who needs it loads it
        import pyarrow
        import pyarrow.parquet
    except ImportError as missing:
        raise NoParquet() from missing
    return pyarrow, pyarrow.parquet
