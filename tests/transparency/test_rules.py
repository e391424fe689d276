"""The tree, its proofs, notes and tiles, against an independent library and to the byte."""

import base64
import hashlib
import json
from collections.abc import Callable
from itertools import combinations_with_replacement

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiaojiejie.transparency import rules

MOST = 200
SEED, OTHER = b"s" * 32, b"o" * 32
ORIGIN, WITNESS = "example.org/log", "example.org/witness"


class Grown:
    """A tree of our own and an independent one with the same leaves."""

    def __init__(self, size: int) -> None:
        self.theirs = pymerkle.InmemoryTree(algorithm="sha256")
        self.nodes: dict[rules.Node, bytes] = {}
        for index in range(size):
            self.theirs.append_entry(b"leaf %d" % index)
            standing = {node[0]: self.nodes[node] for node in rules.peaks(0, index)}
            self.nodes.update(rules.grow(index, standing, [rules.leaf_hash(b"leaf %d" % index)]))

    def root(self, size: int) -> bytes:
        """Ours."""
        return rules.fold([self.nodes[node] for node in rules.peaks(0, size)])

    def folded(self, path: list[list[rules.Node]]) -> list[bytes]:
        """A proof of ours."""
        return [rules.fold([self.nodes[node] for node in part]) for part in path]


@pytest.fixture(scope="module")
def grown() -> Grown:
    """Both, of 200 leaves."""
    return Grown(MOST)


def test_every_root_is_the_one_an_independent_library_finds(grown: Grown) -> None:
    assert [grown.root(size) for size in range(1, MOST + 1)] == [
        grown.theirs.get_root(size) for size in range(1, MOST + 1)]
    assert rules.fold([]) == hashlib.sha256(b"").digest()


def test_every_inclusion_proof_to_200_is_the_independent_one_and_proves_its_leaf_alone(grown: Grown) -> None:
    for size in range(1, MOST + 1):
        root = grown.root(size)
        for index in range(size):
            proof = grown.folded(rules.inclusion_path(index, size))
            independent = grown.theirs.prove_inclusion(index + 1, size)
            assert independent.path == [grown.nodes[0, index], *proof]
            pymerkle.verify_inclusion(grown.nodes[0, index], root, independent, index=index + 1, size=size)
            said = {"leaf": grown.nodes[0, index], "size": size, "root": root, "proof": proof}
            assert rules.verify_inclusion(index=index, **said)
            assert not rules.verify_inclusion(index=index + 1, **said)


def tree_head(low: int, high: int) -> bytes:
    """MTH(D[low:high]) of RFC 6962, section 2.1, word for word, with the independent library's hashes."""
    if (low, high) not in HEADS:
        middle = low + 1
        while 2 * (middle - low) < high - low:
            middle = low + 2 * (middle - low)
        HEADS[low, high] = LIBRARY.hash_buff(b"leaf %d" % low) if high - low == 1 else LIBRARY.hash_pair(
            tree_head(low, middle), tree_head(middle, high))
    return HEADS[low, high]


HEADS: dict[tuple[int, int], bytes] = {}
LIBRARY = pymerkle.InmemoryTree(algorithm="sha256")


def subproof(old: int, low: int, high: int, whole: bool) -> list[bytes]:
    """SUBPROOF(old, D[low:high], whole) of RFC 6962, section 2.1.2, word for word."""
    if old == high - low:
        return [] if whole else [tree_head(low, high)]
    middle = 1
    while 2 * middle < high - low:
        middle *= 2
    if old <= middle:
        return subproof(old, low, low + middle, whole) + [tree_head(low + middle, high)]
    return subproof(old - middle, low + middle, high, False) + [tree_head(low, low + middle)]


