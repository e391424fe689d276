"""The log read leaf by leaf: hashes folded on the way, each export line held against its leaf, counters kept."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from qiaojiejie.transparency import rules

OWN = ("seq", "t", "type", "subject", "n", "firm", "category", "order")
Line = dict[str, Any]


@dataclass
class Tree:
    """A Merkle tree that grows by one leaf at a time and keeps no more than its peaks."""

    size: int = 0
    _peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, body: bytes) -> None:
        """One leaf more."""
        level, here = 0, rules.leaf_hash(body)
        while self._peaks and self._peaks[-1][0] == level:
            here = rules.node_hash(self._peaks.pop()[1], here)
            level += 1
        self._peaks.append((level, here))
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over all of it."""
        return rules.fold([each for _, each in self._peaks])


@dataclass
class Reading:
    """What was found while reading: ``wrong`` in words, how many lines had no opening, the roots at sizes asked for."""

    roots: dict[int, bytes]
    tree: Tree = field(default_factory=Tree)
    wrong: list[str] = field(default_factory=list)
    closed: int = 0
    _counters: dict[str, int] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    @classmethod
    def asking(cls, sizes: Iterable[int]) -> "Reading":
        """A reading that notes the root at these sizes."""
        return cls({size: rules.EMPTY for size in sizes})

    def leaf(self, body: bytes) -> Line:
        """Take one leaf in; what it says."""
        index = self.tree.size
        self.tree.add(body)
        if self.tree.size in self.roots:
            self.roots[self.tree.size] = self.tree.root
        try:
            said = json.loads(body)
            seq, subject, n = said["seq"], said["subject"], said["n"]
        except (ValueError, KeyError, TypeError):
            self.wrong.append(f"leaf {index} is not of this log's format")
            return {}
        if seq in self._seen:
            self.wrong.append(f"entry seq {seq} (index {index}) is in the log twice")
        self._seen.add(seq)
        if subject is not None:
            before = self._counters.get(subject, 0)
            if n != before + 1:
                self.wrong.append(f"entry seq {seq} (index {index}): it says it is number {n} about {subject}, but "
                                  f"{before} came before it: one is withheld or told twice")
            self._counters[subject] = n
        return dict(said)

    def compare(self, line: Line | None, said: Line, body: bytes) -> None:
        """Hold an export line against its leaf."""
        index = self.tree.size - 1
        if line is None:
            self.wrong.append(f"the export ends before index {index}")
        elif said:
            self.wrong += [f"entry seq {said['seq']} (index {index}): {each}" for each in differences(line, said, body,
                                                                                                      index)]
            self.closed += "salt" not in line


def differences(line: Line, said: Line, body: bytes, index: int) -> list[str]:
    """What of an export line is not as in its leaf, field by field, in words."""
    if line.get("index") != index:
        return [f"the export has index {line.get('index')} here"]
    found = [f"{name} is {line.get(name)!r} in the export and {said.get(name)!r} in the log"
             for name in OWN if line.get(name) != said.get(name) or name not in line]
    if found or "salt" not in line:
        return found
    try:
        fits = rules.body_of_line(line) == body
    except (KeyError, ValueError, TypeError):
        fits = False
    payload = ", ".join(sorted(line.keys() - rules.OWN_NAMES))
    return [] if fits else [f"commitment does not match: {payload or 'the payload'} or the salt was changed"]


def alongside(bodies: Iterable[bytes], lines: Iterator[Line], reading: Reading) -> Iterator[tuple[Line, Line | None]]:
    """Every leaf with its export line, each checked while it goes by: (what the leaf says, the line)."""
    for body in bodies:
        said, line = reading.leaf(body), next(lines, None)
        reading.compare(line, said, body)
        yield said, line
