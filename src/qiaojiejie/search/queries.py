"""The list families read: fixed SQL texts, one for each set of filters present, every value a parameter.

PostgreSQL answers the page as JSON text, which is passed on as it is. A page is a walk along an index in sort order
(``candidate``), stopped after ``SCAN`` rows; what few of them pass (free, certificate) is asked row by row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from qiaojiejie.calendars import rules as calendars
from qiaojiejie.calendars.rules import city
from qiaojiejie.catalog import queries as catalog
from qiaojiejie.core import clock, paging
from qiaojiejie.core.db import read
from qiaojiejie.search import rules
from qiaojiejie.workers.errors import WorkerNotFound

COLOUR = """CASE WHEN w.identity_verified_on IS NULL THEN 'red'
                 WHEN w.health_until >= :today AND w.insured_until >= :today THEN 'green' ELSE 'yellow' END"""
#: two hours of hers, not before her notice
NEXT = f"""next_free(w.no, CAST(:now AS timestamptz) + interval '1 minute' * coalesce(
    (SELECT t.notice_minutes FROM worker_terms t WHERE t.worker_no = w.no), {calendars.USUAL.notice_minutes}), 4)"""
NEXT_FREE = f"""to_char({NEXT} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')"""

#: where the walk finds its columns: one row per worker and service, or one per worker
SKILL = {"table": "worker_skill s", "no": "s.worker_no", "score": "s.score", "price": "s.price_fen",
         "since": "s.working_since", "grade": "s.grade_rank >= :grade_rank", "listed": "s.service_code = :service",
         "papers": "s.papers_until",
         "words": "EXISTS (SELECT 1 FROM worker w WHERE w.no = s.worker_no AND w.search @@ CAST(:words AS tsquery))"}
WORKER = {"table": "worker s", "no": "s.no", "score": "s.score",
          "price": "CAST(s.card -> 'price_from' ->> 'amount' AS bigint)", "since": "coalesce(s.working_since, 9999)",
          "grade": "s.grade = ANY(CAST(:grades AS text[]))", "listed": "s.listed", "papers": "CAST('infinity' AS date)",
          "words": "s.search @@ CAST(:words AS tsquery)"}

FREE = """EXISTS (SELECT 1 FROM worker_day d WHERE d.worker_no = candidate.no AND d.day = :day{n}
                  AND d.bits & CAST(:mask{n} AS bigint) = 0 AND candidate.papers_until >= :day{n} OFFSET 0)"""
CERTIFICATE = """EXISTS (SELECT 1 FROM worker w, jsonb_array_elements(w.certificates) c WHERE w.no = candidate.no
                         AND CAST(c ->> 'verified' AS boolean) AND position(:certificate IN c ->> 'title') > 0
                         AND coalesce(CAST(c ->> 'valid_until' AS date), :today) >= :today OFFSET 0)"""

PAGE = """
WITH candidate AS NOT MATERIALIZED (
    SELECT {key} AS key, {no} AS no, {metres} AS metres, {papers} AS papers_until FROM {table} {near}
    WHERE {conditions}
    ORDER BY {key} {way}, {no} {way} LIMIT {scan}),
page AS MATERIALIZED (SELECT * FROM candidate WHERE {tests} ORDER BY key {way}, no {way} LIMIT {page} + 1),
shown AS (SELECT * FROM page ORDER BY key {way}, no {way} LIMIT {page})
SELECT (SELECT string_agg((
            SELECT (w.card || jsonb_build_object('safety_colour', {colour}, 'next_free_at', {next_free},
                                                 'distance_m', shown.metres))::text
            FROM worker w WHERE w.no = shown.no), ',' ORDER BY shown.key {way}, shown.no {way}) FROM shown) AS items,
       (SELECT count(*) FROM page) > {page} AS more,
       (SELECT ARRAY[key, no] FROM shown ORDER BY key {back}, no {back} LIMIT 1) AS last_shown,
       CASE WHEN (SELECT count(*) FROM page) <= {page} THEN {stopped} END AS stopped_at
"""
#: the last candidate looked at, when the scan stopped before the end: the next page goes on from there
STOPPED = """(SELECT ARRAY[key, no] FROM (SELECT key, no, count(*) OVER () AS visited FROM candidate) c
              WHERE visited = {scan} ORDER BY key {back}, no {back} LIMIT 1)"""

#: everybody a filter finds, or a page of them in credit order, numbered; and the bits kept of each day, packed as
#: ``calendars.rules.city`` takes them: a row a worker and day would cost more to hand over than to look up
CALENDARS = """
WITH candidate AS NOT MATERIALIZED (
    SELECT {key} AS key, {no} AS no, {papers} AS papers_until FROM {table} {near} WHERE {conditions}),
page AS MATERIALIZED (SELECT * FROM candidate WHERE {tests} ORDER BY key DESC, no DESC {limit}),
numbered AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY key DESC, no DESC) - 1 AS nth FROM page),
packed AS MATERIALIZED (
    SELECT d.day - CAST(:first AS date) AS ahead, {block} AS block,
           string_agg(int8send((nth & 32767) << 48 | d.bits), ''::bytea) AS kept
    FROM numbered JOIN worker_day d ON d.worker_no = numbered.no AND d.day BETWEEN :first
                        AND least(CAST(:last AS date), papers_until)
    GROUP BY 1, 2)
SELECT (SELECT count(*) FROM numbered) AS workers, {heads} AS heads,
       (SELECT ARRAY[key, no] FROM numbered WHERE nth = :page - 1) AS last_shown,
       ARRAY(SELECT ahead FROM packed ORDER BY ahead, block) AS ahead,
       ARRAY(SELECT block FROM packed ORDER BY ahead, block) AS blocks,
       ARRAY(SELECT kept FROM packed ORDER BY ahead, block) AS kept,
       ARRAY(SELECT ARRAY[nth, t.notice_minutes] FROM numbered JOIN worker_terms t ON t.worker_no = numbered.no
             WHERE t.notice_minutes <> :usual_notice) AS notices
"""
#: how each worker's answer begins
HEADS = """ARRAY(
    SELECT concat('{"worker_id":"', w.id, '","name":', to_json(w.called), ',"grade":"', w.grade, '","score":',
                  numbered.key, ',"days":[') FROM numbered JOIN worker w ON w.no = numbered.no ORDER BY nth)"""

DETAIL = f"""
SELECT (w.card || jsonb_build_object(
    'safety_colour', {COLOUR}, 'next_free_at', {NEXT_FREE}, 'bio', w.bio,
    'verified', jsonb_build_object('identity_on', w.identity_verified_on, 'health_until', w.health_until,
                                   'insured_until', w.insured_until, 'insured_class', w.insured_class,
                                   'background_until', w.background_until),
    'hours', (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'weekday', h.weekday, 'starts', to_char(h.starts / 60, 'FM00') || ':' || to_char(h.starts % 60, 'FM00'),
        'ends', to_char(h.ends / 60, 'FM00') || ':' || to_char(h.ends % 60, 'FM00'))
        ORDER BY h.weekday, h.starts), '[]')
        FROM weekly_hours h WHERE h.worker_no = w.no)))::text AS body,
    w.identity_verified_on, w.health_until, w.insured_until, w.insured_class, w.background_until, w.certificates,
    ARRAY(SELECT s.service_code FROM worker_skill s WHERE s.worker_no = w.no AND s.papers_until < :today) AS lacking
FROM worker w WHERE w.id = :id AND w.listed
"""

CARDS = f"""
SELECT w.id, w.called, w.barred OR coalesce(f.barred, false) AS barred, w.firm_id IS NOT NULL AS employed,
       CASE WHEN w.listed THEN w.card END AS card, {COLOUR} AS colour,
       CASE WHEN w.listed THEN {NEXT} END AS next_free
FROM worker w LEFT JOIN firm f ON f.id = w.firm_id WHERE w.id = ANY(CAST(:ids AS uuid[]))
"""


@dataclass(frozen=True)
class Card:
    """Who a worker is to families today; ``card`` (``WorkerFoundOut``) is None for one they can't find."""

    id: UUID
    called: str
    barred: bool
    employed: bool
    card: dict[str, Any] | None


@dataclass(frozen=True)
class Shape:
    """What a statement's text depends on: which filters are there, not their values, and the rows wanted, for how many
    are looked at is most of what a plan costs."""

    sort: str
    later: bool
    service: bool
    region: bool
    firm: bool
    near: bool
    words: bool
    certificate: bool
    price: bool = False
    grade: bool = False
    live_in: bool = False
    days: int = 0
    limit: int = paging.LIMIT


@lru_cache(maxsize=1024)
def statement(shape: Shape) -> str:
    """The SQL text of a page. Who is to be free must be allowed to do the work on the last of the days, too."""
    source, way, back = _source(shape), *(("DESC", "ASC") if rules.SORTS[shape.sort][1] else ("ASC", "DESC"))
    tests = [FREE.format(n=n) for n in range(shape.days)] + ([CERTIFICATE] if shape.certificate else [])
    return PAGE.format(**source, way=way, back=back, tests=" AND ".join(tests) or "true", colour=COLOUR,
                       next_free=NEXT_FREE, stopped=STOPPED.format(back=back, scan=rules.SCAN) if tests else "NULL",
                       scan=rules.SCAN, page=shape.limit)


@lru_cache(maxsize=1024)
def calendar_statement(shape: Shape, paged: bool) -> str:
    """The SQL text of the calendars of a page of workers, or of all."""
    return CALENDARS.format(**_source(shape), tests=CERTIFICATE if shape.certificate else "true",
                            limit="LIMIT :page + 1" if paged else "", heads=HEADS if paged else "NULL",
                            block="CAST(0 AS bigint)" if paged else "nth >> 15")


def _source(shape: Shape) -> dict[str, str]:
    """Where candidates are found: the parts of a statement that follow from the filters present."""
    source = SKILL if shape.service else WORKER
    column, descending = rules.SORTS[shape.sort]
    key = "place.metres" if column == "metres" else source[column]
    conditions = [source["listed"]]  # and no more than is asked: a condition that is always true misleads the planner
    for wanted, condition in (
            (shape.grade, source["grade"]), (shape.live_in, "s.live_in"),
            (shape.price, f"{source['price']} BETWEEN :price_min AND :price_max"),
            (shape.region, "s.district = :region"), (shape.firm, "s.firm_id = CAST(:firm AS uuid)"),
            (shape.words, source["words"]),
            (shape.later, f"({key}, {source['no']}) {'<' if descending else '>'} (:after_key, :after_no)")):
        conditions += [condition] if wanted else []
    near = ("JOIN unnest(CAST(:cells AS bigint[]), CAST(:metres AS bigint[])) AS place(cell, metres)"
            " ON place.cell = s.cell") if shape.near else ""
    return {"key": key, "no": source["no"], "papers": source["papers"], "table": source["table"],
            "conditions": " AND ".join(conditions), "near": near,
            "metres": "place.metres" if shape.near else "CAST(NULL AS bigint)"}


_PRICE = ("price_min", "price_max")


def _shape(given: Mapping[str, Any], sort: str, later: bool, days: int = 0) -> Shape:
    return Shape(sort=sort, later=later, days=days, near="lng" in given, price=not given.keys().isdisjoint(_PRICE),
                 grade="grade_min" in given, live_in=bool(given.get("live_in")), **{
        name: name in given for name in ("service", "region", "firm", "words", "certificate")})


def page(asked: Mapping[str, Any]) -> str:
    """One page of listed workers as JSON text (``WorkerFoundPageOut``).

    ``asked``: as ``WorkerFilter`` loads it. Raises BadCursor, UnknownService, UnknownRegion.
    """
    given = {name: value for name, value in asked.items() if name not in ("cursor", "limit")}
    scope = paging.scope_of("workers", given)
    after = paging.decode(scope, asked.get("cursor"))
    closed = calendars.masks(given["free_from"], given["free_until"]) if "free_from" in given else {}
    shape = replace(_shape(given, given["sort"], after is not None, len(closed)), limit=asked["limit"])
    found = read(statement(shape), _parameters(asked, after, closed))[0]
    if found.items is None and after is None:
        _require_known(given)
    following = found.last_shown if found.more else found.stopped_at
    cursor = "null" if following is None else f'"{paging.encode(scope, following)}"'
    scanned_all = "true" if found.stopped_at is None else "false"
    return f'{{"items": [{found.items or ""}], "next_cursor": {cursor}, "scanned_all": {scanned_all}}}'


def calendars_of(asked: Mapping[str, Any]) -> bytes:
    """When visits can begin with each of a page of listed workers, as JSON text (``WorkerCalendarPageOut``).

    ``asked``: as ``CalendarFilter`` loads it. Raises BadCursor, UnknownService, UnknownRegion.
    """
    given = {name: value for name, value in asked.items() if name not in ("cursor", "limit")}
    scope = paging.scope_of("availability", given)
    after = paging.decode(scope, asked.get("cursor"))
    found, view = _calendars(asked, after, paged=True)
    if not found.workers and after is None:
        _require_known(given)
    cursor = paging.encode(scope, found.last_shown) if found.workers > asked["limit"] else None
    starts = _starts(found, view)
    items = rules.calendar_texts(found.heads, view.days, starts)[:asked["limit"]]
    return b'{"items": [%b], "next_cursor": %b}' % (b",".join(items), json.dumps(cursor).encode())


def calendar_days(asked: Mapping[str, Any]) -> dict[str, Any]:
    """With how many of all listed workers a filter finds a visit can begin on each day (``CalendarDaysOut``).

    ``asked``: as ``CalendarDaysFilter`` loads it. Raises UnknownService, UnknownRegion.
    """
    found, view = _calendars(asked, None, paged=False)
    if not found.workers:
        _require_known(asked)
    counts = dict(zip(view.days, rules.free_by_day(_starts(found, view), len(view.days)), strict=True))
    days = (asked["from_day"] + timedelta(days=n) for n in range((asked["until"] - asked["from_day"]).days + 1))
    return {"days": [{"day": day, "workers": counts.get(day, 0)} for day in days], "workers": found.workers}


def _calendars(asked: Mapping[str, Any], after: list[Any] | None, paged: bool) -> tuple[Any, city.View]:
    view = city.view(asked["from_day"], asked["until"], asked["minutes"], clock.now(), clock.today())
    params = {**_parameters(asked, after, {}), "first": view.first, "last": view.last,
              "usual_notice": calendars.USUAL.notice_minutes}
    return read(calendar_statement(_shape(asked, "credit", after is not None), paged), params)[0], view


def _starts(found: Any, view: city.View) -> bytes:
    return view.starts(found.workers, zip(found.ahead, found.blocks, found.kept, strict=True), dict(found.notices))


def _parameters(asked: Mapping[str, Any], after: list[Any] | None, closed: Mapping[date, int]) -> dict[str, Any]:
    grades = rules.at_least(asked.get("grade_min"))
    params: dict[str, Any] = {
        "today": clock.today(), "now": clock.now(),
        "page": asked.get("limit"), "grades": grades,
        "grade_rank": len(rules.at_least(None)) - len(grades), "price_min": asked.get("price_min", 0),
        "price_max": asked.get("price_max", 2**53)}
    for name in ("service", "region", "firm", "certificate"):
        params[name] = asked.get(name)
    if "words" in asked:
        params["words"] = rules.tsquery(asked["words"], catalog.names_by_alias())
    if "lng" in asked:
        params["cells"], params["metres"] = rules.near(asked["lng"], asked["lat"], asked["radius"])
    if after is not None:
        params["after_key"], params["after_no"] = after
    for n, (day, mask) in enumerate(closed.items()):
        params[f"day{n}"], params[f"mask{n}"] = day, mask
    return params


def _require_known(given: Mapping[str, Any]) -> None:
    """An empty answer may come from a code nobody knows: say so. Raises UnknownService, UnknownRegion."""
    if "service" in given:
        catalog.service(given["service"])
    if "region" in given:
        catalog.region(given["region"])


def cards(worker_ids: Sequence[UUID]) -> list[Card]:
    """Workers by their ids, on the list or not, in no order."""
    rows = read(CARDS, {"ids": list(worker_ids), "today": clock.today(), "now": clock.now()})
    return [Card(row.id, row.called, row.barred, row.employed, row.card and {
        **row.card, "safety_colour": row.colour, "next_free_at": row.next_free, "distance_m": None}) for row in rows]


def detail(worker_id: UUID) -> str:
    """A listed worker as JSON text (``WorkerDetailOut``). Raises WorkerNotFound."""
    today = clock.today()
    rows = read(DETAIL, {"id": worker_id, "today": today, "now": clock.now()})
    if not rows:
        raise WorkerNotFound()
    found = rows[0]
    safety = rules.safety(identity_verified_on=found.identity_verified_on, health_until=found.health_until,
                          insured_until=found.insured_until, on=today)
    lacking = [service for service in catalog.services() if service.code in found.lacking] if found.lacking else []
    obstacles = json.dumps(rules.obstacles(found, lacking, today)) if lacking else "[]"
    return f'{found.body[:-1]}, "safety": {json.dumps(safety)}, "obstacles": {obstacles}}}'
