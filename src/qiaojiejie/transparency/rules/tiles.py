"""Tiles: the tree as files of 256 hashes and the leaves in bundles of 256, as C2SP specifies them (tlog-tiles)."""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 256
HEIGHT = 8
MOST_LEVEL = 63
_PATH = re.compile(r"(entries|0|[1-9]\d?)/((?:x\d{3}/){0,4}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True)
class Tile:
    """One tile: of hashes at a level, or of the leaves themselves (level None); how many of its 256 it holds."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies, beneath ``tile/``."""
        groups = f"{self.index:d}"
        groups = groups.zfill(-(-len(groups) // 3) * 3)
        parts = [groups[at:at + 3] for at in range(0, len(groups), 3)]
        named = "/".join([*("x" + part for part in parts[:-1]), parts[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{'entries' if self.level is None else self.level}/{named}{partial}"

    @property
    def first(self) -> int:
        """The number, at its level, of its first hash."""
        return self.index * WIDTH

    def is_of(self, size: int) -> bool:
        """Whether a tree of ``size`` leaves has it."""
        return self.first + self.width <= size >> HEIGHT * (self.level or 0)


def parse_tile(path: str) -> Tile | None:
    """The tile that a path beneath ``tile/`` names; None when it names none (each has one name only)."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    kind, groups, width = found.groups()
    tile = Tile(None if kind == "entries" else int(kind), int(re.sub(r"\D", "", groups)), int(width or WIDTH))
    known = tile.width <= WIDTH and (tile.level or 0) <= MOST_LEVEL
    return tile if known and tile.path == path else None


def tiles_of(size: int, level: int | None) -> Iterable[Tile]:
    """Every tile that a tree of ``size`` has at a level, in order: full ones, and a partial one at the end."""
    total = size >> HEIGHT * (level or 0)
    for index in range(-(-total // WIDTH)):
        yield Tile(level, index, min(WIDTH, total - index * WIDTH))


def bundle(bodies: Iterable[bytes]) -> bytes:
    """Leaves as a bundle: each with its length before it."""
    return b"".join(struct.pack(">H", len(body)) + body for body in bodies)


def unbundle(content: bytes) -> list[bytes]:
    """The leaves of a bundle. Raises ValueError when it is cut short."""
    found, at = [], 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at:at + 2], "big")
        if end > len(content) or at + 2 > len(content):
            raise ValueError("this bundle is cut short")
        found.append(content[at + 2:end])
        at = end
    return found
