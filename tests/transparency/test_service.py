"""Leaves enter the tree once, in order, and what they say can be checked against what they commit to."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from qiaojiejie.core import bulk, clock
from qiaojiejie.core.db import db
from qiaojiejie.ledger import service as ledger
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import queries, rules, service, tasks
from qiaojiejie.transparency.models import LogLeaf, LogOpening, LogPending
from tests.transparency.conftest import HUSHED, SAID, found, grow, read, say

pytestmark = pytest.mark.usefixtures("world")


def leaves() -> list[LogLeaf]:
    """Every leaf in order."""
    return list(db.session.scalars(sa.select(LogLeaf).order_by(LogLeaf.index)))


def test_a_published_fact_becomes_a_leaf_and_any_other_does_not() -> None:
    ledger.append(HUSHED, subject="weather:1", actor="system")
    (entry_id,) = say()
    assert grow(1, sky="rain") == 1
    (leaf,) = leaves()
    assert (leaf.index, leaf.entry_id) == (0, entry_id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogPending)) == 0


def test_a_leaf_says_its_entry_and_day_and_commits_to_its_payload() -> None:
    with clock.frozen(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)):  # midnight in Shanghai: the first of December
        (entry_id,) = say(about="p_1")
    grow(0)
    (leaf,), (opening,) = leaves(), db.session.scalars(sa.select(LogOpening)).all()
    commitment = hashlib.sha256(opening.salt + b'{"sky":"sun"}').hexdigest()
    assert leaf.body == (f'{{"category":null,"commitment":"{commitment}","firm":null,"n":1,"order":null,'
                         f'"seq":{entry_id},"subject":"p_1","t":20788,"type":"weather"}}')
    assert leaf.hash == hashlib.sha256(b"\x00" + leaf.body.encode()).digest()
    assert len(opening.salt) == 16


def test_a_second_before_midnight_in_shanghai_is_the_day_before() -> None:
    with clock.frozen(datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)):
        say()
    grow(0)
    assert json.loads(leaves()[0].body)["t"] == 20787


def test_the_leaves_of_each_subject_are_counted_across_batches() -> None:
    for about in ("p_1", "p_2", "p_1", None, "p_1"):
        say(about=about)
    service.sequence(batch=2)
    service.sequence(batch=3)
    assert [(leaf.subject, leaf.n) for leaf in leaves()] == [
        ("p_1", 1), ("p_2", 1), ("p_1", 2), (None, None), ("p_1", 3)]
    assert [line["n"] for line in queries.leaves_of("p_1")] == [1, 2, 3]
    assert found() == []


def test_a_fact_may_be_read_by_one_room_only() -> None:
    service.publishes(SAID)(read)  # the same once more is no harm
    with pytest.raises(ValueError, match="two rooms publish weather.said"):
        service.publishes(HUSHED, SAID)(lambda entries: {})


def test_entries_copied_in_bulk_are_taken_up_too() -> None:
    ledger.append_many(SAID, about=[("weather:1", {"sky": "sun"})] * 30, actor="system")
    bulk.insert(LedgerEntry, [{"at": clock.now(), "fact": SAID, "subject": "weather:2", "actor": "system",
                               "data": {"sky": "fog"}}] * 20)
    assert grow(0) == 50


def test_a_second_append_with_the_same_key_makes_no_second_leaf() -> None:
    for _ in range(2):
        ledger.append(SAID, subject="weather:1", actor="system", data={"sky": "sun"}, key="once")
    assert grow(0) == 1


def test_an_entry_that_is_rolled_back_is_never_taken_up() -> None:
    with db.session.begin_nested() as undone:
        say()
        undone.rollback()
    assert grow(0) == 0


def test_every_batch_is_signed_and_the_log_says_its_size() -> None:
    say(5)
    service.sequence(batch=3)
    assert queries.head()["size"] == 3
    service.sequence(batch=3)
    note = rules.parse_note(queries.latest_note())
    said = rules.parse_checkpoint(note.text)
    assert (said.origin, said.size) == ("qiaojiejie.example/log", 5)
    assert said.root.hex() == queries.head()["root"]


def test_entries_that_make_no_leaf_make_no_checkpoint() -> None:
    grow(1)
    before = queries.latest_note()
    grow(3, sky="rain")
    assert queries.latest_note() == before


def test_a_sweep_takes_up_what_many_batches_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 4)
    monkeypatch.setattr(service.sequence, "__kwdefaults__", {"batch": 4})
    say(18)
    tasks.sequence()
    assert queries.head()["size"] == 18


@pytest.mark.parametrize("payload", [
    {"score": 0.5}, {"seq": 1}, {"n": 1}, {"salt": "x"}, {"number": 2**53 + 1}, {"x": "y" * 10, "commitment": ""},
    {"half": "\ud800"}, {"when": datetime(2026, 1, 1)}])
def test_a_payload_that_could_not_be_read_the_same_everywhere_stops_the_log_loudly(payload: dict[str, object]) -> None:
    service.READERS.clear()
    service.publishes(SAID)(lambda entries: {entry.id: rules.Leaf("odd", payload) for entry in entries})
    say()
    with pytest.raises(ValueError), db.session.begin_nested():
        service.sequence()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogPending)) == 1, "nothing is lost"


def test_deleting_an_opening_leaves_every_proof_whole_and_the_line_bare() -> None:
    grow(9)
    entry_id = leaves()[4].entry_id
    proof = queries.proof_for(entry_id)
    db.session.execute(sa.delete(LogOpening).where(LogOpening.index == 4))
    assert queries.proof_for(entry_id) == proof
    lines = queries.openings(None, 100).items
    assert "salt" not in lines[4] and "sky" not in lines[4] and lines[4]["seq"] == entry_id
    assert lines[3]["sky"] == "sun"
    assert found() == []


def test_an_export_line_makes_its_leaf_again() -> None:
    grow(3, about="p_9")
    for leaf, line in zip(leaves(), queries.openings(None, 100).items, strict=True):
        assert rules.body_of_line(line).decode() == leaf.body


def test_an_empty_log_has_the_root_of_nothing() -> None:
    assert queries.head()["root"] == hashlib.sha256(b"").hexdigest()
    assert found() == []
