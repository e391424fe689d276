"""contracts: versions of a booking's contract, who signed them, what a family gives to have them drafted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    """Create contracts and their signatures."""
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("personal", sa.LargeBinary(), nullable=False),
        sa.Column("data_sha256", sa.Text(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('drafted', 'signed', 'superseded', 'void')", name=op.f("ck_contract_state")),
        sa.CheckConstraint("variant IN ('employs', 'introduces')", name=op.f("ck_contract_variant")),
        sa.CheckConstraint("version > 0", name=op.f("ck_contract_version")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_contract_booking_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_contract_worker_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["account.id"], name=op.f("fk_contract_drafted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("booking_id", "version", name=op.f("uq_contract_booking_id_version")))
    for state in ("drafted", "signed"):
        op.create_index(f"uq_contract_{state}", "contract", ["booking_id"], unique=True,
                        postgresql_where=sa.text(f"state = '{state}'"))
    op.execute("CREATE TRIGGER frozen BEFORE DELETE OR UPDATE OF booking_id, worker_id, version, variant, data,"
               " data_sha256, sha256 ON contract FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.create_table(
        "contract_signature",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("party IN ('household', 'firm', 'worker')", name=op.f("ck_contract_signature_party")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_signature_contract_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contract_signature_account_id")),
        sa.PrimaryKeyConstraint("contract_id", "party", name=op.f("pk_contract_signature")))
    op.execute("CALL make_append_only('contract_signature')")
    op.create_table(
        "contract_identity",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("home", sa.LargeBinary(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_contract_identity_household_id")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_contract_identity")))


def downgrade() -> None:
    """Drop them."""
    for table in ("contract_identity", "contract_signature", "contract"):
        op.drop_table(table)
