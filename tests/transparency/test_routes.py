"""What a stranger can fetch: files by C2SP's formats, proofs, exports; and that nothing else is answered."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.db import db
from qiaojiejie.transparency import queries, rules, service
from qiaojiejie.transparency.gateway import keys
from qiaojiejie.transparency.models import LogLeaf
from tests.transparency.conftest import grow, say

pytestmark = pytest.mark.usefixtures("world")
API = "/api/v1/log"


def refused(answer: Any) -> tuple[int, str]:
    """(status, code) of a refusal."""
    assert answer.mimetype == "application/problem+json", answer.data
    return answer.status_code, answer.json["code"]


def test_a_stranger_rebuilds_the_root_from_tiles_and_bundles_alone(client: FlaskClient) -> None:
    say(600)
    for _ in range(3):
        service.sequence(batch=200)
    db.session.commit()
    note = rules.parse_note(client.get("/log/checkpoint").get_data(as_text=True))
    said = rules.parse_checkpoint(note.text)
    assert keys().log in rules.verify_note(note, [keys().log]) and said.size == 600
    bodies, hashes = [], b""
    for tile in rules.tiles_of(said.size, None):
        bodies += rules.unbundle(client.get(f"/log/tile/{tile.path}").data)
    for tile in rules.tiles_of(said.size, 0):
        hashes += client.get(f"/log/tile/{tile.path}").data
    leaves = [hashes[at:at + 32] for at in range(0, len(hashes), 32)]
    assert leaves == [rules.leaf_hash(body) for body in bodies] and len(leaves) == 600
    grown = dict(rules.grow(0, {}, leaves))
    assert rules.fold([grown[node] for node in rules.peaks(0, 600)]) == said.root
    assert client.get("/log/tile/1/000.p/2").data == grown[8, 0] + grown[8, 1]


def test_a_tile_is_kept_for_ever_and_a_checkpoint_for_seconds(client: FlaskClient) -> None:
    grow(3)
    tile, checkpoint = client.get("/log/tile/0/000.p/3"), client.get("/log/checkpoint")
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (tile.mimetype, len(tile.data)) == ("application/octet-stream", 96)
    assert checkpoint.headers["Cache-Control"] == "public, max-age=3"
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["0/000", "0/000.p/4", "0/001.p/1", "1/000.p/1", "entries/000", "entries/000.p/4",
                                  "x/000", "0/000.p/0", "0/0", "9/000.p/1", "63/000.p/1", "0/x999/x999/x999/999.p/1"])
def test_a_tile_the_log_does_not_have_is_not_found(client: FlaskClient, path: str) -> None:
    grow(3)
    assert refused(client.get(f"/log/tile/{path}")) == (404, "TileNotFound")


def test_what_was_once_a_partial_tile_can_still_be_fetched(client: FlaskClient) -> None:
    grow(300)
    assert client.get("/log/tile/0/000.p/3").data == client.get("/log/tile/0/000").data[:96]
    assert len(rules.unbundle(client.get("/log/tile/entries/000.p/3").data)) == 3


def test_an_empty_log_has_no_checkpoint_but_a_status(client: FlaskClient) -> None:
    assert refused(client.get("/log/checkpoint")) == (404, "CheckpointNotFound")
    status: Any = client.get(f"{API}/status").json
    assert (status["size"], status["fresh"], status["cosigned_at"], status["alarm"]) == (0, False, None, False)
    assert status["root"] == hashlib.sha256(b"").hexdigest()
    assert client.get(f"{API}/openings").json == {"items": [], "next_cursor": None}


def test_a_leaf_is_proven_under_the_newest_and_under_an_older_checkpoint(client: FlaskClient) -> None:
    grow(5)
    entry_id = db.session.scalars(sa.select(LogLeaf.entry_id).where(LogLeaf.index == 2)).one()
    grow(8)
    for query, size in (("", 13), ("?size=5", 5)):
        answer: Any = client.get(f"{API}/leaves/{entry_id}{query}").json
        note = rules.parse_note(answer["checkpoint"])
        rules.verify_note(note, [keys().log])
        said = rules.parse_checkpoint(note.text)
        assert (said.size, said.root.hex(), answer["index"]) == (size, answer["root"], 2)
        assert rules.verify_inclusion(
            leaf=rules.leaf_hash(answer["leaf"].encode()), index=2, size=said.size, root=said.root,
            proof=[bytes.fromhex(each) for each in answer["proof"]])


def test_a_leaf_is_not_found_before_it_is_there_nor_under_a_checkpoint_before_it(client: FlaskClient) -> None:
    grow(2)
    (entry_id,) = say()
    assert refused(client.get(f"{API}/leaves/{entry_id}")) == (404, "LeafNotFound")
    grow(0)
    assert client.get(f"{API}/leaves/{entry_id}").status_code == 200
    assert refused(client.get(f"{API}/leaves/{entry_id}?size=2")) == (404, "LeafNotFound")
    assert refused(client.get(f"{API}/leaves/{entry_id}?size=1")) == (404, "CheckpointNotFound")
    assert refused(client.get(f"{API}/leaves/{'9' * 30}")) == (404, "LeafNotFound")


def test_consistency_is_proven_between_any_two_sizes(client: FlaskClient) -> None:
    grow(17)
    for old in range(18):
        for new in range(old, 18):
            answer: Any = client.get(f"{API}/consistency?from={old}&to={new}").json
            assert rules.verify_consistency(
                old=old, new=new, old_root=bytes.fromhex(answer["from_root"]),
                new_root=bytes.fromhex(answer["to_root"]), proof=[bytes.fromhex(each) for each in answer["proof"]])
    assert client.get(f"{API}/consistency?from=17").json == {  # type: ignore[comparison-overlap]
        "from": 17, "to": 17, "from_root": queries.head()["root"], "to_root": queries.head()["root"], "proof": []}
    assert refused(client.get(f"{API}/consistency?from=5&to=4")) == (422, "SizesNotPossible")
    assert refused(client.get(f"{API}/consistency?from=5&to=18")) == (422, "SizesNotPossible")
    assert refused(client.get(f"{API}/consistency")) == (422, "Invalid")


def test_the_export_is_paged_in_the_order_of_the_tree_and_makes_every_leaf_again(client: FlaskClient) -> None:
    grow(7, about="p_1")
    lines: list[Any] = []
    cursor = ""
    while cursor is not None:
        page: Any = client.get(f"{API}/openings?limit=3{cursor and '&cursor=' + cursor}").json
        assert len(page["items"]) <= 3
        lines, cursor = lines + page["items"], page["next_cursor"]
    assert [line["index"] for line in lines] == list(range(7))
    hashes = [rules.leaf_hash(rules.body_of_line(line)) for line in lines]
    assert hashes == list(db.session.scalars(sa.select(LogLeaf.hash).order_by(LogLeaf.index)))
    assert client.get(f"{API}/openings?limit=2000").status_code == 200
    assert refused(client.get(f"{API}/openings?limit=2001")) == (422, "Invalid")
    assert refused(client.get(f"{API}/openings?cursor=x")) == (400, "BadCursor")


def test_every_checkpoint_there_was_can_be_listed(client: FlaskClient) -> None:
    for _ in range(3):
        grow(2)
    service.cosign()
    page: Any = client.get(f"{API}/checkpoints?limit=2").json
    assert [each["size"] for each in page["items"]] == [6, 4]
    assert "/witness" in page["items"][0]["note"] and "/witness" not in page["items"][1]["note"]
    rest: Any = client.get(f"{API}/checkpoints?limit=2&cursor={page['next_cursor']}").json
    assert [each["size"] for each in rest["items"]] == [2]
