"""catalog: occupations with their editions and levels, and which service asks for which.

Code and levels of 家政服务员 are those of the national standard's 2019 edition, its three kinds of work told apart where
the standard does. Which services ask for a certificate is this product's own choice.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"

#: code, number of the standard (null: none that we know), edition, name, English name, levels (5 lowest)
OCCUPATIONS = [
    ("domestic_worker", "4-10-01-06", "2019", "家政服务员", "Domestic worker", [5, 4, 3, 2]),
    ("maternity_carer", "4-10-01-06", "2019", "家政服务员（母婴护理员）", "Domestic worker: mother and infant", [5, 4, 3]),
    ("family_carer", "4-10-01-06", "2019", "家政服务员（家庭照护员）", "Domestic worker: family care", [5, 4, 3]),
    ("infant_carer", None, None, "育婴员", "Infant carer", [5, 4, 3]),
    ("elder_carer", "4-10-01-05", None, "养老护理员", "Elder carer", [5, 4, 3, 2, 1]),
]
#: service → the occupations of which one is asked for
ASKED_FOR = {"maternity_nurse": ["maternity_carer", "infant_carer"], "infant_care": ["infant_carer", "maternity_carer"],
             "elder_care_full": ["elder_carer", "family_carer"]}


def upgrade() -> None:
    """Create occupations; documents name one, services ask for some."""
    table = op.create_table(
        "occupation",
        sa.Column("code", sa.Text(), nullable=False), sa.Column("number", sa.Text()), sa.Column("edition", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False), sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_occupation")))
    op.bulk_insert(table, [{"code": code, "number": number, "edition": edition, "name": name, "name_en": name_en,
                            "levels": levels, "position": position} for position, (
                                code, number, edition, name, name_en, levels) in enumerate(OCCUPATIONS)])
    op.add_column("service", sa.Column("certificates", postgresql.ARRAY(sa.Text()), nullable=False,
                                       server_default=sa.text("'{}'")))
    for code, occupations in ASKED_FOR.items():
        op.execute(sa.text("UPDATE service SET certificates = :them WHERE code = :code").bindparams(
            sa.bindparam("them", occupations, type_=postgresql.ARRAY(sa.Text())), code=code))
    op.add_column("worker_document", sa.Column("occupation", sa.Text()))
    op.create_foreign_key(op.f("fk_worker_document_occupation_occupation"), "worker_document", "occupation",
                          ["occupation"], ["code"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("worker_document", "occupation")
    op.drop_column("service", "certificates")
    op.drop_table("occupation")
