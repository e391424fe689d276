"""Memory of a web process at rest, and after many requests of all kinds."""

import json
import random
from collections import Counter
from urllib.parse import urlencode

from benchmarks import town
from benchmarks.ground import Measured, served
from benchmarks.load import LINES, Client, Line, get, post, run
from benchmarks.town import Family


def measure(database_url: str, *, some: int, many: int) -> Measured:
    """MB at rest (after its first request), after some requests and after many."""
    families = town.families(database_url, LINES)
    hers, asked = town.cleaners(database_url, 500), [path for path, _ in town.questions()]
    with served("wsgi:app", database_url) as app:
        with Line(app.port) as line:
            line.ask(get(asked[0]))
        found, statuses = [app.resident], Counter[int]()
        for requests in (some, many - some):
            turn = run(app.port, [mixed(family, hers, asked, n) for n, family in enumerate(families)],
                       requests=requests)
            statuses += turn.statuses
            found.append(app.resident)
    if not statuses.keys() <= {200, 201, 304, 409}:
        raise ValueError(f"answered {dict(statuses)}")
    at_rest, after_some, after_many = found
    return {"memory": [at_rest], "growth": [after_many / after_some], "MB after some requests": [after_some],
            "MB after many requests": [after_many], "requests/s: mixed": [turn.rate]}


def mixed(family: Family, hers: list[str], asked: list[str], seed: int) -> Client:
    """A family that looks around, looks at workers, prices a visit, holds it and changes its mind; over and over."""
    chance = random.Random(seed)
    week = urlencode({"from": town.tomorrow(0).isoformat(), "until": town.tomorrow(0, 8).isoformat(), "minutes": 180})
    while True:
        for _ in range(8):
            yield get(chance.choice(asked))
        yield get("/api/v1/services")
        yield get("/api/v1/workers?words=%E4%BF%9D%E6%B4%81")
        worker = chance.choice(hers)
        for path in ("", f"/availability?{week}", "/reviews"):
            yield get(f"/api/v1/workers/{worker}{path}")
        yield get("/api/v1/bookings", **family.headers)
        start = town.tomorrow(chance.randrange(9, 16), chance.choice(town.ASKED))
        status, body = yield post("/api/v1/quotes", {
            "worker_id": worker, "service_code": "cleaning", "address_id": family.address, "minutes": 180,
            "start": start.isoformat()}, **family.headers)
        if status == 201:
            status, body = yield post("/api/v1/bookings", {"quote_id": json.loads(body)["id"]}, **family.headers)
        if status == 201:
            yield post(f"/api/v1/bookings/{json.loads(body)['id']}/cancellations", {"expected_refund": 0},
                       **family.headers)
