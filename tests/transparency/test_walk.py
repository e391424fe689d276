"""`flask log verify` finds whatever is tampered with, in any table, and names it; honest logs pass."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie import cli
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.transparency import service
from qiaojiejie.transparency.queries import walk
from tests.transparency.conftest import found, grow, say

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

#: what is done to which table, and how the finding begins
TAMPERED = {
    "a leaf is taken out": ("DELETE FROM log_leaf WHERE index = 5", "log_leaf 5 is missing"),
    "the first leaf is taken out": ("DELETE FROM log_leaf WHERE index = 0", "log_leaf 0 is missing"),
    "the last leaf is taken out": ("DELETE FROM log_leaf WHERE index = 20",
                                   "log_checkpoint: the newest is of 21 leaves, there are 20"),
    "a leaf's text is changed": ("UPDATE log_leaf SET body = replace(body, 'weather', 'climate') WHERE index = 7",
                                 "log_leaf 7: its hash is not that of its text"),
    "a leaf is written anew with its hash": (
        "UPDATE log_leaf SET body = replace(body, 'weather', 'climate'),"
        " hash = sha256('\\x00'::bytea || convert_to(replace(body, 'weather', 'climate'), 'UTF8')) WHERE index = 7",
        "log_node (1, 3) is not what the leaves beneath it make"),
    "a leaf's hash is changed": ("UPDATE log_leaf SET hash = sha256('x') WHERE index = 7",
                                 "log_leaf 7: its hash is not that of its text"),
    "a leaf is laid to another entry": ("UPDATE log_leaf SET entry_id = -1 WHERE index = 7",
                                        "log_leaf 7: its columns say something else"),
    "a leaf is laid to another subject": ("UPDATE log_leaf SET subject = 'p_2' WHERE index = 7",
                                          "log_leaf 7: its columns say something else"),
    "an opening's payload is changed": ("UPDATE log_opening SET payload = '{\"sky\": \"fog\"}' WHERE index = 4",
                                        "log_opening 4: it does not open leaf 4"),
    "an opening's salt is changed": ("UPDATE log_opening SET salt = 'x' WHERE index = 4",
                                     "log_opening 4: it does not open leaf 4"),
    "an opening of nothing appears": ("INSERT INTO log_opening VALUES (99, 'x', '{}')", "log_opening 99 opens no leaf"),
    "a node is changed": ("UPDATE log_node SET hash = sha256('x') WHERE level = 2 AND index = 1",
                          "log_node (2, 1) is not what the leaves beneath it make"),
    "a node is taken out": ("DELETE FROM log_node WHERE level = 4", "log_node (4, 0) is not what"),
    "a node appears": ("INSERT INTO log_node VALUES (5, 0, sha256('x'))", "log_node (5, 0) has no leaves beneath it"),
    "a checkpoint's root is changed": ("UPDATE log_checkpoint SET root = sha256('x') WHERE size = 10",
                                       "log_checkpoint 10: its note says something else"),
    "a checkpoint's note is changed": (
        "UPDATE log_checkpoint SET note = replace(note, E'\\n10\\n', E'\\n11\\n') WHERE size = 10",
        "log_checkpoint 10: this signature is not"),
    "the newest checkpoint is taken out": ("DELETE FROM log_checkpoint WHERE size = 21",
                                           "log_checkpoint: the newest is of 10 leaves, there are 21"),
    "a cosignature is moved in time": ("UPDATE log_cosignature SET at = at + interval '1 day'",
                                       "log_cosignature 21 of qiaojiejie.example/log/witness: it was made at another"),
    "a cosignature is forged": (
        "UPDATE log_cosignature SET line = (SELECT regexp_replace(line, '.{8}$', E'AAAAAA==\\n'))",
        "log_cosignature 21 of"),
    "a cosignature is laid to another size": ("UPDATE log_cosignature SET size = 10",
                                              "log_cosignature 10 of qiaojiejie.example/log/witness: this signature"),
    "what the witness saw is changed": ("UPDATE witness_state SET root = sha256('x')",
                                        "witness_state qiaojiejie.example/log: the tree of 21 leaves is not"),
    "an entry is taken out of the ledger": (
        "DELETE FROM ledger_entry WHERE id = (SELECT entry_id FROM log_leaf WHERE index = 3)",
        "ledger_entry {3} is missing: the log has its leaf"),
    "an entry says something else": (
        "UPDATE ledger_entry SET data = '{\"sky\": \"fog\"}'"
        " WHERE id = (SELECT entry_id FROM log_leaf WHERE index = 3)", "ledger_entry {3} says something else"),
    "an entry is dated back": (
        "UPDATE ledger_entry SET at = at - interval '1 day'"
        " WHERE id = (SELECT entry_id FROM log_leaf WHERE index = 3)", "ledger_entry {3} says something else"),
    "an entry becomes another fact": (
        "UPDATE ledger_entry SET fact = 'weather.hushed'"
        " WHERE id = (SELECT entry_id FROM log_leaf WHERE index = 3)", "ledger_entry {3} says something else"),
    "an entry is withheld": ("DELETE FROM log_pending", "ledger_entry {new} has no leaf and does not wait for one"),
}


@pytest.fixture()
def honest(world: sa.Connection) -> dict[str, int]:
    """A log of 21 leaves in two batches, cosigned, and one entry that waits; leaf 3's entry and the one that waits."""
    with clock.frozen(NOON):
        grow(10, about="p_1")
        grow(11)
        service.cosign()
        (new,) = say()
    third = db.session.execute(sa.text("SELECT entry_id FROM log_leaf WHERE index = 3")).scalar_one()
    return {"3": third, "new": new}


