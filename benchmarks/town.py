"""What is in the databases: a firm with many workers, half of them free at any one time, and families who book them."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from urllib.parse import urlencode

import h3
import jwt
import psycopg

from benchmarks import ground
from benchmarks.ground import Maker
from qiaojiejie.calendars import rules
from qiaojiejie.core import clock
from qiaojiejie.core.config import Config
from qiaojiejie.core.secrets import KeyRing

SERVICES = ("cleaning", "deep_cleaning", "hourly_help", "cooking")
REGIONS = 5
#: days ahead that are kept, and those that are asked about
KEPT, ASKED = 14, range(1, 13)
VISIT = timedelta(hours=3)
#: where people are: within some kilometres of the middle of the city
CELLS = [h3.str_to_int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(33.9631, 118.2755, 8), 12)]

#: n counts workers: each offers two services next to each other, in one of the districts
FILL = """
SET session_replication_role = replica;
INSERT INTO account (id, phone, phone_index, created_at) VALUES (gen_random_uuid(), %(phone)s, 'bench', now());
INSERT INTO firm (id, uscc, name, mode, state, legal_representative, phone, address, region_codes, outlets, description,
                  applied_by, applied_at)
SELECT gen_random_uuid(), '1', '测试家政', 'employs', 'on_platform', %(name)s, '', '',
       ARRAY(SELECT code FROM region), 1, '', id, now() FROM account;
INSERT INTO worker (id, firm_id, name, called, phone, phone_index, id_number, id_index, sex, birth_year, native_place,
                    district, cell, working_since, live_in, bio, note, identity_verified_on, health_until,
                    insured_until, insured_class, background_until, score, grade, rating_sum, rating_count,
                    completed_count, listed, card, search, created_at, updated_at)
SELECT gen_random_uuid(), firm.id, %(name)s, '王阿姨', %(phone)s, '', %(id_number)s, int8send(n), 'female', 1980,
       '江苏', region.code, (%(cells)s::bigint[])[1 + n %% %(spots)s], 2018, false, '', '', DATE '2026-01-01',
       DATE '2099-01-01', DATE '2099-01-01', 4, DATE '2099-01-01', 500 + (n::bigint * 7919) %% 450, 'B', 0, 0, 0, true,
       jsonb_build_object('id', gen_random_uuid(), 'name', '王阿姨', 'photo_url', null, 'age_band', '45–49',
           'native_place', '江苏沭阳', 'years', 8,
           'district', jsonb_build_object('code', region.code, 'name', region.name),
           'firm', jsonb_build_object('id', firm.id, 'name', firm.name), 'grade', 'B', 'completed', 41,
           'live_in', false,
           'score', 500 + (n::bigint * 7919) %% 450, 'rating', jsonb_build_object('average', '4.8', 'count', 37),
           'certificates', jsonb_build_array(jsonb_build_object('title', '家政服务员四级', 'level', 4, 'verified', true)),
           'price_from', jsonb_build_object('amount', 4000, 'currency', 'CNY', 'display', '¥40.00'),
           'services', jsonb_build_array(jsonb_build_object('code', 'cleaning', 'name', '日常保洁', 'unit', 'hour',
               'price', jsonb_build_object('amount', 4000, 'currency', 'CNY', 'display', '¥40.00')))),
       '', now(), now()
FROM firm, generate_series(1, %(workers)s) AS n
JOIN (SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS nth FROM region) AS region
     ON region.nth = n %% %(regions)s;
CREATE TEMP TABLE offered AS
SELECT id, no, district, cell, score, firm_id, insured_until,
       (%(services)s::text[])[(1 + (no / %(regions)s + other) %% %(many)s)::int] AS service
FROM worker, generate_series(0, 1) AS other;
INSERT INTO worker_service (worker_id, service_code, price_fen) SELECT id, service, 4000 FROM offered;
INSERT INTO worker_skill (worker_no, service_code, district, cell, score, grade_rank, price_fen, working_since, firm_id,
                          live_in, papers_until)
SELECT no, service, district, cell, score, 2, 4000, 2018, firm_id, false, insured_until FROM offered;
DROP TABLE offered;
INSERT INTO weekly_hours (worker_no, weekday, starts, ends)
SELECT no, weekday, 480, 1200 FROM worker, generate_series(1, 7) AS weekday ORDER BY 1, 2;
INSERT INTO worker_day (worker_no, day, bits)
SELECT no, %(today)s + ahead, CASE WHEN hashint8(no * 31 + ahead) & 1 = 0 THEN %(busy)s ELSE %(open)s END
FROM worker, generate_series(0, %(kept)s - 1) AS ahead ORDER BY no, ahead;
SET session_replication_role = origin;
"""

FAMILIES = """
WITH who AS (INSERT INTO account (id, phone, phone_index, created_at)
             SELECT gen_random_uuid(), %(phone)s, uuid_send(gen_random_uuid()), now()
             FROM generate_series(1, %(many)s::int) RETURNING id),
     role AS (INSERT INTO membership (id, account_id, role, since)
              SELECT gen_random_uuid(), id, 'household', now() FROM who),
     seat AS (INSERT INTO session (id, account_id, device, created_at, used_at, expires_at)
              SELECT gen_random_uuid(), id, 'bench', now(), now(), now() + interval '1 day' FROM who
              RETURNING id, account_id),
     home AS (INSERT INTO household (id, account_id, created_at)
              SELECT gen_random_uuid(), id, now() FROM who RETURNING id, account_id),
     door AS (INSERT INTO address (id, household_id, label, region_code, cell, detail, place, contact_name,
                                   contact_phone, created_at)
              SELECT gen_random_uuid(), id, '家', (SELECT min(code) FROM region), %(cell)s, %(detail)s,
                     %(place)s, %(name)s, %(phone)s, now() FROM home RETURNING id, household_id)