def test_every_consistency_proof_to_200_is_that_of_the_rfc_and_the_library_proves_the_same_roots(grown: Grown) -> None:
    for old, new in combinations_with_replacement(range(1, MOST + 1), 2):
        ours = grown.folded(rules.consistency_path(old, new))
        assert ours == subproof(old, 0, new, True), (old, new)
        pymerkle.verify_consistency(grown.root(old), grown.root(new), grown.theirs.prove_consistency(old, new),
                                    prior_size=old, later_size=new)
        said = {"old": old, "new": new, "old_root": grown.root(old), "new_root": grown.root(new)}
        assert rules.verify_consistency(proof=ours, **said)
        if new > old:
            assert not rules.verify_consistency(proof=ours[:-1], **said)
            assert not rules.verify_consistency(proof=[*ours, ours[-1]], **said)
            assert not rules.verify_consistency(proof=ours, **{**said, "new_root": grown.root(old)})


@given(st.integers(0, 59), st.integers(0, 255), st.integers(1, 60))
def test_a_proof_with_one_byte_changed_proves_nothing(index: int, byte: int, size: int) -> None:
    tree = SMALL
    if index >= size:
        return
    proof = tree.folded(rules.inclusion_path(index, size))
    for at in range(len(proof)):
        spoilt = [*proof]
        spoilt[at] = bytes([proof[at][0] ^ (byte or 1), *proof[at][1:]])
        assert not rules.verify_inclusion(leaf=tree.nodes[0, index], index=index, size=size, root=tree.root(size),
                                          proof=spoilt)


SMALL = Grown(60)


def test_leaves_that_join_together_make_the_tree_they_make_one_by_one(grown: Grown) -> None:
    for size in (0, 1, 7, 64, 130):
        standing = {node[0]: grown.nodes[node] for node in rules.peaks(0, size)}
        joined = dict(rules.grow(size, standing, [grown.nodes[0, index] for index in range(size, MOST)]))
        assert joined == {(level, at): each for (level, at), each in grown.nodes.items()
                          if (at + 1) << level > size}


