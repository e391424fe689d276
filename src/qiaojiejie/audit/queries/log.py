"""What an audit takes from the public log."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from qiaojiejie.audit.errors import NoCheckpointYet
from qiaojiejie.audit.models import Audit
from qiaojiejie.core import clock
from qiaojiejie.core.db import db, read
from qiaojiejie.credit.facts import day_number
from qiaojiejie.transparency.models import LogCheckpoint, LogLeaf, LogOpening
from qiaojiejie.transparency.rules import export_line

#: A leaf of a day was put in the tree on that day or later, so what stood before the day began need not be read.
_FRAME = """
    SELECT leaf.index AS place, leaf.entry_id FROM log_leaf leaf, CAST(leaf.body AS json) said
    WHERE leaf.index >= coalesce((SELECT max(size) FROM log_checkpoint WHERE at < :begins), 0) AND leaf.index < :size
          AND said ->> 'type' = :type AND CAST(said ->> 't' AS bigint) BETWEEN :first AND :last
    ORDER BY leaf.index"""


def first_checkpoint(begins: datetime) -> tuple[int, bytes]:
    """Size and root of the log's first checkpoint at or after a moment. Raises NoCheckpointYet."""
    stmt = sa.select(LogCheckpoint.size, LogCheckpoint.root).where(LogCheckpoint.at >= begins)
    found = db.session.execute(stmt.order_by(LogCheckpoint.at, LogCheckpoint.size).limit(1)).one_or_none()
    if found is None:
        raise NoCheckpointYet()
    return found.size, found.root


def frame(type_: str, first: date, last: date, size: int) -> dict[int, int]:
    """index → ledger entry of the leaves of a type and of these days (inclusive) in the tree of a size, in order."""
    found = read(_FRAME, {"begins": clock.midnight(first), "size": size, "type": type_, "first": day_number(first),
                          "last": day_number(last)})
    return {row.place: row.entry_id for row in found}


def leaf(index: int) -> dict[str, Any]:
    """A leaf of the log as a line of the export."""
    stmt = (sa.select(LogLeaf.body, LogOpening.salt, LogOpening.payload)
            .outerjoin(LogOpening, LogOpening.index == LogLeaf.index).where(LogLeaf.index == index))
    row = db.session.execute(stmt).one()
    return export_line(row.body, index, row.salt, row.payload)


def plan_as_published(audit: Audit) -> dict[str, Any]:
    """A plan and its draw as a report begins with them: opaque, days as day numbers."""
    assert audit.root is not None and audit.nonce is not None  # a constraint: it was drawn
    return {"plan": audit.key, "population": audit.population, "from": day_number(audit.from_day),
            "to": day_number(audit.to_day), "rate": audit.rate, "draw_on": day_number(audit.draw_on),
            "source": audit.source, "nonce_hash": audit.commitment.hex(), "log_size": audit.log_size,
            "root": audit.root.hex(), "nonce": audit.nonce.hex(), "public_draw": audit.public_draw}
