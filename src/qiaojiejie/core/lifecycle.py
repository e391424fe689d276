"""Lifecycles are tables: step, from, to, who may, and the fact it leaves. ``Lifecycle.move`` is the one door."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qiaojiejie.core.errors import NotYourStep, StepNotPossible


@dataclass(frozen=True)
class Step:
    """One row of a lifecycle: ``parties`` are parties to the thing itself, not roles of an account."""

    name: str
    sources: frozenset[str]
    target: str
    parties: frozenset[str]
    fact: str


def step(name: str, sources: str, target: str, parties: str, fact: str) -> Step:
    """A row written as words: sources and parties are separated by blanks."""
    return Step(name, frozenset(sources.split()), target, frozenset(parties.split()), fact)


class Lifecycle:
    """The states of a kind of thing and every way from one to another; all else is refused."""

    def __init__(self, name: str, initial: str, states: Mapping[str, str], steps: Iterable[Step]) -> None:
        """``states`` maps each state to its Chinese name."""
        self.name, self.initial, self.states = name, initial, dict(states)
        self.steps = {row.name: row for row in steps}
        unknown = {s for row in self.steps.values() for s in (*row.sources, row.target)} - set(self.states)
        if unknown or initial not in self.states:
            raise ValueError(f"{name}: unknown states {sorted(unknown) or initial}")

    def find(self, name: str, *, state: str, party: str) -> Step:
        """The row for a step. Raises NotYourStep or StepNotPossible when the table has none."""
        row = self.steps[name]
        if party not in row.parties:
            raise NotYourStep(step=name)
        if state not in row.sources:
            raise StepNotPossible(step=name, state=state, state_name=self.states.get(state, state))
        return row

    def move(self, thing: Any, name: str, *, party: str) -> Step:
        """Set ``thing.state`` by the table and return the row, whose fact the caller appends to the ledger."""
        row = self.find(name, state=thing.state, party=party)
        thing.state = row.target
        return row

    def check(self) -> str:
        """The SQL condition that keeps a ``state`` column inside this table."""
        return "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(self.states)))
