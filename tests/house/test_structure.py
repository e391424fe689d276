"""The house itself: order of rooms, style, types, and the description, checked on every run."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema_rs
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from openapi_spec_validator import validate

from qiaojiejie.app import ROOMS
from qiaojiejie.core import openapi
from qiaojiejie.core.db import Model

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "qiaojiejie"
VOCABULARY = {"__init__", "routes", "tasks", "schemas", "service", "queries", "gateway", "models", "lifecycle",
              "rules", "facts", "errors"}
FORBIDDEN_WORDS = re.compile(r"(utils?|helpers?|common|handler|processor|do_\w+|process_\w+)")
#: names SQLAlchemy's TypeDecorator calls
FOREIGN_NAMES = ("process_bind_param", "process_result_value")


def room_files() -> Iterator[tuple[str, Path]]:
    """(room, file) of every module in a room."""
    for room in ROOMS:
        for path in sorted((SOURCE / room).glob("*.py")):
            yield room, path


def test_flake8_finds_nothing(finds_nothing: Callable[[str], None]) -> None:
    finds_nothing("flake8")


def test_mypy_finds_nothing(finds_nothing: Callable[[str], None]) -> None:
    finds_nothing("mypy")


def test_lint_imports_finds_no_room_that_calls_upward(finds_nothing: Callable[[str], None]) -> None:
    finds_nothing("lint-imports")


def test_every_folder_is_a_room_of_the_order() -> None:
    folders = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    assert folders - {"core", "sandbox", "web"} == set(ROOMS)


def test_rooms_speak_the_closed_vocabulary_and_say_what_they_know() -> None:
    for room, path in room_files():
        assert path.stem in VOCABULARY or (room, path.stem) in {("credit", "replay"), ("credit", "audit")}, path
    for room in ROOMS:
        assert ast.get_docstring(ast.parse((SOURCE / room / "__init__.py").read_text())), room


def test_files_and_functions_stay_small() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text()
        assert text.count("\n") <= 300, f"{path}: split the room by noun"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 40, f"{path}:{node.lineno} {node.name}"


def test_nothing_has_a_forbidden_name_or_swallows_an_exception() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        assert not FORBIDDEN_WORDS.fullmatch(path.stem), path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert not FORBIDDEN_WORDS.fullmatch(node.name) or node.name in FOREIGN_NAMES, f"{path}:{node.lineno}"
            if isinstance(node, ast.ExceptHandler):
                assert not all(isinstance(line, ast.Pass) for line in node.body), f"{path}:{node.lineno}"


def test_public_things_are_documented() -> None:
    missing = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                if node.name not in ("Meta", "upgrade", "downgrade") and not ast.get_docstring(node):
                    if node.col_offset == 0 or isinstance(node, ast.ClassDef):
                        missing.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert missing == []


def test_every_route_is_guarded_or_listed_as_public(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        guarded, public = hasattr(view, "_roles"), getattr(view, "_public", False)
        assert guarded != public, f"{rule}: exactly one of @allow and @public"


def test_a_route_is_eight_lines_at_most() -> None:
    for room, path in room_files():
        if path.stem == "routes":
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and node.decorator_list:
                    body = [line for line in node.body if not (isinstance(line, ast.Expr)
                                                               and isinstance(line.value, ast.Constant))]
                    assert (body[-1].end_lineno or 0) - body[0].lineno < 12, f"{room}: {node.name}"


def test_the_migrations_make_what_the_models_say(app: Flask, world: sa.Connection) -> None:
    context = MigrationContext.configure(world, opts={
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("procrastinate_")})
    assert compare_metadata(context, Model.metadata) == []


def test_every_foreign_key_and_cursor_has_an_index(world: sa.Connection) -> None:
    bare = world.execute(sa.text("""
        SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confdeltype = 'c' AND NOT EXISTS (
            SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])
    """)).all()
    assert bare == []


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, object]:
    """The description as the code writes it."""
    return openapi.describe(app, app.extensions["api"])


def test_openapi_yaml_is_fresh(document: dict[str, object]) -> None:
    assert (ROOT / "openapi.yaml").read_text() == openapi.write(document), "stale: run `make openapi`"


def test_the_patterns_openapi_yaml_gives_are_read_alike_by_javascript_and_python(document: dict[str, object]) -> None:
    patterns: list[str] = []
    json.loads(json.dumps(document), object_hook=lambda node: patterns.append(node.get("pattern")))
    given = {each for each in patterns if isinstance(each, str)}
    assert given
    for each in given:
        assert each.startswith("^") and each.endswith("$") and not re.search(r"\\[AZ]|\(\?[P#<i]", each), each


def test_every_example_is_as_its_schema_says(document: dict[str, object]) -> None:
    schemas, examples = dict[str, object](), dict[str, object]()
    for path, item in document["paths"].items():  # type: ignore[attr-defined]
        for method in item.keys() - {"parameters"}:
            for status, answer in [("body", item[method].get("requestBody", {})), *item[method]["responses"].items()]:
                for kind, media in answer.get("content", {}).items():
                    if "example" in media and "schema" in media:
                        schemas[f"{method} {path} {status} {kind}"] = media["schema"]
                        examples[f"{method} {path} {status} {kind}"] = media["example"]
    assert len(examples) > 300
    checker = jsonschema_rs.Draft202012Validator({"properties": schemas, "components": document["components"]},
                                                 validate_formats=True)
    assert [f"{error.instance_path} {error.message}" for error in checker.iter_errors(examples)] == []


def test_openapi_yaml_is_valid_and_complete(document: dict[str, object]) -> None:
    validate(document)  # type: ignore[arg-type]
    for path, item in document["paths"].items():  # type: ignore[attr-defined]
        for method, operation in item.items():
            if method == "parameters":
                continue
            where = f"{method} {path}"
            assert operation.get("summary"), where
            assert "security" in operation, where
            takes_nothing = not operation.get("parameters") and not operation["security"] and "{" not in path
            assert takes_nothing or any(status.startswith("4") for status in operation["responses"]), where
            for status, answer in [("body", operation.get("requestBody", {})), *operation["responses"].items()]:
                for kind, media in answer.get("content", {}).items():
                    if kind.endswith("json"):
                        assert "example" in media or "examples" in media, f"{where} {status}: no example"
