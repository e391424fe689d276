"""The log in the browser: leaves, roots and signatures are the log's, and the page that checks it finds any fault."""

import base64
import os
import random
from typing import Any

from qiaojiejie.credit import replay, rules
from qiaojiejie.transparency import rules as log
from tests.credit.city import DAY, Line
from tests.web.conftest import Node
from tests.web.test_replay_js import market

SEED = bytes(range(32))
ORIGIN = "qiaojiejie.example/log"


def leaves(count: int) -> list[tuple[str, Line]]:
    """Leaves as they are hashed, and their export lines."""
    chance, found = random.Random(count), []
    for n in range(count):
        payload: dict[str, Any] = {"words": chance.choice(["", "好", "\u2028\x7f\n\"\\", "😀\ufb01", "é"]),
                                   "many": [n, -n, None, True, {"b": 1, "a": [], "\ufb01": 2, "😀": 3, "7": 4}],
                                   "most": 2**53}
        leaf = log.Leaf("rating", payload, subject=chance.choice([None, "p_a"]), firm="f_x", order=f"o_{n}")
        salt = chance.randbytes(log.SALT_BYTES)
        text = log.body(leaf, seq=3 * n + 1, t=DAY, n=n if leaf.subject else None, salt=salt)
        found.append((text, log.export_line(text, n, salt, payload)))
    return found


def test_leaf_hashes_and_roots_are_the_logs(node: Node) -> None:
    made = leaves(300)
    hashes = [log.leaf_hash(text.encode()) for text, _ in made]
    said = node("""const { Tree, hex, leafHash } = await import("./log.js");
        const tree = new Tree(), roots = [hex(tree.root())];
        const hashes = given.map(leafHash);
        for (const hash of hashes) { tree.append(hash); roots.push(hex(tree.root())); }
        say({ hashes: hashes.map(hex), roots });""", [line for _, line in made])
    assert said["hashes"] == [each.hex() for each in hashes]
    assert said["roots"] == [root_of(hashes[:size]).hex() for size in range(len(hashes) + 1)]


def root_of(hashes: list[bytes]) -> bytes:
    """RFC 9162's recursion, as it stands there."""
    if len(hashes) < 2:
        return hashes[0] if hashes else log.EMPTY
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return log.node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def test_a_leaf_whose_opening_was_deleted_is_taken_from_its_bundle(node: Node) -> None:
    made = leaves(270)
    bundle = log.bundle([text.encode() for text, _ in made[256:]])
    gone = log.export_line(made[260][0], 260, None, None)
    said = node("""const { bodyHash, bundlePath, hex, isOf, unbundled } = await import("./log.js");
        const body = unbundled(new Uint8Array(Buffer.from(given.bundle, "base64")))[260 % 256];
        say({ hash: hex(bodyHash(body)), same: isOf(body, given.gone), other: isOf(body, { ...given.gone, seq: 1 }),
              paths: given.of.map(([index, size]) => bundlePath(index, size)) });""",
                {"bundle": base64.b64encode(bundle).decode(), "gone": gone,
                 "of": [[260, 270], [0, 5], [255, 256], [300_000, 300_001], [256_001, 10**6]]})
    assert said["hash"] == log.leaf_hash(made[260][0].encode()).hex()
    assert (said["same"], said["other"]) == (True, False)
    assert said["paths"] == [f"/log/tile/{log.Tile(None, index // 256, min(256, size - index // 256 * 256)).path}"
                             for index, size in ((260, 270), (0, 5), (255, 256), (300_000, 300_001), (256_001, 10**6))]


def test_who_signed_a_checkpoint(node: Node) -> None:
    text = log.Checkpoint("qiaojiejie.example/log", 5, bytes(32)).text
    signed = log.sign(text, "qiaojiejie.example/log", SEED).line
    seen = log.cosign(text, "fulian.example/witness", SEED[::-1], 1_790_000_000).line
    key = log.key_of("qiaojiejie.example/log", log.LOG, SEED)
    witness = log.key_of("fulian.example/witness", log.WITNESS, SEED[::-1])
    other = log.key_of("qiaojiejie.example/log", log.LOG, os.urandom(32))
    said = node("""const { parseNote, signedBy } = await import("./log.js");
        const note = parseNote(given.note), forged = { ...note, text: note.text.replace("\\n5\\n", "\\n6\\n") };
        const found = [];
        for (const [told, key] of [[note, given.key], [note, given.witness], [note, given.other], [forged, given.key],
                                   [forged, given.witness]]) found.push(await signedBy(told, key));
        say({ note: { origin: note.origin, size: note.size, root: note.root }, found });""",
                {"note": f"{text}\n{signed}{seen}", "key": key.vkey, "witness": witness.vkey, "other": other.vkey})
    assert said["note"] == {"origin": "qiaojiejie.example/log", "size": 5, "root": bytes(32).hex()}
    assert said["found"] == [True, 1_790_000_000, False, False, False]


def note(lines: int, hashes: list[bytes], *signers: tuple[str, int]) -> str:
    """A checkpoint of the first lines, signed."""
    text = log.Checkpoint(ORIGIN, lines, root_of(hashes[:lines])).text
    signed = [log.sign(text, name, SEED) if kind == log.LOG else log.cosign(text, name, SEED, 1_790_000_000)
              for name, kind in signers]
    return text + "\n" + "".join(each.line for each in signed)


