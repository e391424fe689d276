"""Witnesses: what they cosign, what they refuse, and that a log that contradicts itself is caught with both notes."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from qiaojiejie.core import clock
from qiaojiejie.core.config import BadSetting
from qiaojiejie.core.db import db
from qiaojiejie.transparency import gateway, queries, rules, service
from qiaojiejie.transparency.gateway import keys
from qiaojiejie.transparency.models import LogAlarm, LogCosignature
from tests.transparency.conftest import found, grow

API = "/api/v1/log"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FOREIGN = b"f" * 32
SEED = base64.b64encode(FOREIGN).decode()


def state() -> tuple[int, str]:
    """(size, root) that our witness last cosigned."""
    known = queries.witness_state(keys().origin)
    assert known is not None
    return known.size, known.root.hex()


def alarms() -> list[Any]:
    """Every alarm."""
    return list(db.session.scalars(sa.select(LogAlarm)))


def forked(size: int, root: bytes = b"?" * 32) -> rules.Note:
    """A checkpoint that our log signs behind everybody's back."""
    text = rules.Checkpoint(keys().origin, size, root).text
    return rules.parse_note(keys().sign(text))


def send(client: FlaskClient, old: int, note: rules.Note, proof: tuple[bytes, ...] = ()) -> Any:
    """What the witness answers."""
    return client.post("/log/witness/add-checkpoint", data=rules.Submission(old, proof, note).text)


def published() -> rules.Note:
    """The newest checkpoint."""
    return rules.parse_note(queries.checkpoint_of(None).note)


# The sweep

def test_the_first_checkpoint_is_cosigned_at_once_and_the_log_is_fresh_for_48_hours(client: FlaskClient) -> None:
    with clock.frozen(NOON):
        grow(3)
        assert not queries.head()["fresh"]
        assert service.cosign()
        note = rules.parse_note(queries.latest_note())
        assert rules.verify_note(note, keys().witnesses) == {keys().witnesses[0]: int(NOON.timestamp())}
        status: Any = client.get(f"{API}/status").json
        assert (status["fresh"], status["cosigned_size"]) == (True, 3)
        assert status["cosigned_checkpoint"] == client.get("/log/checkpoint").get_data(as_text=True)
        assert status["witnesses"] == [keys().witnesses[0].vkey]
    with clock.frozen(NOON + timedelta(hours=48) - timedelta(seconds=1)):
        assert queries.head()["fresh"]
    with clock.frozen(NOON + timedelta(hours=48)):
        assert not queries.head()["fresh"]


@pytest.mark.parametrize("later, more, cosigned", [
    (timedelta(seconds=59), 1, False), (timedelta(minutes=1), 1, True), (timedelta(minutes=1), 0, False),
    (timedelta(hours=24) - timedelta(seconds=1), 0, False), (timedelta(hours=24), 0, True)])
def test_it_is_cosigned_again_when_it_grew_and_once_a_day_when_not(
        world: sa.Connection, later: timedelta, more: int, cosigned: bool) -> None:
    with clock.frozen(NOON):
        grow(3)
        service.cosign()
    with clock.frozen(NOON + later):
        grow(more)
        assert service.cosign() is cosigned
        assert queries.head()["cosigned_size"] == (3 + more if cosigned else 3)
    assert found() == []


def test_production_leaves_a_cosignature_standing_for_an_hour(app: Flask) -> None:
    bare = Flask("bare")
    gateway.init_app(bare, replace(app.config["QJJ"], mode="production"))
    assert bare.extensions["log_keys"].pause == timedelta(hours=1)


def test_an_empty_log_is_not_cosigned(world: sa.Connection) -> None:
    assert not service.cosign()


def test_a_rewritten_log_is_caught_by_the_sweep_and_both_notes_are_kept(world: sa.Connection) -> None:
    with clock.frozen(NOON):
        grow(5)
        service.cosign()
        before, first = state(), published()
    service.publish(size=9, root=b"!" * 32)  # a checkpoint that no leaf stands behind
    with clock.frozen(NOON + timedelta(hours=2)):
        for _ in range(2):
            assert not service.cosign()
    (alarm,) = alarms()
    assert rules.parse_note(alarm.first).text == first.text
    assert rules.parse_note(alarm.second).text == published().text
    assert state() == before, "what was seen is not forgotten"
    assert queries.status(keys().log, ())["alarm"]


def test_a_log_that_has_lost_leaves_is_caught_by_the_sweep(world: sa.Connection) -> None:
    with clock.frozen(NOON):
        grow(5)
        assert send_through(forked(9, b"9" * 32))  # our witness has seen nine leaves once
    with clock.frozen(NOON + timedelta(hours=2)):
        assert not service.cosign()
    assert [alarm.reason for alarm in alarms()] == ["fewer leaves than were seen before"]


def send_through(note: rules.Note) -> bool:
    """The witness's first sight of the log."""
    return service.add_checkpoint(text=rules.Submission(0, (), note).text)[0]