SELECT home.id, door.id, who.id, seat.id FROM who JOIN seat ON seat.account_id = who.id
JOIN home ON home.account_id = who.id JOIN door ON door.household_id = home.id
"""

#: what the app quoted once, for other families, workers and times
QUOTES = """
INSERT INTO quote (id, household_id, worker_id, firm_id, service_code, address_id, during, lines, policy, total_fen,
                   answer_minutes, created_at, expires_at)
SELECT wanted.id, wanted.household, wanted.worker, first.firm_id, first.service_code, wanted.address,
       tstzrange(wanted.start, wanted.start + %(visit)s), first.lines, first.policy, first.total_fen,
       first.answer_minutes, now(), now() + interval '15 minutes'
FROM (SELECT * FROM quote WHERE id = %(first)s) AS first,
     unnest(%(ids)s::uuid[], %(households)s::uuid[], %(addresses)s::uuid[], %(workers)s::uuid[],
            %(starts)s::timestamptz[]) AS wanted(id, household, address, worker, start)
"""


@dataclass(frozen=True)
class Family:
    """A household signed in: its ids and its token."""

    household: str
    address: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Who asks."""
        return {"Authorization": f"Bearer {self.token}"}


def made(new_database: Maker, workers: int) -> str:
    """A database with so many listed workers."""
    url, day = new_database(), rules.hours_bits([(480, 1200)])
    execute(url, FILL, workers=workers, today=clock.today(), open=day, busy=day | rules.mask(18, 26), kept=KEPT,
            regions=REGIONS, services=list(SERVICES),
            many=len(SERVICES), cells=CELLS, spots=len(CELLS), **_sealed())
    execute(url, "VACUUM ANALYZE")
    return url


def _sealed() -> dict[str, bytes]:
    ring = KeyRing.from_config(Config.read(ground.settings("-")))
    plain = {"name": ("name", "王秀英"), "phone": ("phone", "13700009999"),
             "id_number": ("id_number", "32130219800506000X"), "detail": ("text", "幸福路 1 号"),
             "place": ("text", "118.2755,33.9631")}
    return {column: ring.seal(text, kind) for column, (kind, text) in plain.items()}


def execute(database_url: str, sql: str, **given: Any) -> None:
    """Run SQL by hand."""
    with psycopg.connect(database_url, autocommit=True) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(sql, given or None)


def rows(database_url: str, sql: str, **given: Any) -> list[Any]:
    """What a question answers."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        return connection.execute(sql, given or None).fetchall()


def families(database_url: str, many: int) -> list[Family]:
    """So many families settle, all signed in."""
    settled = rows(database_url, FAMILIES, many=many, cell=CELLS[0], **_sealed())
    return [Family(str(household), str(address), token(str(account), str(session)))
            for household, address, account, session in settled]


def token(account: str, session: str) -> str:
    """An access token as the app gives them out, good for longer."""
    now = int(time.time())
    return jwt.encode({"fresh": False, "iat": now, "nbf": now, "exp": now + 7200, "jti": session, "type": "access",
                       "sub": account, "sid": session, "aud": "qiaojiejie", "iss": "qiaojiejie"},
                      ground.SETTINGS["QJJ_JWT_SECRET"], algorithm="HS256")


def cleaners(database_url: str, many: int) -> list[str]:
    """Ids of workers who clean."""
    return [str(found) for (found,) in rows(database_url, """
        SELECT w.id FROM worker_skill s JOIN worker w ON w.no = s.worker_no WHERE s.service_code = 'cleaning'
        ORDER BY s.worker_no LIMIT %(many)s""", many=many)]


def tomorrow(hour: int, days: int = 1) -> datetime:
    """An hour of a day ahead in Suqian."""
    return clock.midnight(clock.today() + timedelta(days=days)) + timedelta(hours=hour)


def questions() -> list[tuple[str, str]]:
    """What families ask: who is free for two hours, for any service, district, day and half hour; each question as the
    app is asked it and as the bare view is, in no order. None is asked twice before all were: nothing is remembered."""
    regions = [f"3213{nn}" for nn in ("02", "11", "22", "23", "24")]
    found = list(_questions(regions))
    random.Random(1).shuffle(found)
    return found


def _questions(regions: list[str]) -> Iterator[tuple[str, str]]:
    for service, region, ahead, half in product(SERVICES, regions, ASKED, range(16, 37)):
        start = tomorrow(0, ahead) + timedelta(minutes=30 * half)
        ((day, mask),) = rules.masks(start, start + timedelta(hours=2)).items()
        sought = {"service": service, "region": region}
        yield ("/api/v1/workers?" + urlencode({**sought, "free_from": start.isoformat(), "free_until": (
            start + timedelta(hours=2)).isoformat()}), "/workers?" + urlencode({**sought, "day": day, "mask": mask}))
