"""coupons: what is taken off a price; fee rules of one firm, never two of one thing on a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"

OF = "hashtextextended(line || ':' || coalesce(firm_id::text, '') || ':' || coalesce(service_code, ''), 0)"

#: what is never to be found of coupons: check, subject, detail, since when
CHECKS = (
    """SELECT 'coupon' AS "check", 'coupon:' || coupon.id AS subject, 'counts ' || coupon.used || ' uses of '
           || coupon.given_fen || ' fen, there are ' || count(u.id) || ' of ' || coalesce(sum(u.amount_fen), 0) AS detail,
           coupon.issued_at AS since
       FROM coupon LEFT JOIN coupon_use u ON u.coupon_id = coupon.id AND u.state = 'used'
       GROUP BY coupon.id HAVING coupon.used <> count(u.id) OR coupon.given_fen <> coalesce(sum(u.amount_fen), 0)""",
    """SELECT 'coupon', 'booking:' || booking.id, 'its price takes off another amount than its coupon', u.used_at
       FROM coupon_use u JOIN booking ON booking.id = u.booking_id
       WHERE NOT booking.lines @> jsonb_build_array(jsonb_build_object(
           'line', 'discount', 'amount', -u.amount_fen, 'coupon', u.coupon_id))""",
    """SELECT 'coupon', 'booking:' || booking.id, booking.state || ', and its coupon is ' || u.state,
           coalesce(booking.closed_at, u.returned_at)
       FROM coupon_use u JOIN booking ON booking.id = u.booking_id
       WHERE CASE u.state WHEN 'returned' THEN booking.state IN ('held', 'confirmed', 'under_way', 'served', 'completed')
                          ELSE booking.state IN ('expired', 'declined', 'worker_absent')
                               OR booking.state = 'cancelled' AND booking.confirmed_at IS NULL END""",
)


def upgrade() -> None:
    """Create coupons, their grants and uses; let a fee rule be one firm's."""
    _coupon()
    _uses()
    op.execute(f"CREATE VIEW coupons_health AS {' UNION ALL '.join(CHECKS)}")
    op.add_column("fee_rule", sa.Column("firm_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_fee_rule_firm_id"), "fee_rule", "firm", ["firm_id"], ["id"])
    op.create_check_constraint(op.f("ck_fee_rule_days"), "fee_rule", "valid_until > valid_from")
    op.drop_index("uq_fee_rule", "fee_rule")
    op.create_index("uq_fee_rule", "fee_rule", ["line", "firm_id", "service_code", "valid_from"], unique=True,
                    postgresql_nulls_not_distinct=True)
    op.create_index("ix_fee_rule_firm", "fee_rule", ["firm_id", "id"])
    op.execute(f"""ALTER TABLE fee_rule ADD CONSTRAINT fee_rule_no_overlap EXCLUDE USING gist (
        int8range({OF}, {OF}, '[]') WITH =, daterange(valid_from, valid_until) WITH &&)""")


def _coupon() -> None:
    op.create_table(
        "coupon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("permille", sa.BigInteger(), nullable=True),
        sa.Column("most_fen", sa.BigInteger(), nullable=True),
        sa.Column("least_fen", sa.BigInteger(), nullable=False),
        sa.Column("services", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("most_uses", sa.BigInteger(), nullable=True),
        sa.Column("most_per_household", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("given_fen", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('ended', 'live')", name=op.f("ck_coupon_state")),
        sa.CheckConstraint("kind IN ('amount', 'permille') AND (kind = 'amount') = (amount_fen IS NOT NULL)"
                           " AND (kind = 'permille') = (permille IS NOT NULL)"
                           " AND (kind = 'permille') = (most_fen IS NOT NULL)", name=op.f("ck_coupon_kind")),
        sa.CheckConstraint("amount_fen > 0 AND most_fen > 0 AND permille BETWEEN 1 AND 1000 AND least_fen >= 0",
                           name=op.f("ck_coupon_figures")),
        sa.CheckConstraint("payer IN ('platform', 'firm') AND (payer = 'firm') = (firm_id IS NOT NULL)",
                           name=op.f("ck_coupon_payer")),
        sa.CheckConstraint("audience IN ('everyone', 'code', 'granted')", name=op.f("ck_coupon_audience")),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_coupon_days")),
        sa.CheckConstraint("used BETWEEN 0 AND coalesce(most_uses, used) AND given_fen >= 0 AND most_uses > 0"
                           " AND most_per_household > 0", name=op.f("ck_coupon_uses")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_coupon_firm_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_coupon_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code", name=op.f("uq_coupon_code")))
    op.create_index("ix_coupon_firm", "coupon", ["firm_id", "id"])
    op.create_index("ix_coupon_everyone", "coupon", ["valid_until"],
                    postgresql_where=sa.text("audience = 'everyone' AND state = 'live'"))


def _uses() -> None:
    op.create_table(
        "coupon_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_coupon_grant_coupon_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_coupon_grant_granted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_grant")),
        sa.UniqueConstraint("coupon_id", "phone_index", name=op.f("uq_coupon_grant_coupon_id_phone_index")))
    op.create_index("ix_coupon_grant_phone", "coupon_grant", ["phone_index", "coupon_id"])
    op.create_table(
        "coupon_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('returned', 'used')", name=op.f("ck_coupon_use_state")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_coupon_use_amount")),
        sa.CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name=op.f("ck_coupon_use_returned")),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_coupon_use_coupon_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_coupon_use_household_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_coupon_use_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_use")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_coupon_use_booking_id")))
    op.create_index("ix_coupon_use_household", "coupon_use", ["household_id", "coupon_id"])
    op.create_index("ix_coupon_use_coupon", "coupon_use", ["coupon_id"])


def downgrade() -> None:
    """Take it back; rules of one firm are gone."""
    op.drop_constraint("fee_rule_no_overlap", "fee_rule")
    op.execute("DELETE FROM fee_rule WHERE firm_id IS NOT NULL")
    op.drop_index("ix_fee_rule_firm", "fee_rule")
    op.drop_index("uq_fee_rule", "fee_rule")
    op.drop_constraint(op.f("ck_fee_rule_days"), "fee_rule")
    op.drop_column("fee_rule", "firm_id")
    op.create_index("uq_fee_rule", "fee_rule", ["line", "service_code", "valid_from"], unique=True,
                    postgresql_nulls_not_distinct=True)
    op.execute("DROP VIEW coupons_health")
    op.drop_table("coupon_use")
    op.drop_table("coupon_grant")
    op.drop_table("coupon")
