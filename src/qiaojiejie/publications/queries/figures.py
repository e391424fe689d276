"""Count a period out of the ledger, set by set. What is recorded from ``known_until`` on does not count."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.audit import facts as audits
from qiaojiejie.booking import facts as booking
from qiaojiejie.casework import facts as casework
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.credit import facts as credit
from qiaojiejie.firms.models import Firm
from qiaojiejie.lists import facts as lists
from qiaojiejie.petitions import facts as petitions
from qiaojiejie.publications import rules
from qiaojiejie.reviews import facts as reviews
from qiaojiejie.standings import facts as standings
from qiaojiejie.transparency.queries import opaque
from qiaojiejie.workers import facts as workers

#: counted by what they say
COUNTED = (*booking.PAID, booking.LAPSED, booking.COMPLETED, booking.CANCELLED, booking.DECLINED, booking.WORKER_ABSENT,
           booking.HOUSEHOLD_ABSENT, reviews.PUBLISHED, casework.OPENED, casework.ANSWERED, casework.SUBSTANTIATED,
           casework.DISMISSED, casework.REOPENED, petitions.OPENED, petitions.DECIDED, petitions.WITHDRAWN,
           lists.ENTERED, lists.LEFT)
#: by which a booking is given up: fee and refund are what was paid for it, and where nothing was it is no order
GIVEN_UP = (booking.CANCELLED, booking.DECLINED)
FACTS = {
    "completed": booking.COMPLETED, "absent": booking.WORKER_ABSENT, "confirmed": booking.CONFIRMED,
    "asked": booking.ASKED, "published": standings.PUBLISHED, "rated": reviews.PUBLISHED,
    "upheld": casework.SUBSTANTIATED, "dismissed": casework.DISMISSED, "reopened": casework.REOPENED,
    "voided": credit.VOIDED, "decided": petitions.DECIDED, "entered": lists.ENTERED, "left_list": lists.LEFT,
    "reported": audits.REPORTED, "joined": workers.JOINED, "left": workers.LEFT}
PETITIONS = ("appeal", "repair", "objection")
LISTS = ("honour", "block", "sanction")
CAUSES = ("worker_absent", "complaint", "low_marks")

_COUNTS = sa.text("""
    SELECT fact, data ->> 'by' AS by, data ->> 'severity' AS severity, data ->> 'kind' AS kind,
           data ->> 'outcome' AS outcome, CASE WHEN data ->> 'side' = 'household' THEN data ->> 'overall' END AS stars,
           data ->> 'entered' AS entered, count(*) AS n
    FROM ledger_entry WHERE at >= :start AND at < :end AND fact = ANY (:counted) AND NOT (
        fact = ANY (:given_up) AND (data ->> 'fee')::bigint + (data ->> 'refund')::bigint IS NOT DISTINCT FROM 0)
    GROUP BY 1, 2, 3, 4, 5, 6, 7""")

_BAD_JOBS = sa.text("""
    WITH void AS MATERIALIZED (
        SELECT (data ->> 'ref')::bigint AS id FROM ledger_entry WHERE fact = :voided AND at < :known),
    job AS (SELECT id, subject, data ->> 'worker' AS worker, fact = :absent AS worker_absent FROM ledger_entry
            WHERE fact IN (:completed, :absent) AND at >= :start AND at < :end AND id NOT IN (SELECT id FROM void)),
    judged AS (
        SELECT job.worker_absent, (
            SELECT known.data ->> 'grade' FROM ledger_entry known
            WHERE known.subject = 'worker:' || job.worker AND known.fact = :published AND known.id < coalesce((
                SELECT ordered.id FROM ledger_entry ordered
                WHERE ordered.subject = job.subject AND ordered.fact IN (:confirmed, :asked)
                ORDER BY ordered.id LIMIT 1), job.id)
            ORDER BY known.id DESC LIMIT 1) AS grade,
        EXISTS (
            SELECT FROM ledger_entry found
            WHERE found.subject = job.subject AND found.fact = :upheld AND found.at < :known
            AND found.id NOT IN (SELECT id FROM void) AND NOT EXISTS (
                SELECT FROM ledger_entry later WHERE later.subject = found.subject AND later.id > found.id
                AND later.fact IN (:reopened, :dismissed) AND later.at < :known
                AND later.data ->> 'complaint' = found.data ->> 'complaint')) AS complaint,
        EXISTS (
            SELECT FROM ledger_entry rated
            WHERE rated.subject = job.subject AND rated.fact = :rated AND rated.at < :known
            AND rated.data ->> 'side' = 'household' AND rated.id NOT IN (SELECT id FROM void)
            AND (SELECT sum(mark::int) FROM jsonb_each_text(rated.data -> 'aspects') AS marks (name, mark)) <= :low)
            AS low_marks
        FROM job)
    SELECT coalesce(grade, 'none') AS grade, count(*) AS n,
           count(*) FILTER (WHERE worker_absent OR complaint OR low_marks) AS bad,
           count(*) FILTER (WHERE worker_absent) AS worker_absent, count(*) FILTER (WHERE complaint) AS complaint,
           count(*) FILTER (WHERE low_marks) AS low_marks
    FROM judged GROUP BY 1""")

_DAYS = sa.text("""
    SELECT coalesce(data ->> 'kind', 'all') AS kind,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY (data ->> 'days')::int) AS days_median,
           percentile_disc(0.9) WITHIN GROUP (ORDER BY (data ->> 'days')::int) AS days_90th
    FROM ledger_entry WHERE fact = :decided AND at >= :start AND at < :end GROUP BY ROLLUP (data ->> 'kind')""")

_VOIDED = sa.text("""
    SELECT count(DISTINCT told.data ->> 'complaint') FROM ledger_entry void
    JOIN ledger_entry told ON told.id = (void.data ->> 'ref')::bigint AND told.data ->> 'complaint' IS NOT NULL
    WHERE void.fact = :voided AND void.at >= :start AND void.at < :end""")

_GRADES = sa.text("""
    WITH graded AS (SELECT DISTINCT ON (subject) subject, data ->> 'grade' AS grade FROM ledger_entry
                    WHERE fact = :published AND at < :end ORDER BY subject, id DESC),
    placed AS (SELECT DISTINCT ON (subject) subject, fact, data ->> 'firm' AS firm FROM ledger_entry
               WHERE fact IN (:joined, :left) AND at < :end ORDER BY subject, id DESC)
    SELECT firm, grade, count(*) AS n FROM graded JOIN placed USING (subject) WHERE placed.fact = :joined
    GROUP BY firm, grade""")

_STANDING = sa.text("""
    SELECT data ->> 'kind' AS list, count(*) AS n FROM ledger_entry entered WHERE fact = :entered AND at < :end
    AND NOT EXISTS (SELECT FROM ledger_entry over WHERE over.subject = entered.subject AND over.fact = :left_list
                    AND over.data ->> 'entry' = entered.data ->> 'entry' AND over.at < :end)
    GROUP BY 1""")

_AUDITS = sa.text("""
    SELECT count(*) AS reported, coalesce(sum((data ->> 'sampled')::int), 0) AS sampled,
           coalesce(sum((data ->> 'defects')::int), 0) AS defects,
           coalesce(sum((data ->> 'unverifiable')::int), 0) AS unverifiable
    FROM ledger_entry WHERE fact = :reported AND at >= :start AND at < :end""")

_LOG = sa.text("""
    SELECT coalesce((SELECT size FROM log_checkpoint WHERE at < :end ORDER BY size DESC LIMIT 1), 0) AS size,
           (SELECT encode(root, 'hex') FROM log_checkpoint WHERE at < :end ORDER BY size DESC LIMIT 1) AS root,
           (SELECT count(*) FROM log_checkpoint WHERE at >= :start AND at < :end) AS checkpoints,
           (SELECT count(*) FROM log_cosignature WHERE at >= :start AND at < :end) AS cosignatures""")


def count(period: rules.Period, known_until: datetime) -> dict[str, Any]:
    """A period's figures; nothing in them but whole numbers, words, firms and the log's root."""
    when = {"start": clock.midnight(period.first), "end": clock.midnight(period.following.first), "known": known_until}
    told: Counter[tuple[str, ...]] = Counter()
    for row in db.session.execute(_COUNTS, {**when, "counted": list(COUNTED), "given_up": list(GIVEN_UP)}):
        told[(row.fact, *_about(row))] += row.n
    return {"orders": _orders(told), "bad_jobs": _bad_jobs(when), "ratings": _ratings(told),
            "complaints": {**_complaints(told), "voided": _one(_VOIDED, when).count},
            "petitions": _petitions(told, when), "grades": _grades(when), "lists": _lists(told, when),
            "audits": {name: int(value) for name, value in _one(_AUDITS, when)._mapping.items()},
            "log": dict(_one(_LOG, when)._mapping)}


def _about(row: Any) -> tuple[str, ...]:
    """What tells facts of one name apart."""
    if row.fact == booking.CANCELLED:
        return (row.by,)
    if row.fact == reviews.PUBLISHED:
        return (row.stars or "",)
    if row.fact == casework.SUBSTANTIATED:
        return (row.severity,)
    if row.fact == petitions.DECIDED:
        return (row.kind, row.outcome)
    if row.fact in (petitions.OPENED, petitions.WITHDRAWN, lists.ENTERED):
        return (row.kind,)
    if row.fact == lists.LEFT:
        return (row.kind, row.entered)
    return ()


def _all(stmt: sa.TextClause, when: Mapping[str, datetime]) -> Sequence[Any]:
    given = {**FACTS, **when, "low": rules.LOW_MARK}
    return db.session.execute(stmt, {name: given[name] for name in stmt.compile().params}).all()


def _one(stmt: sa.TextClause, when: Mapping[str, datetime]) -> Any:
    return _all(stmt, when)[0]


def _orders(told: Counter[tuple[str, ...]]) -> dict[str, int]:
    return {"paid": sum(told[fact,] for fact in booking.PAID), "completed": told[booking.COMPLETED,],
            "cancelled_by_household": told[booking.CANCELLED, "household"],
            "cancelled_by_worker": told[booking.CANCELLED, "worker"],
            "declined_by_firm": told[booking.DECLINED,] + told[booking.LAPSED,],
            "worker_absent": told[booking.WORKER_ABSENT,], "household_absent": told[booking.HOUSEHOLD_ABSENT,]}


def _ratings(told: Counter[tuple[str, ...]]) -> dict[str, Any]:
    by_stars = {str(stars): told[reviews.PUBLISHED, str(stars)] for stars in range(5, 0, -1)}
    return {"number": sum(by_stars.values()), "by_stars": by_stars}


def _complaints(told: Counter[tuple[str, ...]]) -> dict[str, int]:
    return {"opened": told[casework.OPENED,], "answered": told[casework.ANSWERED,],
            "dismissed": told[casework.DISMISSED,], "reopened": told[casework.REOPENED,],
            **{f"severity_{level}": told[casework.SUBSTANTIATED, str(level)] for level in range(1, 5)}}


def _bad_jobs(when: Mapping[str, datetime]) -> list[dict[str, Any]]:
    found = {row.grade: {name: getattr(row, name) for name in ("n", "bad", *CAUSES)} for row in _all(_BAD_JOBS, when)}
    nothing = dict.fromkeys(("n", "bad", *CAUSES), 0)
    rows = {grade: found.get(grade, nothing) for grade in (*rules.GRADES, "none")}
    rows["all"] = {name: sum(row[name] for row in rows.values()) for name in nothing}
    return [{"grade": grade, **row, **rules.rate(row["bad"], row["n"])} for grade, row in rows.items()]


def _petitions(told: Counter[tuple[str, ...]], when: Mapping[str, datetime]) -> dict[str, dict[str, Any]]:
    days = {row.kind: row for row in _all(_DAYS, when)}
    found: dict[str, dict[str, Any]] = {}
    for kind in PETITIONS:
        outcomes = {outcome: told[petitions.DECIDED, kind, outcome] for outcome in (
            "upheld", "partly_upheld", "dismissed")}
        found[kind] = {"opened": told[petitions.OPENED, kind], "decided": sum(outcomes.values()), **outcomes,
                       "withdrawn": told[petitions.WITHDRAWN, kind]}
    found["all"] = {name: sum(row[name] for row in found.values()) for name in found["appeal"]}
    return {kind: {**row, "days_median": getattr(days.get(kind), "days_median", None),
                   "days_90th": getattr(days.get(kind), "days_90th", None)} for kind, row in found.items()}


def _grades(when: Mapping[str, datetime]) -> dict[str, Any]:
    by_firm: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _all(_GRADES, when):
        by_firm[row.firm][row.grade] = row.n
    names = {str(row.id): row.name for row in db.session.execute(
        sa.select(Firm.id, Firm.name).where(Firm.id.in_([UUID(each) for each in by_firm])))}
    firms = sorted(by_firm, key=lambda each: (names.get(each, ""), each))
    overall = {grade: sum(row.get(grade, 0) for row in by_firm.values()) for grade in rules.GRADES}
    *cells, whole = rules.suppressed([*(by_firm[each] for each in firms), overall], rules.GRADES)
    return {"all": whole, "firms": [{"firm": opaque("firm", each), "name": names.get(each, ""), **row}
                                    for each, row in zip(firms, cells, strict=True)]}


def _lists(told: Counter[tuple[str, ...]], when: Mapping[str, datetime]) -> dict[str, dict[str, int]]:
    standing = {row.list: row.n for row in _all(_STANDING, when)}
    return {name: {"entered": told[lists.ENTERED, name], "left": told[lists.LEFT, name, "true"],
                   "standing": standing.get(name, 0)} for name in LISTS}
