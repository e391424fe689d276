"""``credit-audit`` against a running service, over HTTP: what is in order, and each thing that is not, by its name."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import make_server

from qiaojiejie.audit import service as audits
from qiaojiejie.audit.models import Audit
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.credit import replay
from qiaojiejie.credit.audit import command, main, replaying
from qiaojiejie.credit.audit.site import Site
from qiaojiejie.transparency import rules
from qiaojiejie.transparency.gateway import Keys, keys
from qiaojiejie.transparency.models import LogLeaf, LogOpening
from tests import factories
from tests.audit.conftest import NOON, Office, completed, sequence

Run = Callable[..., tuple[int, str]]


@pytest.fixture()
def address(app: Flask, world: sa.Connection) -> Iterator[str]:
    """The service over HTTP, on the test's own transaction."""
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture()
def office(app: Flask, world: sa.Connection) -> Office:
    """The federation's two accounts."""
    return Office(factories.member(Role.FEDERATION_AUDITOR), factories.member(Role.FEDERATION_ADMIN))


@pytest.fixture()
def run(world: sa.Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command: (exit code, everything it said)."""

    def call(*words: object) -> tuple[int, str]:
        db.session.flush()
        stateful = words[0] in ("export", "verify", "sample", "witness") and "--state" not in words
        code = main([*map(str, words), *(["--state", str(tmp_path / "state.json")] if stateful else [])])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def tamper(world: sa.Connection, statement: str, **values: Any) -> None:
    """Somebody with the database in hands changes what can't be changed."""
    db.session.flush()
    for table in ("log_leaf", "log_opening", "log_node"):
        world.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    world.execute(sa.text(statement), values)
    db.session.expire_all()


def test_a_log_in_order_is_in_order_twice(address: str, run: Run, world: sa.Connection) -> None:
    completed(3)
    code, said = run("verify", address)
    assert code == 0, said
    assert "first visit" in said and "every leaf is in order, 3 lines match" in said and "没有缺漏" in said
    completed(300)
    code, said = run("verify", address)
    assert code == 0, said
    assert "first visit" not in said and "it continues the checkpoint of 3 leaves" in said


@pytest.mark.parametrize(("changed", "told"), [
    ("payload = jsonb_set(payload, '{punctuality}', '\"late\"')", "commitment does not match: "),
    ("payload = payload || '{\"more\": 1}'", "commitment does not match: "),
    ("salt = set_byte(salt, 3, (get_byte(salt, 3) + 1) % 256)", "commitment does not match: ")])
def test_one_changed_byte_of_an_opening_is_named(address: str, run: Run, world: sa.Connection, changed: str,
                                                 told: str) -> None:
    completed(5)
    seq = db.session.scalars(sa.select(LogLeaf.entry_id).where(LogLeaf.index == 3)).one()
    tamper(world, f"UPDATE log_opening SET {changed} WHERE index = 3")
    code, said = run("verify", address)
    assert code == 1
    assert f"entry seq {seq} (index 3): {told}" in said and "1 things are wrong" in said


def test_a_changed_leaf_is_named_and_the_root_no_longer_the_signed_one(address: str, run: Run,
                                                                       world: sa.Connection) -> None:
    completed(3)
    subject = db.session.scalars(sa.select(LogLeaf.subject).where(LogLeaf.index == 1)).one()
    tamper(world, "UPDATE log_leaf SET body = replace(body, :old, :new) WHERE index = 1", old='"n":1', new='"n":2')
    code, said = run("verify", address)
    assert code == 1
    assert "do not give the root that was signed" in said
    assert f"says it is number 2 about {subject}, but 0 came before it: one is withheld" in said


def test_an_export_is_checked_again_without_the_platform(address: str, run: Run, tmp_path: Path) -> None:
    completed(4)
    file = tmp_path / "ledger.jsonl"
    assert run("export", address, "-o", file)[0] == 0
    lines = [json.loads(text) for text in file.read_text().splitlines()]
    assert [line["index"] for line in lines] == [0, 1, 2, 3]
    assert all(line["type"] == "order_completed" and line["salt"] for line in lines)
    code, said = run("verify", "--ledger", file, "--state", f"{file}.state")
    assert code == 0 and "4 lines match" in said
    own = tmp_path / "own.state"
    assert "first visit" in run("export", address, "-o", file, "--state", own)[1]
    assert run("verify", "--ledger", file, "--state", own)[0] == 0, "the key it said was kept"
    assert "first visit" not in run("export", address, "-o", file, "--state", own)[1]


@pytest.mark.parametrize(("field", "value", "told"), [
    ("t", 20000, "t is 20000 in the export and"), ("subject", "p_other", "subject is 'p_other' in the export"),
    ("punctuality", "late", "commitment does not match"), ("category", None, "category is None in the export"),
    ("n", None, "n is None in the export"), ("salt", "00" * 16, "commitment does not match")])
def test_one_changed_field_of_an_export_is_named(address: str, run: Run, tmp_path: Path, field: str, value: Any,
                                                 told: str) -> None:
    completed(3)
    file = tmp_path / "ledger.jsonl"
    run("export", address, "-o", file)
    lines = [json.loads(text) for text in file.read_text().splitlines()]
    lines[1][field] = value
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    for where in (["--state", f"{file}.state"], [address]):
        code, said = run("verify", *where[:2 if where[0] == "--state" else 0], "--ledger", file,
                         *([] if where[0] == "--state" else where))
        assert code == 1, said
        assert f"entry seq {lines[1]['seq']} (index 1): {told}" in said


def test_an_export_goes_on_where_it_broke_off(address: str, run: Run, tmp_path: Path) -> None:
    completed(3)
    file = tmp_path / "ledger.jsonl"
    run("export", address, "-o", file)
    whole = file.read_bytes()
    file.write_bytes(whole[:len(whole) - 20])  # the last line half written
    code, said = run("export", address, "-o", file)
    assert code == 0 and "going on at index 2" in said
    assert file.read_bytes() == whole
    completed(2)
    assert run("export", address, "-o", file)[0] == 0
    assert file.read_bytes().startswith(whole) and len(file.read_text().splitlines()) == 5
    assert run("verify", "--ledger", file, "--state", f"{file}.state")[0] == 0


def test_an_export_may_begin_later_and_is_held_against_the_address(address: str, run: Run, tmp_path: Path) -> None:
    completed(4)
    file = tmp_path / "late.jsonl"
    assert run("export", address, "-o", file, "--from-index", 2)[0] == 0
    lines = [json.loads(text) for text in file.read_text().splitlines()]
    assert [line["index"] for line in lines] == [2, 3]
    assert run("verify", address, "--ledger", file)[0] == 0
    code, said = run("verify", "--ledger", file, "--state", f"{file}.state")
    assert code == 1 and "begins at index 2" in said
    lines[1]["punctuality"] = "late"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    code, said = run("verify", address, "--ledger", file)
    assert code == 1 and f"entry seq {lines[1]['seq']} (index 3): commitment does not match" in said


def test_a_line_left_out_of_an_export_is_named(address: str, run: Run, tmp_path: Path) -> None:
    completed(4)
    file = tmp_path / "ledger.jsonl"
    run("export", address, "-o", file)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:1] + lines[2:]))
    code, said = run("verify", address, "--ledger", file)
    assert code == 1 and "(index 1): the export has index 2 here" in said and "ends before index 3" in said