@pytest.mark.parametrize("index, size", [(0, 0), (5, 5), (-1, 3)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError):
        rules.inclusion_path(index, size)
    assert not rules.verify_inclusion(leaf=b"x" * 32, index=index, size=size, root=b"x" * 32, proof=[])


def test_an_empty_tree_is_continued_by_every_tree_without_proof() -> None:
    assert rules.consistency_path(0, 5) == []
    said = {"old": 0, "new": 5, "new_root": b"n" * 32}
    assert rules.verify_consistency(old_root=rules.EMPTY, proof=[], **said)
    assert not rules.verify_consistency(old_root=b"o" * 32, proof=[], **said)
    assert not rules.verify_consistency(old_root=rules.EMPTY, proof=[b"x" * 32], **said)


# Canonical JSON

def test_canonical_json_is_that_of_rfc_8785() -> None:
    named = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\u00f6": 7}
    assert rules.canonical(named).decode() == '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😀":5,"\ufb33":3}'
    assert rules.canonical({"b": [True, None, "\x1f\"\\/\n"], "a": {"d": -1, "c": 2**53}}).decode() \
        == '{"a":{"c":9007199254740992,"d":-1},"b":[true,null,"\\u001f\\"\\\\/\\n"]}'


words = st.text(st.characters(codec="utf-8"), max_size=6)
plain = st.recursive(st.none() | st.booleans() | st.integers(-2**53, 2**53) | words,
                     lambda below: st.lists(below, max_size=4) | st.dictionaries(words, below, max_size=4))


@settings(max_examples=60)
@given(plain)
def test_canonical_json_reads_back_as_what_it_was_and_is_its_own_canon(value: object) -> None:
    text = rules.canonical(value)
    assert json.loads(text) == value
    assert rules.canonical(json.loads(text)) == text


# Notes

TEXT = rules.Checkpoint(ORIGIN, 7, b"r" * 32).text


def signed() -> rules.Note:
    """A checkpoint signed by its log and cosigned at 1000000000."""
    return rules.Note(TEXT, (rules.sign(TEXT, ORIGIN, SEED), rules.cosign(TEXT, WITNESS, OTHER, 1_000_000_000)))


LOG_KEY = rules.key_of(ORIGIN, rules.LOG, SEED)
WITNESS_KEY = rules.key_of(WITNESS, rules.WITNESS, OTHER)


def test_a_published_note_of_the_go_checksum_database_verifies() -> None:
    key = rules.parse_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = ("If you think cryptography is the answer to your problem,\n"
            "then you don't know what your problem is.\n")
    line = ("— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyB"
            "wJnAM=\n")
    assert rules.verify_note(rules.parse_note(f"{text}\n{line}"), [key]) == {key: None}


def test_a_note_travels_and_comes_back_the_same() -> None:
    note = signed()
    assert rules.parse_note(note.signed) == note
    assert rules.parse_checkpoint(note.text) == rules.Checkpoint(ORIGIN, 7, b"r" * 32)
    assert rules.verify_note(note, [LOG_KEY, WITNESS_KEY]) == {LOG_KEY: None, WITNESS_KEY: 1_000_000_000}


def test_a_cosignature_is_over_the_time_and_the_text() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    packed = base64.b64decode(signed().signatures[1].line.split()[-1])
    expected = hashlib.sha256(WITNESS.encode() + b"\n\x04" + WITNESS_KEY.public).digest()[:4]
    assert packed[:4] == expected and int.from_bytes(packed[4:12], "big") == 1_000_000_000
    Ed25519PublicKey.from_public_bytes(WITNESS_KEY.public).verify(
        packed[12:], b"cosignature/v1\ntime 1000000000\n" + TEXT.encode())


def test_a_key_is_written_and_read() -> None:
    for key in (LOG_KEY, WITNESS_KEY):
        assert rules.parse_key(key.vkey) == key
    for spoilt in (LOG_KEY.vkey[:-4], LOG_KEY.vkey.replace("example", "exampel"), "a+b", "", "x+00000000+AAAA",
                   "a b" + LOG_KEY.vkey):
        with pytest.raises(rules.BadNote):
            rules.parse_key(spoilt)


def test_a_signature_of_an_unknown_key_is_passed_over_and_one_alone_is_not_enough() -> None:
    assert rules.verify_note(signed(), [LOG_KEY]) == {LOG_KEY: None}
    with pytest.raises(rules.NotSigned):
        rules.verify_note(signed(), [rules.key_of(ORIGIN, rules.LOG, b"x" * 32)])
    with pytest.raises(rules.NotSigned):
        rules.verify_note(signed(), [])


spoilers: list[Callable[[rules.Note], rules.Note]] = [
    lambda note: rules.Note(note.text.replace("7", "8"), note.signatures),
    lambda note: rules.Note(note.text, (rules.Signature(
        ORIGIN, LOG_KEY.id, note.signatures[0].signature[:-1] + b"x"),)),
    lambda note: rules.Note(note.text, (rules.Signature(ORIGIN, LOG_KEY.id, b"short"),)),
    lambda note: rules.Note(note.text, (note.signatures[0], rules.Signature(WITNESS, WITNESS_KEY.id, b"x" * 72))),
    lambda note: rules.Note(note.text, (rules.Signature(WITNESS, WITNESS_KEY.id, b"x" * 9),)),
    lambda note: rules.Note(note.text, (rules.Signature(
        WITNESS, WITNESS_KEY.id, (1_000_000_001).to_bytes(8, "big") + note.signatures[1].signature[8:]),))]


@pytest.mark.parametrize("spoil", spoilers)
def test_a_false_signature_of_a_known_key_condemns_the_note(spoil: Callable[[rules.Note], rules.Note]) -> None:
    with pytest.raises(rules.Forged):
        rules.verify_note(spoil(signed()), [LOG_KEY, WITNESS_KEY])


@pytest.mark.parametrize("text", [
    "", "\n", "a\n\nb", "a\n\n— x\n", "a\n\n— x y\n", "a\n\n- example.org AAAAAAAA\n", TEXT,
    "a\x00\n\n— x AAAAAAAA\n", "a\n\n" + "— x AAAAAAAA\n" * 101,
    "a\n\n— x AAAA\n", "a\n\n— x+y AAAAAAAA\n", "a\n\n— x AAAAAAAA"])
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(rules.BadNote):
        rules.parse_note(text)


@pytest.mark.parametrize("text", [
    "a\n07\n{}\n", "a\n-1\n{}\n", "a\n7\n{}", "\n7\n{}\n", "a\n7\n\n", "a\n７\n{}\n", "a\n7\nAAAA\n", "a\n7\n{}\n\nx\n",
    "a\n" + "9" * 30 + "\n{}\n", "a\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(rules.BadNote):
        rules.parse_checkpoint(text.format(base64.b64encode(b"r" * 32).decode()))


def test_a_submission_to_a_witness_travels_and_comes_back() -> None:
    sent = rules.Submission(3, (b"a" * 32, b"b" * 32), signed())
    assert sent.text.startswith("old 3\n" + base64.b64encode(b"a" * 32).decode() + "\n")
    assert rules.parse_submission(sent.text) == sent
    assert rules.parse_submission(rules.Submission(0, (), signed()).text).proof == ()
    too_many = rules.Submission(3, (b"a" * 32,) * 64, signed()).text
    for text in (too_many, sent.text.replace("old 3", "old 03"), sent.text.replace("old", "new"), "", "old 3\n\n",
                 sent.text.replace("\n\nexample", "\nexample")):
        with pytest.raises(rules.BadNote):
            rules.parse_submission(text)


# Tiles

@pytest.mark.parametrize("tile, path", [
    (rules.Tile(0, 0), "0/000"), (rules.Tile(0, 999), "0/999"), (rules.Tile(0, 1000), "0/x001/000"),
    (rules.Tile(2, 1234067), "2/x001/x234/067"), (rules.Tile(1, 5, 7), "1/005.p/7"),
    (rules.Tile(None, 1234, 255), "entries/x001/234.p/255"), (rules.Tile(63, 0, 1), "63/000.p/1")])
def test_a_tile_has_one_path(tile: rules.Tile, path: str) -> None:
    assert tile.path == path
    assert rules.parse_tile(path) == tile


@pytest.mark.parametrize("path", [
    "0/0", "0/00", "0/x000/001", "00/000", "64/000", "0/001.p/0", "0/001.p/256", "0/001.p/01", "0/001/002", "-1/000",
    "0/x001", "entries/1", "0/001.p/", "0/ 01", "0/００１", "0/001.p/7/", "", "x/000", "0/" + "x001/" * 9 + "001"])
def test_no_other_path_names_a_tile(path: str) -> None:
    assert rules.parse_tile(path) is None


def test_a_tree_of_70000_has_the_tiles_the_specification_counts() -> None:
    widths = [[tile.width for tile in rules.tiles_of(70_000, level)] for level in (0, 1, 2, 3)]
    assert widths == [[256] * 273 + [112], [256, 17], [1], []]
    assert [tile.width for tile in rules.tiles_of(256, None)] == [256]
    assert [tile.width for tile in rules.tiles_of(256, 1)] == [1]
    assert all(tile.is_of(70_000) for level in (0, 1, 2) for tile in rules.tiles_of(70_000, level))
    assert not rules.Tile(0, 273).is_of(70_000) and not rules.Tile(0, 273, 113).is_of(70_000)


@given(st.lists(st.binary(max_size=300)))
def test_a_bundle_holds_its_leaves(bodies: list[bytes]) -> None:
    packed = rules.bundle(bodies)
    assert rules.unbundle(packed) == bodies
    if bodies:
        with pytest.raises(ValueError):
            rules.unbundle(packed[:-1])
