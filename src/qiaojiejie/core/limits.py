"""How often something may be done, counted in a table so that every process counts together."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import clock
from qiaojiejie.core.db import Model, db
from qiaojiejie.core.errors import TooMany


class Throttle(Model):
    """Hits of one bucket in one fixed window of time."""

    __tablename__ = "throttle"

    bucket: Mapped[bytes] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    hits: Mapped[int]


_HIT = sa.text("""
    INSERT INTO throttle (bucket, window_start, hits) VALUES (:bucket, :start, 1)
    ON CONFLICT (bucket, window_start) DO UPDATE SET hits = throttle.hits + 1 RETURNING hits
""")


def hit(bucket: bytes, *, limit: int, seconds: int, refusal: type[TooMany] = TooMany) -> None:
    """Count one use of ``bucket``; above ``limit`` in the present window of ``seconds``, raise ``refusal``.

    The count stands although the request is refused (``TooMany.keep``).
    """
    moment = clock.now().timestamp()
    start = moment - moment % seconds
    hits = db.session.execute(_HIT, {"bucket": bucket, "start": datetime.fromtimestamp(start, UTC)}).scalar_one()
    if hits > limit:
        raise refusal(retry_after=int(start + seconds - moment) + 1)


def sweep(older_than: datetime) -> None:
    """Forget windows that began before a moment."""
    db.session.execute(sa.delete(Throttle).where(Throttle.window_start < older_than))
