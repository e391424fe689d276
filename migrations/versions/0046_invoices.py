"""invoices: titles families keep and the invoices they ask their firm for."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Create what families ask for."""
    op.create_table(
        "invoice_title",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("uscc", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('personal', 'company')", name=op.f("ck_invoice_title_kind")),
        sa.CheckConstraint("(kind = 'company') = (uscc IS NOT NULL)", name=op.f("ck_invoice_title_uscc")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_invoice_title_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_title")))
    op.create_index("ix_invoice_title_household", "invoice_title", ["household_id", "id"])
    op.create_table(
        "invoice_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("title_kind", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("uscc", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("red_number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("kept_fen", sa.BigInteger(), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('issued', 'refused', 'requested', 'voided', 'withdrawn')",
                           name=op.f("ck_invoice_request_state")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_invoice_request_amount")),
        sa.CheckConstraint("title_kind IN ('personal', 'company')", name=op.f("ck_invoice_request_title_kind")),
        sa.CheckConstraint("(title_kind = 'company') = (uscc IS NOT NULL)", name=op.f("ck_invoice_request_uscc")),
        sa.CheckConstraint("kind IN ('electronic_ordinary', 'electronic_special')",
                           name=op.f("ck_invoice_request_kind")),
        sa.CheckConstraint("(state IN ('issued', 'voided')) = (number IS NOT NULL)",
                           name=op.f("ck_invoice_request_numbered")),
        sa.CheckConstraint("number ~ '^[0-9]{20}$'", name=op.f("ck_invoice_request_number")),
        sa.CheckConstraint("(number IS NULL) = (issued_on IS NULL)", name=op.f("ck_invoice_request_issued_on")),
        sa.CheckConstraint("(state IN ('refused', 'voided')) = (reason IS NOT NULL)",
                           name=op.f("ck_invoice_request_reason")),
        sa.CheckConstraint("red_number IS NULL OR state = 'voided'", name=op.f("ck_invoice_request_red_number")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_invoice_request_booking_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_invoice_request_household_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_invoice_request_firm_id")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_invoice_request_media_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_request")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_request_number")))
    op.create_index(op.f("ix_invoice_request_booking_id"), "invoice_request", ["booking_id"])
    op.create_index("uq_invoice_request_live", "invoice_request", ["booking_id"], unique=True,
                    postgresql_where=sa.text("state IN ('requested', 'issued')"))
    op.create_index("ix_invoice_request_household", "invoice_request", ["household_id", "id"])
    op.create_index("ix_invoice_request_firm", "invoice_request", ["firm_id", "id"])
    op.create_index("ix_invoice_request_firm_state", "invoice_request", ["firm_id", "state", "id"])
    op.create_index("ix_invoice_request_state", "invoice_request", ["state", "id"])
    op.create_index("ix_invoice_request_due", "invoice_request", ["due_on", "id"],
                    postgresql_where=sa.text("state = 'requested'"))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("invoice_request")
    op.drop_table("invoice_title")
