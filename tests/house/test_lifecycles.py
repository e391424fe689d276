"""Every lifecycle in the house: what its table says is possible, and nothing else is."""

import re
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from qiaojiejie.app import ROOMS
from qiaojiejie.core.db import Model
from qiaojiejie.core.errors import NotYourStep, Refusal, StepNotPossible
from qiaojiejie.core.lifecycle import Lifecycle

STRANGER = "a stranger"


def tables() -> list[tuple[str, Lifecycle]]:
    """(room, lifecycle) of every lifecycle in the code."""
    rooms = [room for room in ROOMS if find_spec(f"qiaojiejie.{room}.lifecycle")]
    return [(room, found) for room in rooms for found in vars(import_module(f"qiaojiejie.{room}.lifecycle")).values()
            if isinstance(found, Lifecycle)]


every = pytest.mark.parametrize(("room", "table"), tables(), ids=lambda value: getattr(value, "name", value))


def test_there_are_lifecycles_to_walk() -> None:
    assert {"firm", "booking", "payment", "refund", "document", "complaint"} <= {table.name for _, table in tables()}


@every
def test_every_step_from_every_state_by_every_party(room: str, table: Lifecycle) -> None:
    parties = {party for row in table.steps.values() for party in row.parties} | {STRANGER}
    for name, row in table.steps.items():
        for state in table.states:
            for party in parties:
                thing = SimpleNamespace(state=state)
                refused: type[Refusal] | None = None
                try:
                    assert table.move(thing, name, party=party) is row
                except (NotYourStep, StepNotPossible) as refusal:
                    refused = type(refusal)
                expected = NotYourStep if party not in row.parties else (
                    StepNotPossible if state not in row.sources else None)
                assert refused is expected, f"{name} from {state} by {party}"
                assert thing.state == (row.target if refused is None else state), f"{name} from {state} by {party}"


@every
def test_every_state_can_be_reached_and_every_name_is_said_in_chinese(room: str, table: Lifecycle) -> None:
    reached = {table.initial}
    for _ in table.states:
        reached |= {row.target for row in table.steps.values() if row.sources & reached}
    assert reached == set(table.states)
    assert all(re.search("[一-鿿]", name) for name in table.states.values())


@every
def test_every_fact_a_step_leaves_is_one_of_its_room(room: str, table: Lifecycle) -> None:
    declared = {value for value in vars(import_module(f"qiaojiejie.{room}.facts")).values() if isinstance(value, str)}
    assert {row.fact for row in table.steps.values() if row.fact} <= declared


def state_checks() -> set[frozenset[str]]:
    """The states every CHECK on a ``state`` column allows, as the models say."""
    checks = [str(check.sqltext) for table in Model.metadata.tables.values() for check in table.constraints
              if isinstance(check, sa.CheckConstraint)]
    return {frozenset(re.findall(r"'(\w+)'", text)) for text in checks if text.startswith("state IN (")}


@every
def test_the_database_keeps_a_state_inside_its_table(room: str, table: Lifecycle) -> None:
    import_module(f"qiaojiejie.{room}.models")
    assert frozenset(table.states) in state_checks()
