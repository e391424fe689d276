"""prepaid: cards of visits a firm sells, within the limits for single-purpose cards; bookings paid from them.

The limits are those of the measures on single-purpose commercial prepaid cards, dated so that a later migration can add
others.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

SOURCE = "单用途商业预付卡管理办法（试行）（商务部令2012年第9号）第十八条"
#: registered, fen one card may hold
LIMITS = [(True, 500_000), (False, 100_000)]
SINCE = date(2012, 11, 1)

#: what is never to be found of cards: check, subject, detail, since when
CHECKS = (
    """SELECT 'prepaid' AS "check", 'prepaid:' || card.id AS subject, card.state || ', and its price is '
           || CASE WHEN paid.id IS NULL THEN 'not paid' ELSE 'paid' END AS detail,
           coalesce(paid.succeeded_at, card.live_at) AS since
       FROM prepaid_card card LEFT JOIN payment paid ON paid.card_id = card.id AND paid.state = 'succeeded'
       WHERE CASE card.state WHEN 'bought' THEN paid.id IS NOT NULL WHEN 'lapsed' THEN false
                             ELSE paid.id IS NULL OR paid.amount_fen <> card.value_fen END""",
    """SELECT 'prepaid', 'payment:' || payment.id, 'of no card of its household and firm', payment.created_at
       FROM payment LEFT JOIN prepaid_card card ON card.id = coalesce(payment.card_id, payment.from_card_id)
       LEFT JOIN booking ON booking.id = payment.booking_id
       WHERE coalesce(payment.card_id, payment.from_card_id) IS NOT NULL AND (card.id IS NULL OR booking.id IS NOT NULL
           AND (booking.household_id <> card.household_id OR booking.firm_id <> card.firm_id))""",
    """SELECT 'prepaid', 'prepaid:' || coalesce(said.card_id::text, held.id), 'holds ' || coalesce(held.fen, 0) || ' fen, not '
           || coalesce(said.fen, 0), greatest(said.at, held.at)
       FROM (SELECT card_id, sum(fen) AS fen, max(at) AS at FROM (
               SELECT card_id, amount_fen AS fen, succeeded_at AS at FROM payment
               WHERE card_id IS NOT NULL AND state = 'succeeded'
               UNION ALL SELECT from_card_id, -amount_fen, succeeded_at FROM payment
               WHERE from_card_id IS NOT NULL AND state = 'succeeded'
               UNION ALL SELECT payment.from_card_id, refund.amount_fen, refund.settled_at FROM refund
               JOIN payment ON payment.id = refund.payment_id
               WHERE payment.from_card_id IS NOT NULL AND refund.state = 'succeeded'
               UNION ALL SELECT payment.card_id, -refund.amount_fen, refund.checked_at FROM refund
               JOIN payment ON payment.id = refund.payment_id
               WHERE payment.card_id IS NOT NULL AND refund.state IN ('submitted', 'pending', 'succeeded', 'repaid')
               UNION ALL SELECT split_part(line.account, ':', 2)::uuid, -line.amount_fen, tx.at FROM posting_tx tx
               JOIN posting line ON line.tx_id = tx.id AND line.account LIKE 'prepaid:%'
               WHERE tx.kind IN ('dispute_lost', 'recovered')) moved GROUP BY card_id) said
       FULL JOIN (SELECT split_part(line.account, ':', 2) AS id, -sum(line.amount_fen) AS fen, max(tx.at) AS at
                  FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id WHERE line.account LIKE 'prepaid:%'
                  GROUP BY line.account) held ON held.id = said.card_id::text
       WHERE coalesce(held.fen, 0) <> coalesce(said.fen, 0) OR held.fen < 0""",
    """SELECT 'prepaid', 'prepaid:' || card.id, card.state || ', and ' || held.fen || ' fen of it go nowhere', held.at
       FROM prepaid_card card JOIN LATERAL (
           SELECT -sum(line.amount_fen) AS fen, max(tx.at) AS at FROM posting line
           JOIN posting_tx tx ON tx.id = line.tx_id WHERE line.account = 'prepaid:' || card.id) held ON held.fen <> 0
       WHERE card.state IN ('closed', 'lapsed') AND held.fen <> (
           SELECT coalesce(sum(refund.amount_fen), 0) FROM refund JOIN payment ON payment.id = refund.payment_id
           WHERE payment.card_id = card.id AND refund.state IN ('requested', 'failed'))""",
)
FROM_CARD = "(from_card_id IS NOT NULL) = (method = 'prepaid') AND (from_card_id IS NULL OR booking_id IS NOT NULL)"


def upgrade() -> None:
    """Create limits, offers and cards; let bookings be paid from a card."""
    limits = op.create_table(
        "prepaid_limit",
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("most_fen", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("most_fen > 0", name=op.f("ck_prepaid_limit_most")),
        sa.PrimaryKeyConstraint("registered", "valid_from", name=op.f("pk_prepaid_limit")))
    op.bulk_insert(limits, [{"registered": registered, "valid_from": SINCE, "most_fen": fen, "source": SOURCE}
                            for registered, fen in LIMITS])
    _offers()
    _cards()
    op.add_column("payment", sa.Column("from_card_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_payment_from_card_id"), "payment", ["from_card_id"])
    op.create_check_constraint(op.f("ck_payment_from_card"), "payment", FROM_CARD)
    op.execute(f"CREATE VIEW prepaid_health AS {' UNION ALL '.join(CHECKS)}")


def _offers() -> None:
    op.create_table(
        "prepaid_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('offered', 'withdrawn')", name=op.f("ck_prepaid_offer_state")),
        sa.CheckConstraint("price_fen > 0", name=op.f("ck_prepaid_offer_price")),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_prepaid_offer_withdrawn")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_prepaid_offer_firm_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_prepaid_offer_service_code")),
        sa.ForeignKeyConstraint(["offered_by"], ["account.id"], name=op.f("fk_prepaid_offer_offered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepaid_offer")))
    op.create_index("ix_prepaid_offer_firm", "prepaid_offer", ["firm_id", "id"])
    op.create_index("ix_prepaid_offer_offered", "prepaid_offer", ["id"],
                    postgresql_where=sa.text("state = 'offered'"))


def _cards() -> None:
    op.create_table(
        "prepaid_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=True),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('bought', 'closed', 'lapsed', 'live')", name=op.f("ck_prepaid_card_state")),
        sa.CheckConstraint("value_fen > 0", name=op.f("ck_prepaid_card_value")),
        sa.CheckConstraint("(state IN ('live', 'closed')) = (live_at IS NOT NULL)"
                           " AND (state IN ('closed', 'lapsed')) = (closed_at IS NOT NULL)",
                           name=op.f("ck_prepaid_card_moments")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_prepaid_card_household_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_prepaid_card_firm_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["prepaid_offer.id"], name=op.f("fk_prepaid_card_offer_id")),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name=op.f("fk_prepaid_card_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepaid_card")))
    op.create_index("uq_prepaid_card_awaited", "prepaid_card", ["household_id", "offer_id"], unique=True,
                    postgresql_where=sa.text("state = 'bought'"))
    op.create_index("ix_prepaid_card_household", "prepaid_card", ["household_id", "id"])
    op.create_index("ix_prepaid_card_firm", "prepaid_card", ["firm_id", "id"])
    op.create_index("ix_prepaid_card_due", "prepaid_card", ["expires_at"],
                    postgresql_where=sa.text("state = 'bought'"))


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP VIEW prepaid_health")
    op.drop_constraint(op.f("ck_payment_from_card"), "payment")
    op.drop_index(op.f("ix_payment_from_card_id"), "payment")
    op.drop_column("payment", "from_card_id")
    op.drop_table("prepaid_card")
    op.drop_table("prepaid_offer")
    op.drop_table("prepaid_limit")
