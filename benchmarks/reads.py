"""``GET /workers`` and ``GET /workers/{id}`` through the whole app, against bare views of the same SQL, in turns."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from benchmarks import town
from benchmarks.ground import Maker, Measured, Server, served
from benchmarks.load import Line, Turn, get, joined, reads

APP, BARE = "wsgi:app", "benchmarks.baseline:app"
#: turns of each in a round
PARTS = 4


def measure(database_url: str, *, rounds: int, seconds: float) -> Measured:
    """Each kind of read and its bare counterpart, one after the other in each round."""
    (family,) = town.families(database_url, 1)
    asked, told = (list(each) for each in zip(*town.questions(), strict=True))
    hers = town.cleaners(database_url, 1000)
    one = [f"/api/v1/workers/{each}" for each in hers]
    with served(APP, database_url) as app, served(BARE, database_url) as bare:
        _agree(app, bare, list(zip(asked, told, strict=True))[:20])
        tag = _tag(app, one[0])
        turns: Mapping[str, tuple[Server, Sequence[str], Mapping[str, str]]] = {
            "search": (app, asked, {}),
            "search, bare": (bare, told, {}),
            "signed in": (app, asked, family.headers),
            "signed in, bare": (bare, [f"/signed{path}" for path in told], family.headers),
            "one": (app, one, {}),
            "one, bare": (bare, [f"/workers/{each}" for each in hers], {}),
            "one, the same": (app, one[:1], {}),
            "one, unchanged": (app, one[:1], {"If_None_Match": tag}),
        }
        seen = _rounds(turns, rounds, seconds)
    rates = {name: [turn.rate for turn in turns] for name, turns in seen.items()}
    return {
        "search": _ratios(rates["search"], rates["search, bare"]),
        "signed in": _ratios(rates["signed in"], rates["signed in, bare"]),
        "one": _ratios(rates["one"], rates["one, bare"]),
        "unchanged": _ratios(rates["one, unchanged"], rates["one, the same"]),
        **{f"requests/s: {name}": each for name, each in rates.items()},
        "p99 in ms: search": [turn.p99 for turn in seen["search"]],
    }


def flatness(new_database: Maker, sizes: Sequence[int], *, rounds: int, seconds: float) -> Measured:
    """The search with few workers and with many, in turns: its rate and its p99 at the most against the fewest."""
    asked = [path for path, _ in town.questions()]
    with ExitStack() as open_:
        turns = {str(size): (open_.enter_context(served(APP, town.made(new_database, size))), asked, dict[str, str]())
                 for size in sizes}
        seen = _rounds(turns, rounds, seconds)
    few, many = seen[str(sizes[0])], seen[str(sizes[-1])]
    return {
        "flat rate": _ratios([turn.rate for turn in many], [turn.rate for turn in few]),
        "flat p99": _ratios([turn.p99 for turn in many], [turn.p99 for turn in few]),
        **{f"requests/s: search, {size} workers": [turn.rate for turn in turns] for size, turns in seen.items()},
        **{f"p99 in ms: search, {size} workers": [turn.p99 for turn in turns] for size, turns in seen.items()},
    }


def _rounds(turns: Mapping[str, tuple[Server, Sequence[str], Mapping[str, str]]], rounds: int,
            seconds: float) -> dict[str, list[Turn]]:
    """All in each round, after one that only warms up, in short turns: what else the machine does meets all alike."""
    seen: dict[str, list[Turn]] = {name: [] for name in turns}
    for number in range(rounds + 1):
        parts: dict[str, list[Turn]] = {name: [] for name in turns}
        for _ in range(PARTS):
            for name, (server, paths, headers) in turns.items():
                parts[name].append(reads(server.port, paths, seconds / PARTS, **headers))
        for name, each in parts.items():
            seen[name] += [joined(each)] if number else []
    return seen


def _ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def _agree(app: Server, bare: Server, questions: Sequence[tuple[str, str]]) -> None:
    """Raises ValueError unless both answer the same workers."""
    with Line(app.port) as ours, Line(bare.port) as theirs:
        for asked, told in questions:
            items = [json.loads(line.ask(get(path))[1])["items"] for line, path in ((ours, asked), (theirs, told))]
            if items[0] != items[1]:
                raise ValueError(f"the two do not answer the same: {asked}")


def _tag(app: Server, path: str) -> str:
    """The ETag of an answer."""
    with Line(app.port) as line:
        line.ask(get(path))
    return line.head.lower().partition(b"etag: ")[2].split(b"\r\n")[0].decode()
