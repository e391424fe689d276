"""Forward only: what may follow what in a payment's and a refund's life, and nothing else."""

from itertools import product

import pytest

from qiaojiejie.core.errors import NotYourStep, StepNotPossible
from qiaojiejie.payments.lifecycle import OPEN, PAYMENT


def test_nothing_leads_out_of_an_end() -> None:
    ends = set(PAYMENT.states) - set(OPEN)
    assert ends == {"succeeded", "failed", "cancelled"}
    assert not any(ends & row.sources for row in PAYMENT.steps.values())


@pytest.mark.parametrize(("state", "name"), list(product(PAYMENT.states, PAYMENT.steps)))
def test_what_is_not_in_the_table_is_refused(state: str, name: str) -> None:
    row = PAYMENT.steps[name]
    if state in row.sources:
        assert PAYMENT.find(name, state=state, party="system") is row
    else:
        with pytest.raises(StepNotPossible):
            PAYMENT.find(name, state=state, party="system")
    with pytest.raises(NotYourStep):
        PAYMENT.find(name, state=state, party="household")