def test_an_honest_log_passes(honest: dict[str, int]) -> None:
    assert found() == []


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_tampered_with_is_found_and_named(world: sa.Connection, honest: dict[str, int], what: str) -> None:
    deed, finding = TAMPERED[what]
    db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    assert db.session.execute(sa.text(deed.replace(":", r"\:"))).rowcount > 0  # type: ignore[attr-defined]
    expected = finding.replace("{3}", str(honest["3"])).replace("{new}", str(honest["new"]))
    assert found()[0].startswith(expected), found()


def test_a_log_of_many_batches_passes_and_what_is_wrong_late_in_it_is_found(
        world: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "BATCH", 3)
    for _ in range(7):
        grow(5, about="p_1")
    assert found() == []
    db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    db.session.execute(sa.text("UPDATE log_opening SET payload = '{}' WHERE index = 33"))
    last = db.session.execute(sa.text("SELECT entry_id FROM log_leaf WHERE index = 34")).scalar_one()
    db.session.execute(sa.text("DELETE FROM ledger_entry WHERE id = :last"), {"last": last})
    assert [finding.partition(":")[0] for finding in found()] == ["log_opening 33", f"ledger_entry {last} is missing"]


def test_a_subject_that_is_counted_wrongly_is_found(world: sa.Connection) -> None:
    grow(2, about="p_1")
    counted = service._counted
    service._counted = lambda subjects: {subject: 6 for subject in subjects}  # type: ignore[assignment]
    try:
        grow(1, about="p_1")
    finally:
        service._counted = counted
    assert found() == ["log_leaf 2: the leaves of p_1 are not counted 1, 2, …"]


def test_the_command_says_what_is_wrong_and_exits_with_1(app: Flask, honest: dict[str, int]) -> None:
    app.cli.add_command(cli.public_log)
    run = app.test_cli_runner()
    fine = run.invoke(args=["log", "verify"])
    assert (fine.exit_code, "21 leaves" in fine.output) == (0, True)
    db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    db.session.execute(sa.text("UPDATE log_node SET hash = sha256('x') WHERE level = 1 AND index = 0"))
    db.session.commit()
    broken = run.invoke(args=["log", "verify"])
    assert (broken.exit_code, broken.output) == (
        1, "Error: log_node (1, 0) is not what the leaves beneath it make\n")
