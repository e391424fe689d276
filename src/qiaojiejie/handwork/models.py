"""Orders of piece-work and what people took of them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.handwork.lifecycle import JUDGED, ORDER, TAKE
from qiaojiejie.stations.models import CONSENTED, Asked, Station


class HandworkOrder(Model):
    """``pieces`` of something at ``unit_fen`` each for a ``customer``. ``free`` counts what nobody has taken."""

    __tablename__ = "handwork_order"
    __table_args__ = (
        sa.CheckConstraint(ORDER.check(), name="state"),
        sa.CheckConstraint("pieces BETWEEN 1 AND 1000000 AND free BETWEEN 0 AND pieces", name="pieces"),
        sa.CheckConstraint("unit_fen > 0", name="unit"),
        sa.Index("ix_handwork_order_open", "id", postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_handwork_order_station", "board_id", "id"),
        sa.Index("ix_handwork_order_due", "due_on", postgresql_where=sa.text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    #: the station whose board it is on
    board_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    customer: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    pieces: Mapped[int]
    free: Mapped[int]
    unit_fen: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[str]
    posted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    posted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    board: Mapped[Station] = relationship(viewonly=True)

    @property
    def ref(self) -> str:
        """How the ledger names it."""
        return f"handwork_order:{self.id}"


class HandworkTake(Asked, Model):
    """Pieces somebody took home. Of those delivered ``accepted`` are paid; the rest went back on the board."""

    __tablename__ = "handwork_take"
    __table_args__ = (
        sa.CheckConstraint(TAKE.check(), name="state"),
        sa.CheckConstraint(CONSENTED, name="consent"),
        sa.CheckConstraint("pieces > 0 AND accepted BETWEEN 0 AND pieces", name="pieces"),
        sa.CheckConstraint(f"(state IN ({', '.join(map(repr, JUDGED))})) = (accepted IS NOT NULL)", name="judged"),
        sa.CheckConstraint("(accepted IS NULL) = (pay_fen IS NULL)", name="pay"),
        sa.Index("ix_handwork_take_order", "order_id", "id"),
        sa.Index("ix_handwork_take_account", "account_id", "id"),
        sa.Index("ix_handwork_take_judged", "judged_on", postgresql_where=sa.text("judged_on IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(sa.ForeignKey("handwork_order.id"))
    pieces: Mapped[int]
    state: Mapped[str]
    accepted: Mapped[int | None]
    pay_fen: Mapped[int | None]
    reason: Mapped[str | None]
    #: the transfer's or the receipt's number
    reference: Mapped[str | None]
    judged_on: Mapped[date | None]
    changed_at: Mapped[datetime]
    order: Mapped[HandworkOrder] = relationship(viewonly=True)
