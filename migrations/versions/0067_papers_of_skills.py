"""workers: until when a worker's papers suffice for each of her services."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"

#: as ``workers.rules.eligible_until``; NULL among what is asked for: no day at all
UNTIL = """
    UPDATE worker_skill SET papers_until = CASE
        WHEN w.identity_verified_on IS NULL OR w.insured_until IS NULL
             OR coalesce(w.insured_class, 0) < service.insurance_class
             OR service.care AND (w.background_until IS NULL OR w.health_until IS NULL)
             OR service.certificates <> '{}' AND held.until IS NULL THEN DATE '0001-01-01'
        ELSE least(w.insured_until, CASE WHEN service.care THEN least(w.background_until, w.health_until) END,
                   CASE WHEN service.certificates <> '{}' THEN held.until END) END
    FROM worker w CROSS JOIN service CROSS JOIN LATERAL (
        SELECT max(coalesce(CAST(paper ->> 'valid_until' AS date), DATE '9999-12-31')) AS until
        FROM jsonb_array_elements(w.certificates) AS paper
        WHERE CAST(paper ->> 'verified' AS boolean) AND paper ->> 'occupation' = ANY(service.certificates)) AS held
    WHERE w.no = worker_skill.worker_no AND service.code = worker_skill.service_code"""


def rank(*include: str) -> None:
    """The index the search walks, with what it reads there."""
    op.drop_index("uq_worker_skill_rank", table_name="worker_skill")
    op.create_index("uq_worker_skill_rank", "worker_skill",
                    ["district", "service_code", sa.text("score DESC"), sa.text("worker_no DESC")], unique=True,
                    postgresql_include=["price_fen", "grade_rank", "cell", *include])


def upgrade() -> None:
    """Said of each row there is, then asked of each."""
    op.add_column("worker_skill", sa.Column("papers_until", sa.Date(), nullable=True))
    op.execute(UNTIL)
    op.alter_column("worker_skill", "papers_until", nullable=False)
    rank("live_in", "papers_until")


def downgrade() -> None:
    """Nobody asks until when."""
    rank()
    op.drop_column("worker_skill", "papers_until")