def site() -> dict[str, Any]:
    """What a platform in order answers, by address: a log in two pages, its openings all there but one."""
    told = market(3, 60)
    lines, texts = [], list[str]()
    for index, line in enumerate([*told, {"seq": 10**6, "t": DAY, "type": "order_paid", "amount": 5}]):
        own = {name: line.get(name) for name in ("subject", "firm", "category", "order")}
        payload = {name: value for name, value in line.items() if name not in log.OWN_NAMES}
        leaf = log.Leaf(line["type"], payload, **own)
        texts.append(log.body(leaf, seq=line["seq"], t=line["t"], n=1, salt=bytes(16)))
        opening = (None, None) if line["type"] == "order_paid" else (bytes(16), payload)
        lines.append(log.export_line(texts[-1], index, *opening))
    hashes = [log.leaf_hash(text.encode()) for text in texts]
    size, standings = len(lines), replay.run(lines, as_of=DAY)
    last = size // 256
    return {"/api/v1/log/status": {
                "key": log.key_of(ORIGIN, log.LOG, SEED).vkey, "size": size, "witnesses": [
                    log.key_of("fulian/witness", log.WITNESS, SEED).vkey],
                "cosigned_checkpoint": note(size - 2, hashes, (ORIGIN, log.LOG), ("fulian/witness", log.WITNESS))},
            "/log/checkpoint": note(size, hashes, (ORIGIN, log.LOG)),
            "/api/v1/log/openings?limit=2000": {"items": lines[:70], "next_cursor": "a+b"},
            "/api/v1/log/openings?limit=2000&cursor=a%2Bb": {"items": lines[70:], "next_cursor": None},
            f"/log/tile/{log.Tile(None, last, size - 256 * last).path}": base64.b64encode(
                log.bundle([text.encode() for text in texts[256 * last:]])).decode(),
            "/api/v1/credit/rules": {"items": [{"version": "v1", "hash": rules.V1.hash}]},
            "/api/v1/credit/rules/v1": {"constants": rules.V1.data},
            **{f"/api/v1/credit/standings?kind={kind}&limit=1000": {"next_cursor": None, "items": [
                {**each, "rule": "v1", "as_of": "2026-11-24"} for each in standings if each["subject"][0] == kind[0]
                or (kind, each["subject"][0]) == ("worker", "p")]} for kind in ("firm", "worker")}}


def changed(which: str) -> dict[str, Any]:
    """The site with one thing wrong."""
    answers = site()
    first = answers["/api/v1/log/openings?limit=2000"]["items"]
    workers = answers["/api/v1/credit/standings?kind=worker&limit=1000"]["items"]
    if which == "a mark":
        line = next(line for line in first if line["type"] == "rating")
        line["aspects"] = [6 - mark for mark in line["aspects"]]
    elif which == "an entry gone":
        del first[5]
    elif which == "a score":
        workers[0]["score"] += 1
    elif which == "somebody gone":
        del workers[1]
    elif which == "a rule":
        answers["/api/v1/credit/rules"]["items"][0]["hash"] = "0"
    elif which == "a signature":
        size = answers["/api/v1/log/status"]["size"]
        answers["/log/checkpoint"] = answers["/log/checkpoint"].replace(f"\n{size}\n", "\n9\n", 1)
    elif which == "the past":
        hashes = [bytes(32)] * 99
        answers["/api/v1/log/status"]["cosigned_checkpoint"] = note(99, hashes, ("fulian/witness", log.WITNESS))
    elif which == "nobody looked":
        answers["/api/v1/log/status"]["cosigned_checkpoint"] = None
    return answers


RUN = """globalThis.Date.now = () => given.day * 86400000;
    let begin;
    globalThis.addEventListener = (_, listen) => { begin = listen; };
    globalThis.fetch = async path => {
      const body = site[path];
      const read = async () => body, bytes = async () => Uint8Array.from(atob(body), one => one.charCodeAt(0)).buffer;
      const status = body === undefined ? 404 : 200;
      return { ok: status === 200, status, json: read, text: read, arrayBuffer: bytes };
    };
    let site, told, done;
    globalThis.postMessage = said => {
      if (said.kind === "done") done();
      if (said.kind === "finding") told.push([said.ok, said.en, said.differs]);
    };
    await import("./audit-worker.js");
    const all = [];
    for (site of given.sites) {
      told = [];
      await new Promise(resolve => { done = resolve; begin(); });
      all.push(told);
    }
    say(all);"""
WRONG = {"a mark": "don\u2019t hash to the signed root", "an entry gone": "did not finish", "a score": "1 differ",
         "somebody gone": "1 differ", "a rule": "has not the hash", "a signature": "is not the platform\u2019s",
         "the past": "is not what stands there now"}


def test_the_page_says_so_when_no_witness_looked(node: Node) -> None:
    found, = node(RUN, {"day": DAY, "sites": [changed("nobody looked")]})
    assert [ok for ok, *_ in found] == [True, None, True, True] and found[1][1].startswith("No witness has cosigned")


def test_the_page_finds_a_log_in_order_and_names_each_thing_that_is_not(node: Node) -> None:
    sound, *rest = node(RUN, {"day": DAY, "sites": [site(), *map(changed, WRONG)]})
    assert [ok for ok, *_ in sound] == [True] * 5, sound
    assert sound[-1][1].startswith("All 5 scores (3 workers, 2 firms)")
    for (which, words), found in zip(WRONG.items(), rest, strict=True):
        assert any(ok is False and words in said for ok, said, _ in found), (which, found)
    differs = dict(zip(WRONG, rest, strict=True))["a score"][-1][2]
    assert [each["subject"] for each in differs] == ["p_a"] and differs[0]["computed"] != differs[0]["published"]
    assert dict(zip(WRONG, rest, strict=True))["somebody gone"][-1][2][0].get("published") is None
