"""A log on one's own disk: ``ledger.jsonl`` and beside it its leaves and checkpoint, so that all can be checked again
without the platform. An export that broke off goes on where it ended."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from qiaojiejie.credit.audit.memory import Memory
from qiaojiejie.credit.audit.site import PAGE, UNREACHED, Site, Trouble, read_lines
from qiaojiejie.credit.audit.tree import Line, differences
from qiaojiejie.transparency import rules


class Copy:
    """An exported log on disk, read as a ``Site`` is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._leaves, self._note, self._resume = (
            path.with_name(path.name + end) for end in (".leaves", ".checkpoint", ".resume"))

    def lines(self) -> Iterator[Line]:
        """Its lines."""
        return read_lines(self.path)

    def checkpoint(self) -> str:
        """The signed note it was exported under. Raises Trouble."""
        try:
            return self._note.read_text(encoding="utf-8")
        except OSError as missing:
            raise Trouble(f"{self._note} is missing: give the address too, so that the leaves can be fetched",
                          UNREACHED) from missing

    def bodies(self, size: int) -> Iterator[bytes]:
        """Its leaves as they are hashed. Raises Trouble when there are fewer."""
        count = 0
        with self._leaves.open("rb") as file:
            for count, text in enumerate(islice(file, size), 1):
                yield text.rstrip(b"\n")
        if count < size:
            raise Trouble(f"{self._leaves} has {count} leaves, not {size}")

    def export(self, site: Site, memory: Memory, start: int, tell: Callable[[str], None]) -> int:
        """Fetch what is missing and write it, each line held against its leaf; how many lines there are now.

        ``start``: the first index of a new file. Raises Trouble.
        """
        text = site.checkpoint()
        checkpoint = memory.check(text)[1]
        have = self._mend(start)
        if have > checkpoint.size:
            raise Trouble(f"{self.path} has {have} lines, the log has {checkpoint.size}: see `verify`")
        if have:
            tell(f"going on at index {have}")
        with self.path.open("ab") as lines, self._leaves.open("ab") as leaves:
            for body, line in zip(_bodies(site, have, checkpoint.size), self._fetched(site, have, start), strict=False):
                wrong = differences(line, json.loads(body), body, have)
                if wrong:
                    raise Trouble(f"entry seq {line.get('seq')} (index {have}): {'; '.join(wrong)}")
                lines.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
                leaves.write(body + b"\n")
                have += 1
        if have < checkpoint.size:
            raise Trouble(f"the export ends at index {have}, the log has {checkpoint.size} leaves")
        self._note.write_text(text, encoding="utf-8")
        return have

    def _mend(self, start: int) -> int:
        """Cut what was half written off; the index the file goes on at."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._leaves.write_bytes(b"")
            self._resume.unlink(missing_ok=True)
            return start
        first = next(iter(read_lines(self.path)), {}).get("index", start)
        whole = min(_whole_lines(self.path), _whole_lines(self._leaves))
        for path in (self.path, self._leaves):
            _cut(path, whole)
        return int(first) + whole

    def _fetched(self, site: Site, have: int, start: int) -> Iterator[Line]:
        """Export lines from an index on, beginning with the page they stand on as far as that is known."""
        cursor = self._known_cursor(have)
        while True:
            page: Any = site.json("/log/openings", limit=PAGE, **({"cursor": cursor} if cursor else {}))
            items = page["items"]
            if items and cursor:
                self._resume.write_text(json.dumps({"cursor": cursor, "index": items[0]["index"]}), encoding="utf-8")
            yield from (line for line in items if line["index"] >= max(have, start))
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _known_cursor(self, have: int) -> str | None:
        try:
            known = json.loads(self._resume.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return str(known["cursor"]) if known["index"] <= have else None


def _bodies(site: Site, first: int, size: int) -> Iterator[bytes]:
    """Leaves from an index on, whole bundles before it left alone."""
    for tile in rules.tiles_of(size, None):
        if tile.first + tile.width > first:
            found = rules.unbundle(site.file(f"/log/tile/{tile.path}"))
            yield from found[max(0, first - tile.first):]


def _whole_lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(line.endswith(b"\n") for line in file)


def _cut(path: Path, lines: int) -> None:
    with path.open("r+b") as file:
        for _ in islice(iter(file.readline, b""), lines):
            continue
        file.truncate(file.tell())
