"""``GET /workers`` (service, district, free two hours, top 20 by credit) through the whole app, against a bare view.

Both are served by granian with one blocking thread, on the same data (rows of its own in a database of its own), asked
in turns by the same client. ``python benchmarks/search.py [workers] [seconds a turn]``.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import psycopg
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.calendars import rules
from qiaojiejie.core import clock, embedded
from qiaojiejie.core.config import Config

ROOT = Path(__file__).resolve().parents[1]
PORTS = {"app": 8971, "bare": 8972}
TURNS = 5

START = clock.midnight(clock.today() + timedelta(days=3)) + timedelta(hours=9)
END = START + timedelta(hours=2)
((DAY, MASK),) = rules.masks(START, END).items()
QUERY = urlencode({"service": "cleaning", "region": "321302", "free_from": START.isoformat(),
                   "free_until": END.isoformat()})
PATHS = {"app": f"/api/v1/workers?{QUERY}", "bare": "/workers"}

FILL = """
INSERT INTO account (id, phone, phone_index, created_at) VALUES (gen_random_uuid(), '', 'bench', now());
INSERT INTO firm (id, uscc, name, mode, state, legal_representative, phone, address, region_codes, outlets, description,
                  applied_by, applied_at)
SELECT gen_random_uuid(), '1', '测试家政', 'employs', 'on_platform', '', '', '', '{}', 1, '', id, now() FROM account;
INSERT INTO worker (id, firm_id, name, called, phone, phone_index, id_number, id_index, sex, birth_year, native_place,
                    district, cell, live_in, bio, note, identity_verified_on, health_until, insured_until, score, grade,
                    rating_sum, rating_count, completed_count, listed, card, search, created_at, updated_at)
SELECT gen_random_uuid(), firm.id, '', '王阿姨', '', '', '', int8send(n), 'female', 1980, '江苏', region.code,
       613266476345311231 + n % 500, false, '', '', DATE '2026-01-01', DATE '2099-01-01', DATE '2099-01-01',
       500 + (n * 7919) % 450, 'B', 0, 0, 0, true,
       jsonb_build_object('id', gen_random_uuid(), 'name', '王阿姨', 'photo_url', null, 'age_band', '45–49',
           'native_place', '江苏沭阳', 'years', 8,
           'district', jsonb_build_object('code', region.code, 'name', region.name),
           'firm', jsonb_build_object('id', firm.id, 'name', firm.name), 'grade', 'B', 'completed', 41,
           'live_in', false,
           'score', 500 + (n * 7919) % 450, 'rating', jsonb_build_object('average', '4.8', 'count', 37),
           'certificates', jsonb_build_array(jsonb_build_object('title', '家政服务员四级', 'level', 4, 'verified', true)),
           'price_from', jsonb_build_object('amount', 4000, 'currency', 'CNY', 'display', '¥40.00'),
           'services', jsonb_build_array(jsonb_build_object('code', 'cleaning', 'name', '日常保洁', 'unit', 'hour',
               'price', jsonb_build_object('amount', 4000, 'currency', 'CNY', 'display', '¥40.00')))),
       '', now(), now()
FROM firm, generate_series(1, %(workers)s) AS n
JOIN (SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS nth FROM region) AS region ON region.nth = n %% 5;
INSERT INTO worker_skill (worker_no, service_code, district, cell, score, grade_rank, price_fen, working_since, firm_id,
                          live_in, papers_until)
SELECT no, 'cleaning', district, cell, score, 2, 4000, 2018, firm_id, false, insured_until FROM worker;
INSERT INTO worker_day (worker_no, day, bits)
SELECT no, %(today)s + ahead, CASE WHEN (no + ahead) %% 2 = 0 THEN %(busy)s ELSE %(open)s END
FROM worker, generate_series(0, 13) AS ahead ORDER BY no, ahead;
"""


def fill(database_url: str, workers: int) -> None:
    """A migrated database with so many listed workers, half of them free at any one time."""
    app = create_app(Config.read({"QJJ_MODE": "test", "DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"}))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
    open_day = rules.hours_bits([(480, 1200)])
    with psycopg.connect(database_url, autocommit=True) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(FILL.replace("n % 500", "n %% 500").replace(") % 450", ") %% 450"), {
            "workers": workers, "today": clock.today(), "open": open_day, "busy": open_day | rules.mask(18, 26)})
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def served(name: str, target: str, env: dict[str, str]) -> Iterator[None]:
    """A granian of one process and one blocking thread."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--port", str(PORTS[name]),
         "--workers", "1", "--blocking-threads", "1", "--log-level", "warning", target],
        env={**os.environ, **env, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}:{ROOT / 'benchmarks'}"}, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def connect(name: str) -> socket.socket:
    """A connection to a server that is just starting."""
    for _ in range(150):
        try:
            return socket.create_connection(("127.0.0.1", PORTS[name]), timeout=20)
        except ConnectionError:
            time.sleep(0.1)
    raise ConnectionError(f"{name} did not start")


