"""Workers, the services they offer, the index the search walks, and employments."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed


class Worker(Model):
    """A worker's file, one per person for ever (``id_index`` is unique), through one firm at a time.

    ``no`` is the small number hot tables use. ``card`` is what a family sees in a list, rendered when something about
    her changes; colour and next free time are not in it, they are derived when read. ``listed``: shown and bookable.
    """

    __tablename__ = "worker"
    __table_args__ = (
        sa.CheckConstraint("sex IN ('female', 'male')", name="sex"),
        sa.Index("ix_worker_firm", "firm_id", "no"),
        sa.Index("ix_worker_search", "search", postgresql_using="gin"),
        sa.Index("ix_worker_account", "account_id", unique=True, postgresql_where=sa.text("account_id IS NOT NULL")),
        sa.Index("ix_worker_phone", "phone_index"),
        sa.Index("ix_worker_card_on", "card_on", "id"),
        # what the search walks when no service is named
        sa.Index("ix_worker_rank", sa.text("score DESC"), sa.text("no DESC"), postgresql_where=sa.text("listed")),
        sa.Index("ix_worker_district", "district", sa.text("score DESC"), sa.text("no DESC"),
                 postgresql_where=sa.text("listed")),
        sa.Index("ix_worker_price", sa.text("(((card -> 'price_from') ->> 'amount')::bigint)"), "no",
                 postgresql_where=sa.text("listed")),
        sa.Index("ix_worker_since", sa.text("coalesce(working_since, 9999)"), "no",
                 postgresql_where=sa.text("listed")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    no: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), unique=True)
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    firm_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("firm.id"))
    name: Mapped[Sealed] = mapped_column(Encrypted("name"))
    #: how families know her: 王阿姨
    called: Mapped[str]
    phone: Mapped[Sealed] = mapped_column(Encrypted("phone"))
    phone_index: Mapped[bytes]
    id_number: Mapped[Sealed] = mapped_column(Encrypted("id_number"))
    id_index: Mapped[bytes] = mapped_column(unique=True)
    sex: Mapped[str]
    birth_year: Mapped[int]
    native_place: Mapped[str]
    district: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    cell: Mapped[int]
    working_since: Mapped[int | None]
    live_in: Mapped[bool]
    bio: Mapped[str]
    photo_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("media.id"))
    note: Mapped[str]
    # what was verified of her documents, the latest of each kind; pushed down by ``documents``
    identity_verified_on: Mapped[date | None]
    health_until: Mapped[date | None]
    insured_until: Mapped[date | None]
    insured_class: Mapped[int | None]
    background_until: Mapped[date | None]
    #: [{"title", "level", "verified", "valid_until"}], pushed down by ``documents``
    certificates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    #: [{"title", "body", "on"}], newest first, pushed down by ``competitions``
    honours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    # pushed down from above
    score: Mapped[int]
    grade: Mapped[str]
    rating_sum: Mapped[int]
    rating_count: Mapped[int]
    completed_count: Mapped[int]
    #: on the block list; pushed down by ``lists``
    barred: Mapped[bool] = mapped_column(server_default=sa.false())
    listed: Mapped[bool]
    card: Mapped[dict[str, Any]] = mapped_column(JSONB)
    search: Mapped[str] = mapped_column(TSVECTOR)
    #: the day the card was rendered: her age band and years of work turn with the year
    card_on: Mapped[date] = mapped_column(server_default=sa.text("CURRENT_DATE"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class WorkerService(Model):
    """What a worker offers, and her wage for it per unit of the service, in fen.

    ``provisional``: the firm's list named no wage for it, or it is from her time with another firm; it stands until the
    firm confirms.
    """

    __tablename__ = "worker_service"
    __table_args__ = (sa.CheckConstraint("price_fen BETWEEN 1 AND 10000000", name="price"),)

    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id", ondelete="CASCADE"), primary_key=True)
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"), primary_key=True)
    price_fen: Mapped[int]
    provisional: Mapped[bool] = mapped_column(server_default=sa.false())


class WorkerSkill(Model):
    """What the search walks: one row per listed worker and service, in the order families read.

    Derived from worker and worker_service by ``service.refresh``; a test rebuilds it and compares.
    """

    __tablename__ = "worker_skill"
    __table_args__ = (
        sa.Index("uq_worker_skill_rank", "district", "service_code", sa.text("score DESC"), sa.text("worker_no DESC"),
                 unique=True, postgresql_include=["price_fen", "grade_rank", "cell", "live_in", "papers_until"]),
        sa.Index("ix_worker_skill_city", "service_code", sa.text("score DESC"), sa.text("worker_no DESC")),
        sa.Index("ix_worker_skill_price", "service_code", "price_fen", "worker_no"),
        sa.Index("ix_worker_skill_since", "service_code", "working_since", "worker_no"),
        sa.Index("ix_worker_skill_cell", "service_code", "cell", sa.text("score DESC"), sa.text("worker_no DESC")),
    )

    worker_no: Mapped[int] = mapped_column(sa.ForeignKey("worker.no", ondelete="CASCADE"), primary_key=True)
    service_code: Mapped[str] = mapped_column(sa.ForeignKey("service.code"), primary_key=True)
    district: Mapped[str]
    cell: Mapped[int]
    score: Mapped[int]
    grade_rank: Mapped[int]
    price_fen: Mapped[int]
    working_since: Mapped[int]
    firm_id: Mapped[UUID]
    live_in: Mapped[bool]
    #: the last day on which her papers suffice for it
    papers_until: Mapped[date]


class Employment(Model):
    """A worker's time with one firm; at most one is open."""

    __tablename__ = "employment"
    __table_args__ = (
        sa.Index("uq_employment_open", "worker_id", unique=True, postgresql_where=sa.text("left_on IS NULL")),
        sa.Index("ix_employment_firm", "firm_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    worker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("worker.id"))
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    left_because: Mapped[str | None]