# add-checkpoint

def test_a_checkpoint_that_continues_the_last_is_cosigned_and_remembered(client: FlaskClient) -> None:
    grow(5)
    first = send(client, 0, published())
    assert (first.status_code, first.mimetype) == (200, "text/plain")
    grow(8)
    proof = tuple(queries.consistency(5, 13))
    answer = send(client, 5, published(), proof)
    cosigned = rules.parse_note(published().signed + answer.get_data(as_text=True))
    assert keys().witnesses[0] in rules.verify_note(cosigned, keys().witnesses)
    assert state() == (13, queries.head()["root"]) and queries.head()["cosigned_size"] == 13


def test_who_does_not_know_what_the_witness_knows_is_told(client: FlaskClient) -> None:
    grow(5)
    send(client, 0, published())
    grow(2)
    answer = send(client, 0, published())
    assert (answer.status_code, answer.data, answer.mimetype) == (409, b"5\n", "text/x.tlog.size")


def test_the_same_checkpoint_again_is_cosigned_again(client: FlaskClient) -> None:
    grow(5)
    for old in (0, 5, 5):
        assert send(client, old, published()).status_code == 200
    assert found() == []


def test_a_fork_of_the_same_size_is_refused_and_both_notes_are_kept(client: FlaskClient) -> None:
    grow(5)
    send(client, 0, published())
    for old in (5, 0, 5):
        answer = send(client, old, forked(5))
        assert (answer.status_code, answer.json["code"]) == (409, "ForkFound")
    shown: Any = client.get(f"{API}/alarms").json
    assert [(each["first"], each["second"]) for each in shown["items"]] == [(published().signed, forked(5).signed)]
    assert state() == (5, queries.head()["root"])
    assert found() == [f"log_alarm {shown['items'][0]['id']}: two roots for one size "
                       f"({alarms()[0].at:%Y-%m-%d %H:%M} UTC)"]


@pytest.mark.parametrize("grown_since", [0, 3, 9])
def test_a_fork_that_grew_is_refused_and_both_notes_are_kept(client: FlaskClient, grown_since: int) -> None:
    grow(5)
    send(client, 0, published())
    first = published()
    grow(grown_since)
    other = dict(rules.grow(0, {}, [b"%032d" % number for number in range(8)]))
    proof = tuple(rules.fold([other[node] for node in part]) for part in rules.consistency_path(5, 8))
    answer = send(client, 5, forked(8, other[3, 0]), proof)
    assert (answer.status_code, answer.json["code"]) == (409, "ForkFound")
    (alarm,) = alarms()
    assert (alarm.first, alarm.second) == (first.signed, forked(8, other[3, 0]).signed)
    assert alarm.proof == [each.hex() for each in proof]


def test_a_bad_proof_of_a_good_checkpoint_is_no_fault_of_the_log(client: FlaskClient) -> None:
    grow(5)
    send(client, 0, published())
    grow(8)
    for proof in ((), (b"x" * 32,), tuple(queries.consistency(5, 13))[:-1]):
        answer = send(client, 5, published(), proof)
        assert (answer.status_code, answer.json["code"]) == (422, "ProofBroken")
    assert alarms() == [] and state()[0] == 5


def test_a_proof_where_none_is_needed_is_refused(client: FlaskClient) -> None:
    grow(5)
    answer = send(client, 0, published(), (b"x" * 32,))
    assert (answer.status_code, answer.json["code"]) == (422, "ProofBroken")


def foreign(size: int) -> rules.Note:
    """A checkpoint of our name and another hand."""
    text = rules.Checkpoint(keys().origin, size, b"?" * 32).text
    return rules.Note(text, (rules.sign(text, keys().origin, FOREIGN),))


def test_nobody_raises_an_alarm_without_the_logs_own_signature(client: FlaskClient) -> None:
    grow(5)
    send(client, 0, published())
    other = rules.Checkpoint("elsewhere.example/log", 5, b"?" * 32).text
    elsewhere = rules.Note(other, (rules.sign(other, "elsewhere.example/log", FOREIGN),))
    for note, expected in ((foreign(5), (403, "LogNotSigned")), (elsewhere, (404, "OriginUnknown"))):
        answer = send(client, 5, note)
        assert (answer.status_code, answer.json["code"]) == expected
    assert alarms() == []


def test_an_old_size_beyond_the_checkpoint_is_refused(client: FlaskClient) -> None:
    grow(5)
    answer = send(client, 6, published())
    assert (answer.status_code, answer.json["code"]) == (400, "UnreadableNote")


@pytest.mark.parametrize("content", [
    b"", b"old 5\n\n", b"\xff\xfe", b"old x\n\nnote\n\n\xe2\x80\x94 x AAAAAAAA\n", b"\x00"])
def test_what_is_no_submission_is_refused(client: FlaskClient, content: bytes) -> None:
    answer: Any = client.post("/log/witness/add-checkpoint", data=content)
    assert (answer.status_code, answer.json["code"]) == (400, "UnreadableNote")


