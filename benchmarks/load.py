"""Who asks: clients on kept connections, each saying its next request once the last one is answered.

Reads are asked by wrk where it is on PATH, else by these clients too.
"""

import json
import random
import selectors
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any, Self

Answer = tuple[int, bytes]
#: yields requests, is sent the answers
Client = Generator[bytes, Answer, None]

WRK = shutil.which("wrk")
#: connections that ask at once, so that the server never waits for a client
LINES = 4

SCRIPT = """
local paths, n = {}, 0
for path in io.lines(%s) do paths[#paths + 1] = path end
request = function() n = n %% #paths + 1; return wrk.format("GET", paths[n]) end
done = function(summary, latency)
    io.write(string.format("measured %%d %%d %%d %%d", summary.requests, summary.duration, latency:percentile(99),
                           summary.errors.status + summary.errors.read + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Turn:
    """What came of asking for a while: answers a second, milliseconds within which 99 of 100 came, and which came."""

    rate: float
    p99: float
    statuses: Counter[int]


def joined(turns: Sequence[Turn]) -> Turn:
    """Turns equally long as one: answers a second in all, the middle of their p99."""
    return Turn(mean(turn.rate for turn in turns), median(turn.p99 for turn in turns),
                sum((turn.statuses for turn in turns), Counter[int]()))


class Line:
    """A kept connection to a server."""

    def __init__(self, port: int) -> None:
        self.head = b""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, request: bytes) -> Answer:
        """One request, answered."""
        self.socket.sendall(request)
        return self.answer()

    def answer(self) -> Answer:
        """The answer to what was asked."""
        text = b""
        while b"\r\n\r\n" not in text:
            part = self.socket.recv(1 << 18)
            if not part:
                raise ConnectionError("the server hung up")
            text += part
        self.head, _, body = text.partition(b"\r\n\r\n")
        _, _, told = self.head.lower().partition(b"content-length:")
        parts, missing = [body], int(told.split(b"\r\n")[0] or 0) - len(body)
        while missing > 0:
            parts.append(self.socket.recv(1 << 20))
            missing -= len(parts[-1])
        return int(self.head[9:12]), b"".join(parts)


def get(path: str, **headers: str) -> bytes:
    """A request that reads."""
    return _request("GET", path, headers)


def post(path: str, body: Any, **headers: str) -> bytes:
    """A request that changes something."""
    text = json.dumps(body)
    return _request("POST", path, {**headers, "Content-Type": "application/json", "Content-Length": str(len(text))}
                    ) + text.encode()


def _request(method: str, path: str, headers: dict[str, str]) -> bytes:
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{told}\r\n".encode()


def asking(requests: Sequence[bytes]) -> Client:
    """A client that asks these, over and over."""
    while True:
        for request in requests:
            yield request


def once(requests: Sequence[bytes]) -> Client:
    """A client that asks these and is done."""
    for request in requests:
        yield request


def run(port: int, clients: Sequence[Client], *, seconds: float = 3600.0, requests: int = 1 << 40) -> Turn:
    """All clients at once, for so long or until so many requests were made."""
    took, statuses, begun = list[float](), Counter[int](), time.perf_counter()
    with selectors.DefaultSelector() as waiting, ExitStack() as open_:
        for client in clients:
            line = open_.enter_context(Line(port))
            waiting.register(line.socket, selectors.EVENT_READ, [line, client, 0.0])
        asked = sum(_next(key.data, None) for key in list(waiting.get_map().values()))
        while waiting.get_map():
            for key, _ in waiting.select():
                line, _, since = key.data
                answer = line.answer()
                took.append(time.perf_counter() - since)
                statuses[answer[0]] += 1
                over = asked >= requests or time.perf_counter() - begun >= seconds
                if over or not _next(key.data, answer):
                    waiting.unregister(line.socket)
                asked += not over
    seconds = time.perf_counter() - begun
    return Turn(len(took) / seconds, sorted(took)[len(took) * 99 // 100] * 1000, statuses)


def _next(data: list[Any], answer: Answer | None) -> bool:
    """Let a client go on; False when it is done."""
    line, client, _ = data
    try:
        request = next(client) if answer is None else client.send(answer)
    except StopIteration:
        return False
    data[2] = time.perf_counter()
    line.socket.sendall(request)
    return True


def reads(port: int, paths: Sequence[str], seconds: float, **headers: str) -> Turn:
    """Ask these one after the other, beginning anywhere. Raises ValueError when one is answered neither 200 nor 304."""
    start = random.randrange(len(paths))
    turned = [*paths[start:], *paths[:start]]
    if WRK:
        return _wrk(port, turned, seconds, headers)
    asked = [get(path, **headers) for path in turned]
    turn = run(port, [asking(asked[n::LINES]) for n in range(min(LINES, len(asked)))], seconds=seconds)
    if not turn.statuses.keys() <= {200, 304}:
        raise ValueError(f"answered {dict(turn.statuses)}")
    return turn


def _wrk(port: int, paths: Sequence[str], seconds: float, headers: dict[str, str]) -> Turn:
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "script.lua")
        listed.write_text("\n".join(paths))
        script.write_text(SCRIPT % json.dumps(str(listed)))
        told = [part for name, value in headers.items() for part in ("-H", f"{name.replace('_', '-')}: {value}")]
        out = subprocess.run([str(WRK), "-t1", f"-c{LINES}", f"-d{max(1, round(seconds))}s", "-s", str(script), *told,
                              f"http://127.0.0.1:{port}"], check=True, capture_output=True, text=True).stdout
    requests, micros, p99, failed = (int(value) for value in out.rpartition("measured ")[2].split())
    if failed:
        raise ValueError(f"{failed} of {requests} requests failed")
    return Turn(requests / micros * 1e6, p99 / 1000, Counter())