def test_a_deleted_opening_leaves_the_rest_in_order(address: str, run: Run, world: sa.Connection) -> None:
    completed(3)
    db.session.execute(sa.delete(LogOpening).where(LogOpening.index == 1))
    code, said = run("verify", address)
    assert code == 0 and "1 of them with their opening deleted" in said


def test_a_checkpoint_of_another_key_is_refused(app: Flask, address: str, run: Run) -> None:
    completed(2)
    run("verify", address)
    other = rules.key_of(keys().origin, rules.LOG, b"k" * 32)
    code, said = run("verify", address, "--log-key", other.vkey)
    assert code == 1 and "检查点" in said


def forge(app: Flask, world: sa.Connection) -> None:
    """The log's own keeper signs another past: one leaf is another, everything above it follows."""
    tamper(world, "UPDATE log_leaf SET body = replace(body, :old, :new) WHERE index = 0", old='"t":', new='"t":1')
    held: Keys = app.extensions["log_keys"]
    leaves = [rules.leaf_hash(body.encode()) for body in db.session.scalars(
        sa.select(LogLeaf.body).order_by(LogLeaf.index))]
    grown = dict(rules.grow(0, {}, leaves))
    root = rules.fold([grown[node] for node in rules.peaks(0, len(leaves))])
    for (level, index), each in grown.items():
        table, where = ("log_node", "level = :level AND index = :index") if level else ("log_leaf", "index = :index")
        world.execute(sa.text(f"UPDATE {table} SET hash = :hash WHERE {where}"), {
            "hash": each, "level": level, "index": index})
    world.execute(sa.text("ALTER TABLE log_checkpoint DISABLE TRIGGER USER"))
    world.execute(sa.text("UPDATE log_checkpoint SET root = :root, note = :note WHERE size = :size"), {
        "root": root, "size": len(leaves),
        "note": held.sign(rules.Checkpoint(held.origin, len(leaves), root).text)})


