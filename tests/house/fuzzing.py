"""Requests of every kind for every operation of the description: likely ones, and ones spoilt in one place."""

import copy
import json
import math
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

METHODS = ("get", "post", "put", "patch", "delete")
DEEP = "[" * 100_000 + "]" * 100_000
TEXTS = ["", " ", "\x00", "a\x00b", "\ud800", "😀" * 50, "x" * 5_000, "12345678901234567890", "' OR 1=1 --", "%s{}{0}",
         "null", "\u202e\u200b", "-1", "NaN", "0001-01-01", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-23:59",
         "2026-12-01T09:00:00", "2026-02-30", "1e400", str(uuid4()), "00000000-0000-0000-0000-000000000000"]
NUMBERS = [-1, 0, 1, 2**31, 2**53, 2**53 + 1, 2**63, 10**20, 10**400, -10**20, 0.5, 1e308, math.nan, math.inf]
OTHERS = [None, True, False, [], {}, [None], [[[]]], {"id": 1}, {"\x00": 1}, {"\ud800": 1}, ["x"] * 1000]
ODD_HEADERS = [("X-Acting-As", value) for value in ("", "x", "household:", "broker:x", f"broker:{uuid4()}", "\xff")]
ODD_HEADERS += [("Idempotency-Key", value) for value in ("", "x" * 300, "\x01", "\xff", " ", "ok")]
ODD_HEADERS += [("Accept-Language", value) for value in ("", "xx;q=z", "zh;q=2", "*", "\xff" * 9, "," * 999, "en-US")]
ODD_HEADERS += [("X-Request-Id", value) for value in ("", "x", "\xff" * 70, "a" * 64)]
ODD_HEADERS += [("Authorization", value) for value in ("", "Bearer", "Bearer x", "Basic eA==", "Bearer a.b.c", "\xff")]
ODD_HEADERS += [("If-None-Match", value) for value in ("*", '"', "W/", "\xff")]
ODD_HEADERS += [("Range", "bytes=9-1"), ("Accept", "text/plain"), ("User-Agent", "\xff\x01" * 3000), ("If-Match", "x")]
RAW = [b"", b"{", b"\xff\xfe", b"null", b"1", b'"x"', b"[]", b"NaN", b'{"a":NaN}', b'{"a":1,"a":2}', DEEP.encode(),
       b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"1" * 5_000, b"\x00", b"\xef\xbb\xbf{}", b'{"\\ud800":1}']
TYPES = ["application/json", "text/plain", "", "application/json; charset=nope", "multipart/form-data",
         "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json; charset=utf-16",
         "\xff", "application/vnd.x+json"]
#: what follows ``?`` and is never quoted again
QUERIES = ["limit=0", "limit=101", "limit=abc", "limit=-1", "limit=" + "9" * 30, "limit=1&limit=2", "cursor=x",
           "cursor=" + "x" * 3000, "cursor=%00", "cursor=%ff", "cursor=WzgxMiwxN10.Kx3v", "nobody=1", "%00=1", "=&&=",
           "limit=%EF%BC%91", "cursor[]=1", "limit=1_0"]


