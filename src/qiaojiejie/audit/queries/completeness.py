"""Is everything in the public log that must be there? Each check lists what is missing: none is as it should be."""

from typing import Any

from qiaojiejie.audit.errors import CheckNotFound
from qiaojiejie.core import clock, paging
from qiaojiejie.core.db import read

#: check → (ref, detail, since) of everything that is missing; all of them sets, none a loop
_CHECKS = {
    # places in the tree without a leaf
    "log_gaps": """
        SELECT 'leaf:' || lpad(CAST(index - 1 AS text), 15, '0') AS ref, 'no leaf at this place' AS detail,
               CAST(NULL AS timestamptz) AS since
        FROM (SELECT index, coalesce(lag(index) OVER (ORDER BY index), -1) AS before FROM log_leaf) placed
        WHERE index <> before + 1""",
    # entries the sequencer has not looked at for ten minutes
    "waiting_long": """
        SELECT 'entry:' || lpad(CAST(e.id AS text), 15, '0'), e.fact, e.at
        FROM log_pending p JOIN ledger_entry e ON e.id = p.entry_id WHERE e.at < :now - interval '10 minutes'""",
    # money taken for a booking that the log does not know as paid (what came too late for its booking goes back)
    "paid_without_leaf": """
        SELECT DISTINCT ON (t.booking_id) 'booking:' || t.booking_id, 'charged in the books, no order_paid leaf', t.at
        FROM posting_tx t
        WHERE t.kind = 'charged' AND t.at < :now - interval '10 minutes' AND NOT EXISTS (
            SELECT 1 FROM ledger_entry e LEFT JOIN log_leaf l ON l.entry_id = e.id
            WHERE e.subject = 'booking:' || t.booking_id
                  AND (e.fact IN ('booking.confirmed', 'booking.asked') AND l.index IS NOT NULL
                       OR e.fact = 'payment.overtaken'))""",
    # complaints of more than three days ago that the log does not know
    "complaint_without_leaf": """
        SELECT 'complaint:' || c.id, c.state, c.opened_at FROM complaint c
        WHERE c.opened_at < :now - interval '3 days' AND NOT EXISTS (
            SELECT 1 FROM ledger_entry e JOIN log_leaf l ON l.entry_id = e.id
            WHERE e.subject = 'booking:' || c.booking_id AND e.fact = 'complaint.opened'
                  AND e.data ->> 'complaint' = CAST(c.id AS text))""",
    # subjects of whom a leaf is missing: their counters run 1, 2, 3 …
    "counter_holes": """
        SELECT subject, count(*) || ' of ' || max(n) || ' leaves', CAST(NULL AS timestamptz)
        FROM log_leaf WHERE subject IS NOT NULL GROUP BY subject HAVING max(n) <> count(*)""",
    # scores and grades that are shown and are not what the log was told last
    "standing_differs": """
        SELECT s.ref, s.score || ' ' || s.grade || ' shown, ' || coalesce(
                   (o.payload ->> 'score') || ' ' || (o.payload ->> 'grade'), 'nothing') || ' in the log', s.computed_at
        FROM (SELECT 'worker:' || worker_id AS ref, 'credit.published' AS fact, score, grade, computed_at FROM standing
              UNION ALL
              SELECT 'firm:' || firm_id, 'credit.firm_published', score, grade, computed_at FROM firm_standing) s
        LEFT JOIN LATERAL (SELECT e.id FROM ledger_entry e WHERE e.subject = s.ref AND e.fact = s.fact
                           ORDER BY e.id DESC LIMIT 1) e ON true
        LEFT JOIN log_leaf l ON l.entry_id = e.id LEFT JOIN log_opening o ON o.index = l.index
        WHERE s.computed_at < :now - interval '10 minutes'
              AND (s.score, s.grade) IS DISTINCT FROM (CAST(o.payload ->> 'score' AS bigint), o.payload ->> 'grade')""",
}
NAMES = tuple(_CHECKS)

_COUNTS = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS number FROM ({text}) missing"
                             for name, text in _CHECKS.items())
_SIZES = """
    SELECT (SELECT count(*) FROM log_leaf) AS log_size, (SELECT count(*) FROM log_pending) AS waiting,
           (SELECT count(DISTINCT booking_id) FROM posting_tx WHERE kind = 'charged') AS paid_bookings"""


def counts() -> dict[str, Any]:
    """How much is missing by each check, beside how much there is."""
    now = clock.now()
    (sizes,) = read(_SIZES)
    return {**sizes._asdict(), "checked_at": now,
            "checks": {row.name: row.number for row in read(_COUNTS, {"now": now})}}


def missing(check: str, *, cursor: str | None, limit: int) -> paging.Page:
    """What is missing by one check, one page in the order of its refs. Raises CheckNotFound."""
    if check not in _CHECKS:
        raise CheckNotFound()
    scope = paging.scope_of("completeness", check)
    after = paging.decode(scope, cursor)
    rows = read(f"SELECT * FROM ({_CHECKS[check]}) missing (ref, detail, since) WHERE ref > :after"
                " ORDER BY ref LIMIT :limit", {"now": clock.now(), "after": after[0] if after else "",
                                               "limit": limit + 1})
    following = paging.encode(scope, [rows[limit - 1].ref]) if len(rows) > limit else None
    return paging.Page(rows[:limit], following)
