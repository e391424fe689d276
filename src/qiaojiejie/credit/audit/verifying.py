"""``verify``: is the log what it was, is every line what was committed to, was nothing withheld?"""

import time
from collections.abc import Callable, Iterator
from itertools import chain

from qiaojiejie.credit.audit.copying import Copy
from qiaojiejie.credit.audit.memory import Memory, witnessed
from qiaojiejie.credit.audit.site import Site, Trouble
from qiaojiejie.credit.audit.tree import Line, Reading, alongside
from qiaojiejie.transparency import rules

MOST_TOLD = 50
Tell = Callable[[str], None]


def verify(*, source: Site | Copy, ledger: Copy | None, memory: Memory, tell: Tell) -> None:
    """Check the whole log at an address or in an export; ``ledger``: a file whose lines are held against the leaves.

    Raises Trouble when anything is wrong; both notes are kept when the log contradicts what was seen last time.
    """
    text = source.checkpoint()
    _, checkpoint, signed = memory.check(text)
    tell(f"checkpoint: {checkpoint.size} leaves, root {checkpoint.root.hex()}, signed by {checkpoint.origin}")
    tell(witnessed(signed, time.time()))
    reading = read_through(source, ledger, checkpoint, memory)
    reason = memory.contradicts(checkpoint, reading.roots.get(memory.size) if memory.size else None)
    if reason is not None:
        raise memory.keep_both(text, reason)
    if reading.tree.root != checkpoint.root:
        reading.wrong.insert(0, "the leaves do not give the root that was signed 叶子与签名的根不符")
    for each in reading.wrong[:MOST_TOLD]:
        tell("WRONG 有误: " + each)
    if reading.wrong:
        raise Trouble(f"{len(reading.wrong)} things are wrong 共 {len(reading.wrong)} 处有误")
    if memory.size:
        tell(f"it continues the checkpoint of {memory.size} leaves seen last time 与上次所见一致")
    memory.keep(text, checkpoint)
    closed = f", {reading.closed} of them with their opening deleted" if reading.closed else ""
    tell(f"every leaf is in order, {checkpoint.size} lines match{closed}; no counter has a hole\n"
         "全部记录与公开日志一致，没有缺漏")


def read_through(source: Site | Copy, ledger: Copy | None, checkpoint: rules.Checkpoint, memory: Memory) -> Reading:
    """Every leaf of a checkpoint with its line."""
    reading = Reading.asking({memory.size, checkpoint.size} - {0})
    lines = (ledger or source).lines()
    first = next(lines, None)
    begins = first.get("index", 0) if first else 0
    if begins and isinstance(source, Copy):
        raise Trouble(f"{source.path} begins at index {begins}: give the address too, so that the rest can be fetched")
    there: Iterator[Line] = chain([first] if first else [], lines)
    bodies = source.bodies(checkpoint.size)
    for _ in range(begins if isinstance(begins, int) else 0):
        reading.leaf(next(bodies))
    for _ in alongside(bodies, there, reading):
        continue
    if ledger is not None and next(there, None) is not None:
        reading.wrong.append(f"{ledger.path} goes on after the last leaf of the checkpoint: export again")
    return reading