@dataclass(frozen=True)
class Sent:
    """One request as Flask's client takes it."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: Any = None
    content_type: str | None = None

    def __str__(self) -> str:
        told = {name: value[:40] for name, value in self.headers.items()}
        return f"{self.path[:200]}?{self.query[:200]} {told} {self.content_type} {repr(self.data)[:300]}"


@dataclass(frozen=True)
class Operation:
    """One operation of the description, in reach of the ids of a town."""

    path: str
    method: str
    said: dict[str, Any]
    ids: Mapping[str, UUID | str]

    @property
    def roles(self) -> list[str]:
        """Who may."""
        return self.said.get("x-roles", [])

    def _value(self, name: str, example: Any) -> Any:
        if name == "ids":
            return [str(self.ids["notification_id"])]
        known = name in self.ids and (example is None or isinstance(example, str))
        return str(self.ids[name]) if known else example

    def body(self) -> Any:
        """The described example with this town's ids."""
        content = self.said.get("requestBody", {}).get("content", {})
        made = copy.deepcopy(content.get("application/json", {}).get("example"))
        if isinstance(made, dict):
            made = {name: self._value(name, value) for name, value in made.items()}
        return made

    def likely(self, headers: dict[str, str], body: Any = None) -> Sent:
        """A request that could be meant."""
        path = re.sub(r"\{(\w+)\}", lambda name: quote(str(self.ids.get(name[1], UUID(int=1)))), self.path)
        query = "&".join(f"{p['name']}={quote(str(p['schema']['examples'][0]))}" for p in self.said["parameters"]
                         if p["in"] == "query" and p.get("required"))
        if "multipart/form-data" in self.said.get("requestBody", {}).get("content", {}):
            kind = {"kind": "document"} if "media" in path else {}
            _, form = encode_multipart({"file": FileStorage(BytesIO(b"%PDF-1.4 %%EOF"), "a.pdf"), **kind}, "edge")
            return Sent(self.method, path, query, headers, form, "multipart/form-data; boundary=edge")
        body = self.body() if body is None else body
        if body is None:
            return Sent(self.method, path, query, headers)
        return Sent(self.method, path, query, headers, json.dumps(body), "application/json")

    def certain(self, headers: dict[str, str]) -> Iterator[Sent]:
        """What every operation is tried with: names and bodies that have broken something once."""
        sent = self.likely(headers)
        for odd in ("%00", "a%00b", "%ff", "9" * 20):
            yield replace(sent, path=re.sub(r"\{\w+\}", odd, self.path))
        for content in (DEEP.encode(), b'{"\\ud800":1}', b"1" * 5_000, b""):
            yield replace(sent, data=content, content_type="application/json")

    def spoilt(self, chance: random.Random, headers: dict[str, str]) -> Sent:
        """A request spoilt in one place, or in some."""
        sent = self.likely(headers)
        spoil = chance.choice([self._header, self._query, self._path, self._field, self._field, self._raw, self._typed])
        return spoil(chance, sent)

    def _header(self, chance: random.Random, sent: Sent) -> Sent:
        name, value = chance.choice(ODD_HEADERS)
        return replace(sent, headers={**sent.headers, name: value})

    def _query(self, chance: random.Random, sent: Sent) -> Sent:
        named = [p["name"] for p in self.said["parameters"] if p["in"] == "query"]
        odd = chance.choice(QUERIES)
        if named and chance.random() < 0.7:
            worth = chance.choice([*TEXTS, *map(str, NUMBERS[:9])])
            odd = f"{chance.choice(named)}={quote(worth, errors='surrogatepass')}"
        keep = sent.query if chance.random() < 0.5 else ""
        return replace(sent, query=f"{keep}&{odd}".strip("&"))

    def _path(self, chance: random.Random, sent: Sent) -> Sent:
        odd = chance.choice([*(text for text in TEXTS if text), "../..", "a/b", "%2e%2e"])
        path = re.sub(r"\{\w+\}", lambda _: quote(odd, safe="", errors="surrogatepass"), self.path)
        return replace(sent, path=path)

    def _field(self, chance: random.Random, sent: Sent) -> Sent:
        body = self.body()
        if body is None:
            return self._header(chance, sent)
        body = _spoil(chance, body)
        return replace(sent, data=json.dumps(body), content_type="application/json")

    def _raw(self, chance: random.Random, sent: Sent) -> Sent:
        return replace(sent, data=chance.choice(RAW), content_type="application/json")

    def _typed(self, chance: random.Random, sent: Sent) -> Sent:
        data = sent.data if sent.data else "a=b"
        return replace(sent, data=data, content_type=chance.choice(TYPES))


def _spoil(chance: random.Random, node: Any) -> Any:
    """One place of a JSON value changed, at any depth."""
    if isinstance(node, dict) and node and chance.random() < 0.9:
        name = chance.choice(list(node))
        kind = chance.random()
        if kind < 0.1:
            return {key: value for key, value in node.items() if key != name}
        if kind < 0.2:
            return {**node, chance.choice(TEXTS): chance.choice(OTHERS)}
        return {**node, name: _spoil(chance, node[name])}
    if isinstance(node, list) and node and chance.random() < 0.7:
        return [_spoil(chance, node[0]), *node[1:]] if chance.random() < 0.7 else node * chance.choice([2, 100])
    return chance.choice([chance.choice(TEXTS), chance.choice(NUMBERS), chance.choice(OTHERS)])


#: what the last part of a POST's path is done to, where any confirmed booking won't do
DONE_TO = {"payment": {"booking_id": "held_booking_id"}, "reviews": {"booking_id": "done_booking_id"},
           "check-outs": {"booking_id": "under_way_booking_id"}, "confirmations": {"booking_id": "served_booking_id"},
           "acceptances": {"booking_id": "asked_booking_id"}, "decisions": {"firm_id": "applied_firm_id"},
           "tokens": {"code": "one_time_code"}, "signatures": {"code": "one_time_code"}}


INSTEAD = sorted({other for instead in DONE_TO.values() for other in instead.values()})


def operations(document: dict[str, Any], ids: Mapping[str, UUID | str]) -> Iterator[Operation]:
    """Every operation described."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                instead = DONE_TO.get(path.rpartition("/")[2], {}) if method == "post" else {}
                yield Operation(path, method.upper(), item[method],
                                {**ids, **{name: ids[other] for name, other in instead.items()}})
