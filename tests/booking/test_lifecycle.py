"""The table of a booking's steps."""

from dataclasses import dataclass
from itertools import product

import pytest

from qiaojiejie.booking import facts, rules
from qiaojiejie.booking.lifecycle import BOOKING, LIVE
from qiaojiejie.core.errors import NotYourStep, StepNotPossible

PARTIES = ("household", "worker", "firm", "system")


@dataclass
class Thing:
    """Something with a state."""

    state: str


@pytest.mark.parametrize("step, state, party", list(product(BOOKING.steps, BOOKING.states, PARTIES)))
def test_what_is_not_in_the_table_is_refused(step: str, state: str, party: str) -> None:
    row, thing = BOOKING.steps[step], Thing(state)
    if party not in row.parties:
        with pytest.raises(NotYourStep):
            BOOKING.move(thing, step, party=party)
    elif state not in row.sources:
        with pytest.raises(StepNotPossible):
            BOOKING.move(thing, step, party=party)
    else:
        BOOKING.move(thing, step, party=party)
    allowed = party in row.parties and state in row.sources
    assert thing.state == (row.target if allowed else state)


def test_every_way_ends_and_nothing_leads_out_of_an_end() -> None:
    ends = set(BOOKING.states) - set(LIVE)
    assert not {source for row in BOOKING.steps.values() for source in row.sources} & ends
    reached = {BOOKING.initial} | {row.target for row in BOOKING.steps.values()}
    assert reached == set(BOOKING.states)


def test_every_step_leaves_a_fact_and_somebody_is_told_of_each() -> None:
    left = {row.fact for row in BOOKING.steps.values()} | {facts.HELD, facts.REFUND_GRANTED, facts.DAYS_UNWORKED}
    assert left - {facts.HOLD_MOVED, facts.HOLD_RESEATED} == set(rules.NEWS)  # of those its series tells
    assert all(parties for _, parties in rules.NEWS.values())