def test_a_forked_log_is_caught_and_both_notes_are_kept(app: Flask, address: str, run: Run, world: sa.Connection,
                                                        tmp_path: Path) -> None:
    completed(3)
    assert run("verify", address)[0] == 0
    completed(2)
    forge(app, world)
    code, said = run("verify", address)
    assert code == 3 and "THE LOG CONTRADICTS ITSELF" in said and "日志前后矛盾" in said
    kept = sorted(tmp_path.glob("state.json.fork-*"))
    assert [path.suffix for path in kept] == [".first", ".second"]
    log = rules.parse_key(json.loads((tmp_path / "state.json").read_text())["key"])
    sizes = [rules.parse_checkpoint(rules.parse_note(path.read_text()).text).size for path in kept]
    assert sizes == [3, 5]
    for path in kept:
        assert log in rules.verify_note(rules.parse_note(path.read_text()), [log])


@pytest.fixture()
def witness(app: Flask, run: Run, tmp_path: Path) -> Iterator[Path]:
    """A witness's key file; its public half is registered with the log."""
    file = tmp_path / "witness.key"
    code, said = run("keygen", file, "--name", "federation.example/witness")
    assert code == 0 and file.stat().st_mode & 0o077 == 0
    before = app.extensions["log_keys"]
    key = rules.parse_key(said.strip().splitlines()[-1])
    app.extensions["log_keys"] = Keys(before.origin, before.log_seed, before.witness_seed, (*before.others, key),
                                      before.pause)
    yield file
    app.extensions["log_keys"] = before


def test_a_witness_sees_the_log_grow_and_its_cosignature_is_served(address: str, run: Run, witness: Path) -> None:
    completed(3)
    code, said = run("witness", address, "--key", witness)
    assert code == 0 and "cosigned 3 leaves" in said and "kept: 1" in said
    completed(260)
    code, said = run("witness", address, "--key", witness)
    assert code == 0 and "cosigned 263 leaves" in said
    code, said = run("verify", address)
    assert code == 0 and "cosigned by federation.example/witness" in said


def test_a_witness_signs_no_forked_log(app: Flask, address: str, run: Run, witness: Path, world: sa.Connection,
                                       tmp_path: Path) -> None:
    completed(3)
    assert run("witness", address, "--key", witness)[0] == 0
    completed(2)
    forge(app, world)
    before = world.execute(sa.text("SELECT count(*) FROM log_cosignature")).scalar_one()
    code, said = run("witness", address, "--key", witness)
    assert code == 3 and "its first 3 leaves are not the ones that were seen before" in said
    assert len(list(tmp_path.glob("state.json.fork-*"))) == 2
    assert world.execute(sa.text("SELECT count(*) FROM log_cosignature")).scalar_one() == before


def test_a_key_is_never_written_over(run: Run, witness: Path) -> None:
    before = witness.read_bytes()
    code, said = run("keygen", witness, "--name", "federation.example/witness")
    assert code == 2 and "never written over" in said and witness.read_bytes() == before


def drawn(office: Office) -> Audit:
    """An audit of 70 orders that was drawn."""
    return office.drawn(orders=70)


def test_a_draw_is_worked_out_again_from_public_data(address: str, run: Run, office: Office) -> None:
    audit = drawn(office)
    with clock.frozen(NOON + timedelta(days=7)):
        sequence()
    code, said = run("sample", address, audit.id)
    assert code == 0, said
    assert "the sample is right: 59 of 70 leaves" in said and "03 07 12 19 25 31 08" in said
    office.work(audit, ["defect"])
    with clock.frozen(NOON + timedelta(days=20)):
        audits.publish(actor=office.one, audit_id=audit.id)
        sequence()
    code, said = run("sample", address, audit.id)
    assert code == 0, said


