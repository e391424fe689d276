"""Where firms are paid, batches, what each firm is paid in them, and which movements of the books that covers."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qiaojiejie.core import ids
from qiaojiejie.core.db import Model
from qiaojiejie.core.secrets import Encrypted, Sealed
from qiaojiejie.firms.models import Firm
from qiaojiejie.payouts.lifecycle import ACCOUNT, BATCH, ITEM

KINDS = ("bank", "stripe")


class PayoutTerms(Model):
    """The least fen that are paid out, by the day since when; less waits for the next batch."""

    __tablename__ = "payout_terms"
    __table_args__ = (sa.CheckConstraint("minimum_fen > 0", name="minimum"),)

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    minimum_fen: Mapped[int]


class PayoutAccount(Model):
    """Where a firm is paid; a change is another row. At most one of a firm is neither refused nor replaced.

    A bank account is always in the firm's own name.
    """

    __tablename__ = "payout_account"
    __table_args__ = (
        sa.CheckConstraint(ACCOUNT.check(), name="state"),
        sa.CheckConstraint(
            "kind = 'bank' AND num_nulls(bank_name, branch, number) = 0 AND stripe_account IS NULL OR "
            "kind = 'stripe' AND num_nonnulls(bank_name, branch, number) = 0 AND stripe_account IS NOT NULL",
            name="kind"),
        sa.CheckConstraint("state <> 'verified' OR decided_by IS NOT NULL", name="verified"),
        sa.Index("uq_payout_account_live", "firm_id", unique=True,
                 postgresql_where=sa.text("state IN ('submitted', 'verified')")),
        sa.Index("ix_payout_account_firm", "firm_id", "id"),
        sa.Index("ix_payout_account_waiting", "id", postgresql_where=sa.text("state = 'submitted'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    #: bank, stripe
    kind: Mapped[str]
    state: Mapped[str]
    bank_name: Mapped[str | None]
    branch: Mapped[str | None]
    number: Mapped[Sealed | None] = mapped_column(Encrypted("bank_account"))
    stripe_account: Mapped[str | None]
    set_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    set_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str]

    firm: Mapped[Firm] = relationship(viewonly=True)

    @property
    def holder(self) -> str:
        """Whose account it is: the firm's."""
        return self.firm.name


class PayoutBatch(Model):
    """What every firm had earned through a day (Asia/Shanghai), to be paid once a second person approved."""

    __tablename__ = "payout_batch"
    __table_args__ = (
        sa.CheckConstraint(BATCH.check(), name="state"),
        sa.CheckConstraint("state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> made_by)",
                           name="second_person"),
        sa.Index("uq_payout_batch_undecided", sa.text("(true)"), unique=True,
                 postgresql_where=sa.text("state IN ('making', 'waiting')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    state: Mapped[str]
    #: the last day whose movements it covers
    through: Mapped[date]
    made_by: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    made_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str]


class PayoutItem(Model):
    """One statement of a firm and what is paid on it: opening + movements = offset + amount + carried, all in fen.

    Accrued it gathers what is too little to pay or has nowhere to go; a firm has one such item at most.
    """

    __tablename__ = "payout_item"
    __table_args__ = (
        sa.CheckConstraint(ITEM.check(), name="state"),
        sa.CheckConstraint("opening_fen + movements_fen = offset_fen + amount_fen + carried_fen", name="sum"),
        sa.CheckConstraint("amount_fen >= 0 AND offset_fen >= 0 AND reversed_fen BETWEEN 0 AND amount_fen",
                           name="amounts"),
        sa.CheckConstraint("CASE WHEN state = 'accrued' THEN batch_id IS NULL AND account_id IS NULL AND amount_fen = 0"
                           " ELSE batch_id IS NOT NULL AND account_id IS NOT NULL AND amount_fen > 0 END",
                           name="batched"),
        sa.CheckConstraint("state <> 'paid' OR (paid_at IS NOT NULL AND num_nonnulls(bank_reference, transfer_id) = 1)",
                           name="paid"),
        sa.UniqueConstraint("firm_id", "number"),
        sa.UniqueConstraint("batch_id", "firm_id"),
        sa.Index("uq_payout_item_accrued", "firm_id", unique=True, postgresql_where=sa.text("state = 'accrued'")),
        sa.Index("ix_payout_item_open", "checked_at", postgresql_where=sa.text("state IN ('approved', 'sent')")),
        sa.Index("ix_payout_item_batched", "batch_id", "id", postgresql_where=sa.text("state = 'batched'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    firm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("firm.id"))
    #: the firm's first statement, its second, …
    number: Mapped[int]
    state: Mapped[str]
    batch_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payout_batch.id"))
    #: where it goes, verified when it was approved
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payout_account.id"))
    #: the first and the last day it covers
    since: Mapped[date]
    through: Mapped[date]
    opening_fen: Mapped[int]
    movements_fen: Mapped[int]
    offset_fen: Mapped[int]
    amount_fen: Mapped[int]
    carried_fen: Mapped[int]
    #: how often it was set aside: a batch that was refused gives it back
    times: Mapped[int]
    #: part of the key sent to Stripe; one more each time Stripe answered with a fault of its own
    attempt: Mapped[int]
    transfer_id: Mapped[str | None] = mapped_column(unique=True)
    bank_reference: Mapped[str | None] = mapped_column(unique=True)
    #: what came back of it
    reversed_fen: Mapped[int]
    failure: Mapped[str | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    #: when it failed or came back whole
    ended_at: Mapped[datetime | None]
    checked_at: Mapped[datetime]

    firm: Mapped[Firm] = relationship(viewonly=True)
    batch: Mapped[PayoutBatch | None] = relationship(viewonly=True)
    account: Mapped[PayoutAccount | None] = relationship(viewonly=True)

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return ITEM.states[self.state]


class PayoutLine(Model):
    """A movement of the books that stands on a firm's statement: on one, once."""

    __tablename__ = "payout_line"
    __table_args__ = (sa.Index("ix_payout_line_item", "item_id", "tx_id"),
                      sa.Index("ix_payout_line_carrier", "carrier_id"))

    tx_id: Mapped[int] = mapped_column(sa.ForeignKey("posting_tx.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payout_item.id"))
    #: the item that carries its money now: a later one when that failed or came back
    carrier_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payout_item.id"))
