"""What is odd about workers and firms, as one statement over the last half year. Numbers only; no part of any score.

"Far more" is four standard deviations of a binomial with the city's own share: one in 30,000 by chance.
"""

import sqlalchemy as sa

from qiaojiejie.audit.models import AddressPrint
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.households.models import Address

#: closed flags stay closed for so long
QUIET_DAYS = 90

_DONE = """
    done AS (
        SELECT b.id, b.household_id, b.worker_id, b.firm_id, b.address_id, b.closed_at,
               b.closed_at - lag(b.closed_at) OVER (PARTITION BY b.worker_id, b.household_id ORDER BY b.closed_at, b.id)
                   <= interval '120 days' AS again
        FROM booking b WHERE b.state = 'completed' AND b.closed_at >= :now - interval '390 days'),
    half AS (SELECT * FROM done WHERE closed_at >= :now - interval '180 days')"""

_RATED_SHARE = """
    SELECT 'rated_share' AS kind, 'worker:' || worker_id AS subject, jsonb_build_object(
               'orders', orders, 'rated', rated, 'permille', rated * 1000 / orders,
               'city_permille', floor(share * 1000)) AS evidence
    FROM (SELECT h.worker_id, count(*) AS orders, count(r.id) AS rated,
                 sum(count(r.id)) OVER () / sum(count(*)) OVER () AS share
          FROM half h LEFT JOIN review r ON r.booking_id = h.id AND r.side = 'household'
          WHERE h.closed_at < :now - interval '14 days' GROUP BY h.worker_id) per
    WHERE orders >= 20 AND (rated - orders * share) ^ 2 > 16 * orders * share * (1 - share)"""

_ONE_ORDER = """
    SELECT 'one_order_households', 'worker:' || worker_id, jsonb_build_object(
               'orders', orders, 'once', once, 'permille', once * 1000 / orders, 'city_permille', floor(share * 1000))
    FROM (SELECT h.worker_id, count(*) AS orders, count(*) FILTER (WHERE o.number = 1) AS once,
                 sum(count(*) FILTER (WHERE o.number = 1)) OVER () / sum(count(*)) OVER () AS share
          FROM half h JOIN (SELECT household_id, count(*) AS number FROM done GROUP BY household_id) o
               USING (household_id) GROUP BY h.worker_id) per
    WHERE orders >= 20 AND once >= 5 AND once > orders * share
          AND (once - orders * share) ^ 2 > 16 * orders * share * (1 - share)"""

_SHARED_ADDRESS = """
    SELECT 'shared_address', 'firm:' || firm_id, jsonb_build_object(
               'addresses', count(*), 'households', sum(homes), 'at_the_firm', count(*) FILTER (WHERE own))
    FROM (SELECT h.firm_id, p.digest, count(DISTINCT h.household_id) AS homes, bool_or(f.digest IS NOT NULL) AS own
          FROM half h JOIN address_print p ON p.of = 'address:' || h.address_id
          LEFT JOIN address_print f ON f.of = 'firm:' || h.firm_id AND f.digest = p.digest
          GROUP BY h.firm_id, p.digest) per
    WHERE homes > 1 OR own GROUP BY firm_id"""

_SHARED_PHONE = """
    SELECT 'shared_phone', 'worker:' || w.id, jsonb_build_object(
               'households', count(DISTINCT f.id), 'orders', count(*), 'orders_from_her',
               count(*) FILTER (WHERE h.worker_id = w.id))
    FROM half h JOIN household f ON f.id = h.household_id JOIN account a ON a.id = f.account_id
    JOIN worker w ON w.phone_index = a.phone_index AND w.firm_id = h.firm_id GROUP BY w.id"""

_OWN_PEOPLE = """
    SELECT 'own_people', 'firm:' || h.firm_id, jsonb_build_object(
               'households', count(DISTINCT f.id), 'orders', count(DISTINCT h.id))
    FROM half h JOIN household f ON f.id = h.household_id
    JOIN membership m ON m.account_id = f.account_id AND m.org_id = h.firm_id AND m.ended_at IS NULL
    GROUP BY h.firm_id"""