@pytest.mark.parametrize(("changed", "told"), [
    ("public_draw = '03 07 12 19 25 31 09'", "the draw's public_draw is"),
    ("frame = frame + 1", "the draw's frame is"),
    ("source = '另一种彩票'", "the plan's source is"),
    ("from_day = from_day - 1", "the plan's from is")])
def test_what_is_shown_otherwise_than_the_log_has_it_is_named(address: str, run: Run, office: Office, changed: str,
                                                              told: str) -> None:
    audit = drawn(office)
    with clock.frozen(NOON + timedelta(days=7)):
        sequence()
    db.session.execute(sa.text(f"UPDATE audit SET {changed} WHERE id = :id"), {"id": audit.id})
    code, said = run("sample", address, audit.id)
    assert code == 1 and told in said


def test_a_leaf_left_out_of_the_sample_is_found(address: str, run: Run, office: Office) -> None:
    """The platform draws, then quietly replaces one task by another leaf, in its table and in the log's opening."""
    audit = drawn(office)
    with clock.frozen(NOON + timedelta(days=7)):
        sequence()
    task = office.tasks(audit)[0]
    spare = min(set(range(70)) - {each.leaf_index for each in office.tasks(audit)})
    task.leaf_index = spare
    code, said = run("sample", address, audit.id)
    assert code == 1 and "the draw's sample is" in said


def shown_as(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the rule makes of a ledger today."""
    found = replay.run(lines, as_of=replaying.today())
    assert {each["subject"][0] for each in found} == {"p", "f"}
    return found


def test_scores_are_computed_anew_and_each_that_differs_is_named(address: str, run: Run, tmp_path: Path,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    completed(4)
    file = tmp_path / "ledger.jsonl"
    run("export", address, "-o", file)
    published = shown_as([json.loads(text) for text in file.read_text().splitlines()])
    ask = Site.items

    def items(site: Site, path: str, **params: Any) -> Iterator[Any]:
        return iter(published) if path == "/credit/standings" else ask(site, path, **params)

    monkeypatch.setattr(Site, "items", items)
    for words in ([address], [address, "--ledger", file]):
        code, said = run("replay", *words)
        assert code == 0 and f"{len(published)} standings, computed from 4 lines" in said, said
    published[2] = {**published[2], "score": published[2]["score"] + 1}
    code, said = run("replay", address)
    assert code == 1 and f"1 of {len(published)} standings differ" in said
    assert f"{published[2]['subject']}\n  computed " in said
    del published[2]
    code, said = run("replay", address)
    assert code == 1 and "published nothing" in said


def test_a_ledger_alone_is_held_against_the_standings_it_tells_of(address: str, run: Run, tmp_path: Path) -> None:
    completed(2)
    file = tmp_path / "ledger.jsonl"
    run("export", address, "-o", file)
    lines = [json.loads(text) for text in file.read_text().splitlines()]
    told = [{"seq": 900 + number, "t": replaying.today(), "type": "standing", "n": 9, "firm": None, "category": None,
             "order": None, "index": 2 + number, "salt": "00" * 16, "rule": "v1", "as_of": replaying.today(), **each}
            for number, each in enumerate(shown_as(lines))]
    for change, code in ((0, 0), (1, 1)):
        told[-1]["score"] += change
        file.write_text("".join(json.dumps(line) + "\n" for line in lines + told))
        assert run("replay", "--ledger", file)[0] == code


def test_an_address_that_is_not_there_is_said_in_words(run: Run) -> None:
    for words in (["verify"], ["export"], ["replay"], ["sample"]):
        code, said = run(*words, "http://127.0.0.1:9", *(["x"] if words == ["sample"] else []))
        assert code == 4 and "can't be reached" in said and "Traceback" not in said


def test_an_address_that_is_something_else_is_said_in_words(address: str, run: Run) -> None:
    code, said = run("verify", address + "/nowhere")
    assert code == 4 and "answered 404" in said


def test_asked_wrongly_it_says_how(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify")[0] == 2
    with pytest.raises(SystemExit) as refused:
        main(["replay", "--as-of", "tomorrow"])
    assert refused.value.code == 2 and "is no day" in capsys.readouterr().err


def test_a_day_is_a_number_or_a_date() -> None:
    assert command._day("20781") == command._day("2026-11-24") == 20781
