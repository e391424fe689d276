"""What the catalogue must say for a city's schema to be put on a node of its own (docs/scale.md)."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core.db import Model
from tests.conftest import ROOT

SCHEMAS = ("public", "c320300")
#: the longest name of a constraint that a shard's number still fits behind (63 bytes; ids of up to nine digits)
LONGEST = 63 - len("_123456789")

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(land: Flask) -> Ask:
    """Rows of the catalogue, for whatever schema."""
    def asked(sql: str, **params: Any) -> Any:
        with sa.create_engine(land.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool).connect() as connection:
            return connection.execute(sa.text(sql), params).all()

    return asked


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_function_of_a_city_looks_in_its_own_schema(ask: Ask, schema: str) -> None:
    found = dict(ask("SELECT proname, proconfig FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)"
                     " AND prokind = 'f'", schema=schema))
    assert {"refuse_change", "refuse_unbalanced", "refuse_unless_judging", "log_take_up"} <= set(found)
    assert {name: path for name, path in found.items() if path != [f"search_path={schema}"]} == {}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_triggers_call_functions_of_their_own_schema(ask: Ask, schema: str) -> None:
    found = ask("""
        SELECT DISTINCT CAST(pronamespace AS regnamespace)::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal AND relnamespace = CAST(:schema AS regnamespace)""", schema=schema)
    assert found == [(schema,)]


def test_no_key_view_or_default_leads_from_one_city_into_another(ask: Ask) -> None:
    assert ask("""
        SELECT conname FROM pg_constraint JOIN pg_class here ON here.oid = conrelid
        JOIN pg_class there ON there.oid = confrelid WHERE here.relnamespace <> there.relnamespace""") == []
    # a view may look into its own city's queue, as ledger_health does
    assert ask("""
        SELECT here.relname, there.relname FROM pg_depend
        JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_rewrite'::regclass
        JOIN pg_class here ON here.oid = ev_class
        JOIN pg_class there ON there.oid = refobjid AND refclassid = 'pg_class'::regclass
        WHERE here.relnamespace::regnamespace::text !~ '^(pg_|information)' AND there.relnamespace::regnamespace::text
              NOT IN (here.relnamespace::regnamespace::text, here.relnamespace::regnamespace || '_jobs')""") == []
    assert ask("""
        SELECT here.relname, there.relname FROM pg_depend
        JOIN pg_attrdef ON pg_attrdef.oid = objid AND classid = 'pg_attrdef'::regclass
        JOIN pg_class here ON here.oid = adrelid
        JOIN pg_class there ON there.oid = refobjid AND refclassid = 'pg_class'::regclass
        WHERE here.relnamespace <> there.relnamespace""") == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_job_queue_lies_in_a_schema_of_its_own(ask: Ask, schema: str) -> None:
    where = ask("SELECT table_schema FROM information_schema.tables WHERE table_name LIKE 'procrastinate_%'"
                " AND table_schema LIKE :schema || '%'", schema=schema)
    assert set(where) == {(f"{schema}_jobs",)}
    tables = {name for name, in ask("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema"
                                    " AND table_type = 'BASE TABLE'", schema=schema)}
    assert tables == {*Model.metadata.tables, "alembic_version"}


def test_constraints_are_recognised_with_a_shards_number_behind_their_names(ask: Ask) -> None:
    names = {name for name, in ask("""
        SELECT conname FROM pg_constraint WHERE connamespace = 'c320300'::regnamespace
        UNION SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'c320300'::regnamespace""")}
    assert [name for name in names if len(name) > LONGEST or name.rpartition("_")[2].isdecimal()] == []
    asked = {word for path in (ROOT / "src").rglob("*.py") for word in _names(path)}
    assert len(asked) > 30
    assert asked - names == set()


def _names(path: Path) -> set[str]:
    """Every constraint's name in a file that asks ``violated`` for one."""
    text = path.read_text()
    if "violated" not in text:
        return set()
    found = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return {word for word in found if isinstance(word, str) and word.isidentifier()
            and (word.startswith(("uq_", "fk_", "ck_")) or word.endswith("no_overlap"))}


SHAPES = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, is_identity,
               replace(column_default, :schema || '.', '') FROM information_schema.columns
        WHERE table_schema = :schema AND table_name <> 'alembic_version' ORDER BY 1, 2""",
    "constraints": """
        SELECT relname, conname, replace(pg_get_constraintdef(pg_constraint.oid), :schema || '.', '')
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE connamespace = CAST(:schema AS regnamespace) ORDER BY 1, 2""",
    "indexes": """
        SELECT indexname, replace(indexdef, :schema || '.', '') FROM pg_indexes
        WHERE schemaname = :schema ORDER BY 1""",
    "triggers": """
        SELECT relname, replace(pg_get_triggerdef(pg_trigger.oid), :schema || '.', '') FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND relnamespace = CAST(:schema AS regnamespace) ORDER BY 1, 2""",
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_city_put_down_later_is_as_the_first(ask: Ask, kind: str) -> None:
    first, later = (ask(SHAPES[kind], schema=schema) for schema in SCHEMAS)
    assert first == later and first != []