_RATING_BURST = """
    SELECT DISTINCT ON (worker_id) 'rating_burst', 'worker:' || worker_id, jsonb_build_object(
               'day', day, 'ratings', ratings, 'half_year', half_year)
    FROM (SELECT worker_id, (written_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS ratings,
                 sum(count(*)) OVER (PARTITION BY worker_id) AS half_year
          FROM review WHERE side = 'household' AND written_at >= :now - interval '180 days' GROUP BY 1, 2) per
    WHERE ratings >= 5 AND day >= (:now AT TIME ZONE 'Asia/Shanghai')::date - 30 AND ratings * 180 > 10 * half_year"""

_RISING_FALLING = """
    SELECT 'rising_falling', 'worker:' || per.worker_id, jsonb_build_object(
               'score_before', before.score, 'score', s.score, 'again_permille_before', was * 1000 / orders_before,
               'again_permille', now_again * 1000 / orders)
    FROM (SELECT worker_id,
                 count(*) FILTER (WHERE closed_at >= :now - interval '90 days') AS orders,
                 count(*) FILTER (WHERE again AND closed_at >= :now - interval '90 days') AS now_again,
                 count(*) FILTER (WHERE closed_at < :now - interval '90 days') AS orders_before,
                 count(*) FILTER (WHERE again AND closed_at < :now - interval '90 days') AS was
          FROM done WHERE closed_at >= :now - interval '270 days' GROUP BY worker_id) per
    JOIN standing s ON s.worker_id = per.worker_id
    CROSS JOIN LATERAL (
        SELECT (e.data ->> 'score')::int AS score FROM ledger_entry e
        WHERE e.subject = 'worker:' || per.worker_id AND e.fact = 'credit.published'
              AND e.at < :now - interval '90 days'
        ORDER BY e.id DESC LIMIT 1) before
    WHERE orders >= 10 AND orders_before >= 10 AND now_again * 1000 / orders + 200 <= was * 1000 / orders_before
          AND s.score >= before.score + 30"""

_FOUND = " UNION ALL ".join(f"({each})" for each in (
    _RATED_SHARE, _ONE_ORDER, _SHARED_ADDRESS, _SHARED_PHONE, _OWN_PEOPLE, _RATING_BURST, _RISING_FALLING))

#: Raises what is new, brings the numbers of what is still looked into up to date, leaves what was closed lately.
RAISE = f"""
    WITH {_DONE}, found AS ({_FOUND})
    INSERT INTO audit_flag (kind, subject, evidence, state, raised_at, seen_at)
    SELECT kind, subject, evidence, 'raised', :now, :now FROM found
    WHERE NOT EXISTS (SELECT 1 FROM audit_flag c WHERE c.kind = found.kind AND c.subject = found.subject
                      AND c.closed_at >= :now - interval '{QUIET_DAYS} days')
    ON CONFLICT (kind, subject) WHERE state <> 'closed'
    DO UPDATE SET evidence = excluded.evidence, seen_at = excluded.seen_at"""


def homes_without_print(limit: int) -> list[tuple[str, str]]:
    """(``address:id``, street and door) of families' addresses that have no print yet; read by no person."""
    printed = sa.exists().where(AddressPrint.of == sa.func.concat("address:", Address.id))
    stmt = sa.select(Address.id, Address.detail).where(~printed).order_by(Address.id).limit(limit)
    return [(f"address:{row.id}", row.detail.reveal()) for row in db.session.execute(stmt)]


def firms_addresses() -> list[tuple[str, str]]:
    """(``firm:id``, address) of every firm; theirs can change."""
    return [(f"firm:{row.id}", row.address) for row in db.session.execute(sa.select(Firm.id, Firm.address))]
