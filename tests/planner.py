"""A database in which every big table says it holds a million rows, so that plans made there are those of a big city.

It is empty but for a row of nothing in each table. Scans of whole tables, and the joins that live on them, are switched
off: where the planner makes one all the same, no index serves.
"""

from typing import Any

import psycopg
from psycopg.rows import tuple_row

#: tables that do not grow with workers, families, firms and bookings; all others are big
SMALL = frozenset("""adopted_rule alembic_version awarding_body body_key calendar_check calibration
    competition competition_honour coupon course demo_clock fee_rule funding_programme occupation payout_batch region
    rule_activation service statutory_holiday station""".split())
#: the planner's cost of a page of rows, at most; a million rows cost some 15,000
PAGE = 1_000
_BY_INDEX = frozenset({"Index Scan", "Index Only Scan", "Bitmap Index Scan"})

#: a row in each table, and what ANALYZE would have said of a million, some 20 of which have the same number or id
_PRETEND = """
SET session_replication_role = replica;
CREATE TEMP TABLE tables AS SELECT oid, relname, relchecks FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r';
CREATE TEMP TABLE columns AS SELECT attrelid, attnum, atttypid FROM pg_attribute JOIN tables ON attrelid = oid
    WHERE attnum > 0 AND attnotnull;
UPDATE pg_class SET relchecks = 0 WHERE oid IN (SELECT oid FROM tables);
UPDATE pg_attribute SET attnotnull = false WHERE (attrelid, attnum) IN (SELECT attrelid, attnum FROM columns);
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT relname FROM tables LOOP EXECUTE format('INSERT INTO %I DEFAULT VALUES', name); END LOOP;
END $$;
UPDATE pg_class SET relchecks = tables.relchecks FROM tables WHERE tables.oid = pg_class.oid;
UPDATE pg_attribute SET attnotnull = true WHERE (attrelid, attnum) IN (SELECT attrelid, attnum FROM columns);
DELETE FROM tables WHERE relname = ANY({small});
UPDATE pg_class SET relpages = 1, reltuples = 1000000 WHERE oid IN (SELECT oid FROM tables);
UPDATE pg_class SET relpages = 2, reltuples = 1000000 WHERE oid IN (
    SELECT indexrelid FROM pg_index JOIN tables ON oid = indrelid);
INSERT INTO pg_statistic SELECT attrelid, attnum, false, 0, attlen, -0.05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM pg_attribute JOIN tables ON attrelid = oid
    WHERE atttypid IN ('uuid'::regtype, 'bigint'::regtype) AND attnum > 0
"""


class Planner:
    """Plans statements there. ``like`` is a connection whose values it takes."""

    def __init__(self, database_url: str, like: psycopg.Connection[Any]) -> None:
        self._connection = psycopg.connect(database_url, autocommit=True, prepare_threshold=None, context=like)
        with psycopg.ClientCursor(self._connection) as cursor:
            cursor.execute(_PRETEND.format(small=psycopg.sql.Literal(sorted(SMALL)).as_string(self._connection)))
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET enable_{way} = off")
            self._partial = {name for (name,) in cursor.execute(
                "SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indpred IS NOT NULL")}

    def scans(self, text: str, values: Any) -> list[str]:
        """Where a statement reads the whole of a big table. Nothing is known of one over temporary tables."""
        try:
            with self._connection.cursor(row_factory=tuple_row) as cursor:
                [[[plan]]] = cursor.execute("EXPLAIN (FORMAT JSON) " + text, values).fetchall()
        except (psycopg.errors.UndefinedTable, psycopg.errors.IndeterminateDatatype):
            return []
        return self._whole(plan["Plan"], page=False)

    def close(self) -> None:
        """No more is planned."""
        self._connection.close()

    def _whole(self, node: dict[str, Any], *, page: bool, table: str = "") -> list[str]:
        """A page in an index's order is read without a condition, too. A partial index holds what waits for something,
        all of which may be read."""
        page = page or (node["Node Type"] == "Limit" and node["Total Cost"] < PAGE)
        table = node.get("Relation Name", table)  # a bitmap's is said above it
        found = [each for below in node.get("Plans", ()) for each in self._whole(below, page=page, table=table)]
        whole = node["Node Type"] == "Seq Scan" or (
            node["Node Type"] in _BY_INDEX and "Index Cond" not in node
            and not page and node["Index Name"] not in self._partial)
        if whole and table not in SMALL:
            found.append(" ".join([node["Node Type"], table, node.get("Index Name", ""), node.get("Filter", "")]))
        return found