# Cosignatures handed in by others

@pytest.fixture()
def outsider(app: Flask, world: sa.Connection) -> Any:
    """A second witness, registered by its public key alone."""
    key = rules.key_of("witness.example", rules.WITNESS, FOREIGN)
    app.extensions["log_keys"] = replace(before := keys(), others=(key,))
    yield key
    app.extensions["log_keys"] = before


def hand_in(client: FlaskClient, note: rules.Note, *signatures: rules.Signature) -> Any:
    """What handing in a cosigned checkpoint answers."""
    signed = rules.Note(note.text, note.signatures + signatures).signed
    return client.post(f"{API}/cosignatures", json={"checkpoint": signed})


def by_outsider(note: rules.Note, moment: datetime = NOON) -> rules.Signature:
    """The outsider's cosignature."""
    return rules.cosign(note.text, "witness.example", FOREIGN, int(moment.timestamp()))


def test_a_registered_witness_hands_in_its_cosignature_and_twice_is_once(client: FlaskClient, outsider: Any) -> None:
    with clock.frozen(NOON):
        grow(4)
        for accepted in (1, 0):
            answer = hand_in(client, published(), by_outsider(published()))
            assert (answer.status_code, answer.json) == (200, {"size": 4, "accepted": accepted})
        assert queries.head()["fresh"]
        assert rules.verify_note(rules.parse_note(queries.latest_note()), [outsider]) == {
            outsider: int(NOON.timestamp())}
    assert found() == []


def test_a_cosignature_is_refused_unless_it_is_a_registered_witness_s(client: FlaskClient) -> None:
    grow(4)
    for signatures in ((), (by_outsider(published()),)):
        answer = hand_in(client, published(), *signatures)
        assert (answer.status_code, answer.json["code"]) == (403, "WitnessUnknown")


def test_a_cosignature_that_is_false_or_of_tomorrow_is_refused(client: FlaskClient, outsider: Any) -> None:
    with clock.frozen(NOON):
        grow(4)
        good = by_outsider(published())
        false = replace(good, signature=good.signature[:-1] + bytes([good.signature[-1] ^ 1]))
        late = by_outsider(published(), NOON + timedelta(minutes=5, seconds=1))
        for signature in (false, late):
            answer = hand_in(client, published(), signature)
            assert (answer.status_code, answer.json["code"]) == (422, "CosignatureBroken")
        assert hand_in(client, published(), by_outsider(published(), NOON + timedelta(minutes=5))).status_code == 200


def test_a_cosigned_fork_that_is_handed_in_raises_the_alarm(client: FlaskClient, outsider: Any) -> None:
    grow(4)
    answer = hand_in(client, forked(4), by_outsider(forked(4)))
    assert (answer.status_code, answer.json["code"]) == (409, "ForkFound")
    (alarm,) = alarms()
    assert (alarm.first, rules.parse_note(alarm.second).text) == (published().signed, forked(4).text)
    assert hand_in(client, forked(9)).json["code"] == "ForkFound", "our signature under what we have no record of"
    assert [alarm.reason for alarm in alarms()] == ["two roots for one size", "a checkpoint the log has no record of"]
    assert hand_in(client, foreign(4), by_outsider(foreign(4))).json["code"] == "LogNotSigned"
    assert client.post(f"{API}/cosignatures", json={"checkpoint": "x"}).status_code == 400
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogCosignature)) == 0


# Keys

@pytest.mark.parametrize("change, named", [
    ({"log_key": "short"}, "QJJ_LOG_KEY"), ({"log_key": "AAAA"}, "QJJ_LOG_KEY"),
    ({"witness_key": "!"}, "QJJ_WITNESS_KEY"),
    ({"witness_keys": ("nobody",)}, "QJJ_WITNESS_KEYS"), ({"witness_key": ""}, "QJJ_WITNESS_KEYS"),
    ({"witness_keys": (rules.key_of("x", rules.LOG, FOREIGN).vkey,)}, "QJJ_WITNESS_KEYS"),
    ({"log_origin": "two words"}, "QJJ_LOG_ORIGIN"),
    ({"witness_key": SEED, "log_key": SEED}, "the log's own")])
def test_a_key_that_cannot_be_is_named_at_the_start(app: Flask, change: dict[str, Any], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        gateway.init_app(Flask("bare"), replace(app.config["QJJ"], **change))


def test_a_log_without_a_witness_of_its_own_leaves_cosigning_to_others(app: Flask, world: sa.Connection) -> None:
    key = rules.key_of("witness.example", rules.WITNESS, FOREIGN)
    app.extensions["log_keys"] = replace(before := keys(), others=(key,), witness_seed=None)
    try:
        grow(3)
        assert not service.cosign()
        answer: Any = send(app.test_client(), 0, published())
        assert (answer.status_code, answer.json["code"]) == (404, "OriginUnknown")
        assert keys().witnesses == (key,)
    finally:
        app.extensions["log_keys"] = before
