"""disputes: what cardholders' banks take back, refunds that wait for them, firms' debts given up."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

#: checks of ledger_health that know of disputes from now on; each stands for the one that begins as the key does
CHANGED = {
    "SELECT 'refunds', 'refund:'": """SELECT 'refunds', 'refund:' || refund.id, 'its postings do not fit its state', refund.checked_at
       FROM refund JOIN payment ON payment.id = refund.payment_id
       LEFT JOIN (posting_tx tx JOIN posting line ON line.tx_id = tx.id)
           ON tx.kind IN ('refunded', 'returned', 'refund_failed', 'repaid') AND tx.ref = refund.id::text
           AND line.account = coalesce('escrow:' || payment.booking_id, 'prepaid:' || payment.card_id)
       GROUP BY refund.id HAVING coalesce(sum(line.amount_fen), 0)
           <> CASE WHEN refund.state IN ('requested', 'failed', 'replaced', 'disputed') THEN 0 ELSE refund.amount_fen END""",
    "SELECT 'refunds', 'payment:'": """SELECT 'refunds', 'payment:' || payment.id, 'more refunded than paid', max(refund.created_at)
       FROM payment JOIN refund ON refund.payment_id = payment.id
           AND refund.state NOT IN ('failed', 'replaced', 'disputed')
       GROUP BY payment.id, payment.amount_fen HAVING sum(refund.amount_fen) > payment.amount_fen""",
    "SELECT 'escrow', 'booking:' || held": """SELECT 'escrow', 'booking:' || held.booking_id, 'closed, and ' || held.fen || ' fen are still held',
           booking.closed_at
       FROM (SELECT tx.booking_id, -sum(line.amount_fen) AS fen FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id
             WHERE line.account LIKE 'escrow:%' GROUP BY tx.booking_id) held
       JOIN booking ON booking.id = held.booking_id
           AND booking.state NOT IN ('held', 'confirmed', 'under_way', 'served')
       CROSS JOIN LATERAL (SELECT coalesce(sum(refund.amount_fen), 0) AS fen FROM refund JOIN payment
                           ON payment.id = refund.payment_id AND payment.booking_id = booking.id
                           WHERE refund.state IN ('requested', 'failed')) waiting
       CROSS JOIN LATERAL (SELECT coalesce(sum(payment.disputed_fen), 0) AS fen FROM payment
                           WHERE payment.booking_id = booking.id) standing
       WHERE held.fen NOT BETWEEN waiting.fen AND greatest(waiting.fen, standing.fen)""",
    "SELECT 'escrow', 'booking:' || booking": """SELECT 'escrow', 'booking:' || booking.id, 'what is held is not what was paid less what left', paid.at
       FROM booking JOIN (SELECT booking_id, sum(amount_fen) AS fen, max(succeeded_at) AS at FROM payment
                          WHERE state = 'succeeded' GROUP BY booking_id) paid ON paid.booking_id = booking.id
       WHERE booking.state IN ('confirmed', 'under_way', 'served') AND paid.fen <> (
           SELECT coalesce(sum(refund.amount_fen), 0) FROM refund JOIN payment ON payment.id = refund.payment_id
           WHERE payment.booking_id = booking.id AND refund.state IN ('submitted', 'pending', 'succeeded', 'repaid')) + (
           SELECT coalesce(sum(line.amount_fen), 0) FROM posting line JOIN posting_tx tx ON tx.id = line.tx_id
           WHERE tx.booking_id = booking.id AND line.account = 'escrow:' || booking.id
           AND tx.kind IN ('released', 'recalled', 'dispute_lost')) - (
           SELECT coalesce(sum(line.amount_fen), 0) FROM posting line WHERE line.account = 'escrow:' || booking.id)""",
}
#: what is never to be found of disputes: check, subject, detail, since when
CHECKS = (
    """SELECT 'dispute' AS "check", 'dispute:' || dispute.id AS subject,
           'holds ' || coalesce(sum(line.amount_fen), 0) || ' fen in the books' AS detail, dispute.checked_at AS since
       FROM dispute LEFT JOIN (posting_tx tx JOIN posting line ON line.tx_id = tx.id AND line.account = 'dispute_hold')
           ON tx.ref = dispute.stripe_id AND tx.kind IN ('disputed', 'dispute_won', 'dispute_lost')
       GROUP BY dispute.id HAVING coalesce(sum(line.amount_fen), 0)
           <> CASE WHEN dispute.state IN ('opened', 'answered', 'conceded') THEN dispute.held_fen ELSE 0 END""",
    """SELECT 'dispute', 'posting_tx:' || tx.id, tx.kind || ' of no dispute', tx.at FROM posting_tx tx
       JOIN posting line ON line.tx_id = tx.id AND line.account = 'dispute_hold'
       WHERE NOT EXISTS (SELECT FROM dispute WHERE dispute.stripe_id = tx.ref)""",
    """SELECT 'dispute', 'payment:' || payment.id, 'its disputes are not what it says of them', max(dispute.checked_at)
       FROM payment LEFT JOIN dispute ON dispute.payment_id = payment.id
       WHERE dispute.id IS NOT NULL OR payment.disputed_fen <> 0 OR payment.lost_fen <> 0
       GROUP BY payment.id HAVING payment.disputed_fen <> coalesce(sum(dispute.held_fen) FILTER (
               WHERE dispute.state IN ('opened', 'answered', 'conceded')), 0)
           OR payment.lost_fen <> coalesce(sum(dispute.held_fen) FILTER (WHERE dispute.state = 'lost'), 0)""",
    """SELECT 'dispute', 'payment:' || payment.id, 'what its bank gave back is owed again', max(refund.checked_at)
       FROM payment JOIN refund ON refund.payment_id = payment.id AND refund.state NOT IN ('replaced', 'disputed')
       WHERE payment.lost_fen > 0 GROUP BY payment.id
       HAVING payment.lost_fen + sum(refund.amount_fen) > payment.amount_fen
           AND bool_or(refund.state IN ('requested', 'failed'))""",
    """SELECT 'write_off', 'write_off:' || coalesce(written.id::text, tx.ref), 'without an equal posting',
           coalesce(written.written_at, tx.at)
       FROM write_off written FULL JOIN (SELECT posting_tx.id, ref, at FROM posting_tx WHERE kind = 'written_off') tx
           ON tx.ref = written.id::text
       LEFT JOIN posting line ON line.tx_id = tx.id AND line.account = 'loss'
       WHERE line.amount_fen IS DISTINCT FROM written.amount_fen""",
)
STATES = "state IN ('disputed', 'failed', 'pending', 'repaid', 'replaced', 'requested', 'submitted', 'succeeded')"
OLD_STATES = "state IN ('failed', 'pending', 'repaid', 'replaced', 'requested', 'submitted', 'succeeded')"


def _before() -> tuple[str, ...]:
    """The checks of ledger_health as they were."""
    checks: tuple[str, ...] = op.get_context().script.get_revision("0039").module.CHECKS
    return checks


def _health(checks: tuple[str, ...]) -> None:
    op.execute("DROP VIEW ledger_health")
    op.execute(f"CREATE VIEW ledger_health AS {' UNION ALL '.join(checks)}")


def upgrade() -> None:
    """Create what disputes keep, and have refunds and the books know of them."""
    op.add_column("payment", sa.Column("disputed_fen", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("payment", sa.Column("lost_fen", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_check_constraint(op.f("ck_payment_disputed"), "payment",
                               "disputed_fen >= 0 AND lost_fen >= 0 AND disputed_fen + lost_fen <= amount_fen")
    op.drop_constraint(op.f("ck_refund_state"), "refund")
    op.create_check_constraint(op.f("ck_refund_state"), "refund", STATES)
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("inquiry", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("held_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('answered', 'closed', 'conceded', 'lost', 'opened', 'won')",
                           name=op.f("ck_dispute_state")),
        sa.CheckConstraint("amount_fen > 0 AND held_fen BETWEEN 0 AND amount_fen", name=op.f("ck_dispute_amount")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_dispute_booking_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_dispute_firm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_dispute_stripe_id")))
    op.create_index(op.f("ix_dispute_payment_id"), "dispute", ["payment_id"])
    op.create_index("ix_dispute_state", "dispute", ["state", "id"])
    op.create_index("ix_dispute_firm", "dispute", ["firm_id", "id"])
    op.create_index("ix_dispute_open", "dispute", ["checked_at"],
                    postgresql_where=sa.text("state IN ('opened', 'answered', 'conceded')"))
    op.create_table(
        "write_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("left_fen", sa.BigInteger(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_write_off_amount")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_write_off_firm_id")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_write_off_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_off")))
    op.create_index("ix_write_off_firm", "write_off", ["firm_id", "id"])
    _health(tuple(next((new for start, new in CHANGED.items() if old.startswith(start)), old) for old in _before()))
    op.execute(f"CREATE VIEW disputes_health AS {' UNION ALL '.join(CHECKS)}")


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP VIEW disputes_health")
    _health(_before())
    op.drop_table("write_off")
    op.drop_table("dispute")
    op.drop_constraint(op.f("ck_refund_state"), "refund")
    op.create_check_constraint(op.f("ck_refund_state"), "refund", OLD_STATES)
    op.drop_constraint(op.f("ck_payment_disputed"), "payment")
    op.drop_column("payment", "lost_fen")
    op.drop_column("payment", "disputed_fen")
