"""The public log at a million leaves: ``python benchmarks/log_sequencing.py [leaves]``.

The tree alone (hashes in memory), the whole way (ledger entries through the sequencer into PostgreSQL's tables, fsync
on), and what a proof takes from those tables. Every figure is checked by `pymerkle`: the root of all leaves, and
inclusion and consistency proofs at that size.
"""

import random
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import pymerkle
import sqlalchemy as sa
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core import bulk, clock, embedded
from qiaojiejie.core.config import Config
from qiaojiejie.core.db import db
from qiaojiejie.ledger.models import LedgerEntry
from qiaojiejie.transparency import queries, rules, service
from qiaojiejie.transparency.gateway import keys

FACT = "benchmark.said"
SUBJECTS = 5_000
PROOFS = 500
CHUNK = 20_000


def read(entries: Sequence[LedgerEntry]) -> dict[int, rules.Leaf]:
    """Leaves as large as a rating's."""
    return {entry.id: rules.Leaf("rating", {"overall": 5, "aspects": [5, 5, 4, 5, 5]}, subject=entry.subject,
                                 firm="f_0d41b2c3a4e5f60718293a4b", order=f"o_{entry.id:024x}") for entry in entries}


def tree_alone(leaves: int) -> None:
    """Hash and grow in memory, as the sequencer does, 2,000 leaves at a time."""
    begun = perf_counter()
    peaks: dict[int, bytes] = {}
    for size in range(0, leaves, service.BATCH):
        new = [rules.leaf_hash(b"leaf %d" % index) for index in range(size, min(size + service.BATCH, leaves))]
        grown = dict(rules.grow(size, peaks, new))
        peaks = {level: grown.get((level, at)) or peaks[level] for level, at in rules.peaks(0, size + len(new))}
    took = perf_counter() - begun
    print(f"tree alone:    {leaves:,} leaves in {took:.1f} s, {leaves / took:,.0f} a second")


def fill(leaves: int) -> None:
    """Ledger entries, copied in."""
    begun, moment = perf_counter(), clock.now()
    for at in range(0, leaves, CHUNK):
        bulk.insert(LedgerEntry, [{"at": moment, "fact": FACT, "subject": f"p_{each % SUBJECTS:024x}",
                                   "actor": "system", "data": {"n": each}}
                                  for each in range(at, min(at + CHUNK, leaves))])
        db.session.commit()
    took = perf_counter() - begun
    print(f"ledger:        {leaves:,} entries copied in, trigger included, in {took:.1f} s")


def sequence(leaves: int) -> None:
    """All of them through the sequencer, a transaction for each batch."""
    begun = perf_counter()
    while service.sequence():
        db.session.commit()
        db.session.expunge_all()
    took = perf_counter() - begun
    assert queries.head()["size"] == leaves
    print(f"sequencer:     {leaves:,} entries to leaves, openings, nodes, checkpoints in PostgreSQL in {took:.1f} s, "
          f"{leaves / took:,.0f} a second")


def times(name: str, ask: Iterator[object]) -> None:
    """How long each answer took."""
    took, begun = [], perf_counter()
    for _ in ask:
        took.append((perf_counter() - begun) * 1000)
        begun = perf_counter()
    cut = quantiles(took, n=100)
    print(f"{name} median {cut[49]:.2f} ms, 99 % within {cut[98]:.2f} ms ({len(took)} asked)")


def proofs(leaves: int) -> None:
    """Inclusion under the newest checkpoint, consistency from any size to it."""
    chance = random.Random(leaves)
    first = db.session.execute(sa.text("SELECT min(entry_id) FROM log_leaf")).scalar_one()
    some = [chance.randrange(leaves) for _ in range(PROOFS)]
    root = bytes.fromhex(queries.head()["root"])
    times("leaf and proof:", (queries.proof_for(first + index) for index in some))
    times("inclusion:     ", (queries.hashes(
        {node for part in rules.inclusion_path(index, leaves) for node in part}) for index in some))
    times("consistency:   ", (queries.consistency(size + 1, leaves) for size in some))
    for size in some[:50]:
        assert rules.verify_consistency(old=size + 1, old_root=queries.roots_at([size + 1])[size + 1], new=leaves,
                                        new_root=root, proof=queries.consistency(size + 1, leaves))


def walk(leaves: int) -> None:
    """What `flask log verify` does, and how much more memory the process has had for it at most."""
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, perf_counter()
    assert next(queries.faults(keys().log, service.READERS), None) is None
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"log verify:    {leaves:,} leaves walked in {perf_counter() - begun:.0f} s, {more:.0f} MB more at its peak")


def agree(leaves: int) -> None:
    """`pymerkle` finds the same root and the same inclusion proofs."""
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for (body,) in db.session.execute(sa.text("SELECT body FROM log_leaf ORDER BY index"),
                                      execution_options={"yield_per": 5000}):
        theirs.append_entry(body.encode())
    root = bytes.fromhex(queries.head()["root"])
    assert theirs.get_root(leaves) == root
    first = db.session.execute(sa.text("SELECT min(entry_id) FROM log_leaf")).scalar_one()
    for index in random.Random(1).sample(range(leaves), 50):
        ours, independent = queries.proof_for(first + index), theirs.prove_inclusion(index + 1, leaves)
        assert [each.hex() for each in independent.path[1:]] == ours["proof"]
        leaf = rules.leaf_hash(ours["leaf"].encode())
        pymerkle.verify_inclusion(leaf, root, independent, index=index + 1, size=leaves)
        before = theirs.prove_consistency(index + 1, leaves)
        pymerkle.verify_consistency(queries.roots_at([index + 1])[index + 1], root, before, prior_size=index + 1,
                                    later_size=leaves)
    print(f"pymerkle:      the same root at {leaves:,}, 50 inclusion and 50 consistency proofs agree")


@contextmanager
def house() -> Iterator[None]:
    """The app on an empty database of its own, thrown away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        server = embedded.start(Path(folder) / "postgres")
        try:
            app = create_app(Config.read({"QJJ_MODE": "test", "DATABASE_URL": server.get_uri(),
                                          "LOG_LEVEL": "WARNING"}))
            with app.app_context():
                upgrade()
                db.session.execute(sa.text("DELETE FROM log_pending"))
                db.session.commit()
                service.READERS.clear()
                service.publishes(FACT)(read)
                yield
                db.session.remove()
                db.engine.dispose()
            app.extensions["db_reader"].dispose()
        finally:
            server.cleanup()


def main(leaves: int) -> None:
    """Print a line a figure."""
    tree_alone(leaves)
    with house():
        fill(leaves)
        sequence(leaves)
        proofs(leaves)
        walk(leaves)
        agree(leaves)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