def ask(line: socket.socket, path: str) -> bytes:
    """One request on a kept connection; the body of a 200."""
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += line.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(f"{head.decode()}\n{body.decode()}")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    parts, missing = [body], length - len(body)
    while missing:
        parts.append(line.recv(min(missing, 1 << 20)))
        missing -= len(parts[-1])
    return b"".join(parts)


def turn(line: socket.socket, path: str, seconds: float) -> list[float]:
    """Ask for so long; the seconds each answer took."""
    took, end = [], time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        ask(line, path)
        took.append(time.perf_counter() - begin)
    return took


def shape_and_params() -> str:
    """What the bare view runs: the statement's shape, and the values the app would give it."""
    shape = {"sort": "credit", "later": False, "service": True, "region": True, "firm": False, "near": False,
             "words": False, "certificate": False, "days": 1}
    params = {"today": clock.today().isoformat(), "now": clock.now().isoformat(),
              "scan": 5000, "page": 20,
              "grade_rank": 0, "price_min": 0, "price_max": 2**53, "live_in": False, "service": "cleaning",
              "region": "321302",
              "day0": DAY.isoformat(), "mask0": MASK}
    return json.dumps({"shape": shape, "params": params})


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database of its own, dropped at the end."""
    url = embedded.start(ROOT / "instance" / "bench-postgres").get_uri()
    name = f"bench_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield url.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environment(database_url: str) -> dict[str, str]:
    """What the app is told of its surroundings."""
    return {"DATABASE_URL": database_url, "QJJ_MODE": "production",
            "LOG_LEVEL": "WARNING", "SMS_URL": "https://sms.invalid/", "QJJ_DATA_KEYS": "k:" + "A" * 43 + "=",
            "QJJ_LOG_KEY": "A" * 43 + "=", "QJJ_WITNESS_KEY": "B" * 42 + "A=", "QJJ_LOG_ORIGIN": "bench.invalid/log",
            **{secret: "b" * 32 for secret in ("QJJ_JWT_SECRET", "QJJ_INDEX_KEY", "STRIPE_API_KEY",
                                               "STRIPE_WEBHOOK_SECRET", "SMS_SECRET")}}


def main(workers: int = 3000, seconds: float = 1.0) -> None:
    """Fill, serve, measure, print."""
    with database() as database_url:
        fill(database_url, workers)
        measure(database_url, workers, seconds)


def measure(database_url: str, workers: int, seconds: float) -> None:
    """Ask both in turns and print requests a second, latencies and the ratio."""
    env = {**environment(database_url), "QJJ_BENCH": shape_and_params()}
    took: dict[str, list[float]] = {"app": [], "bare": []}
    with served("app", "wsgi:app", env), served("bare", "baseline:app", env):
        lines = {name: connect(name) for name in took}
        items = {name: json.loads(ask(lines[name], PATHS[name]))["items"] for name in took}
        if items["app"] != items["bare"] or len(items["app"]) != 20:
            raise ValueError("the two do not answer the same twenty workers")
        for name in took:
            turn(lines[name], PATHS[name], seconds)
        for _ in range(TURNS):
            for name in took:
                took[name] += turn(lines[name], PATHS[name], seconds)
    for name, times in took.items():
        print(f"{name:5} {len(times) / sum(times):7.0f} requests/s   median {median(times) * 1000:.2f} ms"
              f"   p99 {quantiles(times, n=100)[98] * 1000:.2f} ms")
    ratio = (sum(took["bare"]) / len(took["bare"])) / (sum(took["app"]) / len(took["app"]))
    print(f"GET /workers, {workers} workers: app / bare = {ratio:.2f}")


if __name__ == "__main__":
    main(*(kind(value) for kind, value in zip((int, float), sys.argv[1:], strict=False)))
