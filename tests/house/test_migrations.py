"""A release is rolled out while the one before it still answers: no migration breaks it, or locks everybody out."""

from pathlib import Path

import pytest
from flask import Flask

from qiaojiejie.core.db import Model
from tests.house import migration_rules

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
#: from here on nobody may say that the service can be stopped for it
SINCE = "0067"


def found(body: str, meant: str = "") -> list[str]:
    """The rules a migration breaks whose way up is ``body``."""
    source = f"from alembic import op\nimport sqlalchemy as sa\n{meant}\ndef upgrade():\n    {body}\n"
    down = "def downgrade():\n    op.drop_column('booking', 'x')\n"
    return [rule for rule, _ in migration_rules.faults(source + down)]


@pytest.mark.parametrize(("rule", "body"), [
    ("not_null", "op.add_column('firm', sa.Column('x', sa.Text(), nullable=False))"),
    ("set_not_null", "op.alter_column('firm', 'x', nullable=False)"),
    ("set_not_null", "op.execute('ALTER TABLE firm ALTER COLUMN x SET NOT NULL')"),
    ("drop_column", "op.drop_column('firm', 'x')"),
    ("drop_column", "op.execute('ALTER TABLE firm DROP COLUMN x')"),
    ("drop_table", "op.drop_table('firm')"),
    ("rename", "op.rename_table('firm', 'company')"),
    ("rename", "op.alter_column('firm', 'x', new_column_name='y')"),
    ("rename", "op.execute(sa.text('ALTER TABLE firm RENAME TO company'))"),
    ("type", "op.alter_column('firm', 'x', type_=sa.Text())"),
    ("type", "op.execute('ALTER TABLE firm ALTER COLUMN x TYPE bigint USING x::bigint')"),
    ("index", "op.create_index('ix_b', 'booking', ['x'])"),
    ("index", "op.create_unique_constraint('uq_b', 'booking', ['x'])"),
    ("index", "op.execute('CREATE UNIQUE INDEX ix_b ON booking (x)')"),
    ("constraint", "op.create_check_constraint('x', 'booking', 'x > 0')"),
    ("constraint", "op.create_foreign_key('fk', 'booking', 'firm', ['x'], ['id'])"),
])
def test_what_breaks_the_release_before_is_refused_until_it_is_meant(rule: str, body: str) -> None:
    assert found(body) == [rule]
    assert found(body, f"MEANT = {{'{rule}': 'nothing reads it since 0.3'}}") == []


@pytest.mark.parametrize("body", [
    "op.add_column('firm', sa.Column('x', sa.Text(), nullable=True))",
    "op.add_column('firm', sa.Column('x', sa.Text(), nullable=False, server_default=''))",
    "op.alter_column('firm', 'x', nullable=True)",
    "op.create_index('ix_f', 'firm', ['x'])",
    "op.create_index('ix_b', 'booking', ['x'], postgresql_concurrently=True)",
    "op.execute('CREATE INDEX CONCURRENTLY ix_b ON booking (x)')",
    "op.create_check_constraint('x', 'booking', 'x > 0', postgresql_not_valid=True)",
    "op.create_table('booking'); op.create_index('ix_b', 'booking', ['x'])",
    "op.execute('UPDATE firm SET x = 1')",
])
def test_what_the_release_before_does_not_feel_is_let_through(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize("meant", ["MEANT = {'drop_column': ''}", "MEANT = {'everything': 'because I say so'}"])
def test_what_is_meant_has_a_reason_and_is_one_thing(meant: str) -> None:
    with pytest.raises(ValueError, match="MEANT"):
        found("op.drop_column('firm', 'x')", meant)


def test_every_newer_migration_lets_the_release_before_it_live() -> None:
    files = [path for path in sorted(VERSIONS.glob("*.py")) if path.name[:4] > SINCE]
    wrong = [f"{path.name}:{line} {rule}: {migration_rules.WHY[rule]}"
             for path in files for rule, line in migration_rules.faults(path.read_text())]
    assert wrong == []


def test_the_big_tables_are_there(app: Flask) -> None:
    assert migration_rules.BIG <= Model.metadata.tables.keys()
