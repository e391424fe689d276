"""What is fetched from a public address. Nothing of it is believed before it is checked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from qiaojiejie.transparency import rules

WRONG, USAGE, FORKED, UNREACHED = 1, 2, 3, 4
PAGE = 2000


class Trouble(Exception):
    """The command can't go on: in words for whoever called it, and the code it ends with."""

    def __init__(self, message: str, code: int = WRONG) -> None:
        super().__init__(message)
        self.code = code


class Site:
    """A platform, by its public address."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._session = requests.Session()

    def _ask(self, method: str, path: str, **how: Any) -> requests.Response:
        try:
            answer = self._session.request(method, self.address + path, timeout=60, **how)
        except requests.RequestException as lost:
            raise Trouble(f"{self.address} can't be reached: {type(lost).__name__} 无法连接", UNREACHED) from lost
        if answer.status_code >= 400:
            raise Trouble(f"{self.address}{path} answered {answer.status_code}: {_said(answer)}", UNREACHED)
        return answer

    def file(self, path: str) -> bytes:
        """A file."""
        return self._ask("GET", path).content

    def json(self, path: str, **params: Any) -> Any:
        """An answer of the API."""
        return _read(self._ask("GET", "/api/v1" + path, params=params), path)

    def post(self, path: str, body: Any) -> Any:
        """Hand something in."""
        return _read(self._ask("POST", "/api/v1" + path, json=body), path)

    def items(self, path: str, **params: Any) -> Iterator[Any]:
        """Every item of a list, page by page."""
        cursor = None
        while True:
            page = self.json(path, **params, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def lines(self) -> Iterator[dict[str, Any]]:
        """The whole log as export lines."""
        return self.items("/log/openings", limit=PAGE)

    def checkpoint(self) -> str:
        """The newest signed note."""
        return self.file("/log/checkpoint").decode(errors="replace")

    def bodies(self, size: int) -> Iterator[bytes]:
        """The first ``size`` leaves, as they are hashed, from bundles. Raises Trouble when one is cut short."""
        for tile in rules.tiles_of(size, None):
            try:
                found = rules.unbundle(self.file(f"/log/tile/{tile.path}"))
            except ValueError as broken:
                raise Trouble(f"bundle {tile.path}: {broken}") from broken
            if len(found) != tile.width:
                raise Trouble(f"bundle {tile.path} holds {len(found)} leaves, not {tile.width}")
            yield from found

    def hash(self, node: rules.Node, size: int) -> bytes:
        """The hash of a complete subtree of a log of ``size`` leaves, folded from the tile that holds it."""
        level, height = divmod(node[0], rules.HEIGHT)
        first = node[1] << height
        index = first // rules.WIDTH
        width = min(rules.WIDTH, (size >> rules.HEIGHT * level) - index * rules.WIDTH)
        tile = rules.Tile(level, index, width)
        content = self.file(f"/log/tile/{tile.path}")
        at = first - index * rules.WIDTH
        row = [content[32 * each:32 * each + 32] for each in range(at, at + (1 << height))]
        if len(content) != 32 * width:
            raise Trouble(f"tile {tile.path} holds {len(content) // 32} hashes, not {width}")
        while len(row) > 1:
            row = [rules.node_hash(row[each], row[each + 1]) for each in range(0, len(row), 2)]
        return row[0]

    def folded(self, path: list[list[rules.Node]], size: int) -> list[bytes]:
        """A proof whose hashes are folded from these subtrees."""
        return [rules.fold([self.hash(node, size) for node in part]) for part in path]


def _said(answer: requests.Response) -> str:
    try:
        return str(answer.json().get("title", ""))[:300]
    except (ValueError, AttributeError):
        return answer.reason


def _read(answer: requests.Response, path: str) -> Any:
    try:
        return answer.json()
    except ValueError as broken:
        raise Trouble(f"{path} is not JSON", UNREACHED) from broken


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of an exported ledger. Raises Trouble naming the line that is none."""
    number = 0
    try:
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                line = json.loads(text)
                if not isinstance(line, dict):
                    raise ValueError("not an object")
                yield line
    except OSError as missing:
        raise Trouble(f"{path} can't be read: {missing.strerror}", UNREACHED) from missing
    except ValueError as broken:
        raise Trouble(f"{path} line {number}: not a line of an exported ledger ({broken})") from broken
