"""A few cases of each trial that ``make soak`` runs by the thousand, and each without its guard."""

from tests.soak import histories
from tests.soak.ground import Ground
from tests.soak.trial import told

SEED = 5


def test_however_often_and_in_whatever_order_stripe_tells_it_ends_alike(ground: Ground) -> None:
    trial = histories.run(ground, SEED, 24)
    assert not trial.failures, told(trial)
    assert trial.counts["told 0 times"] and trial.counts["told 30 times"], told(trial)
    assert len(set(histories.LIVES) & set(trial.counts)) > 5, told(trial)


def test_without_the_reconciler_a_history_nobody_told_would_be_found(ground: Ground) -> None:
    trial = histories.run(ground, SEED, 40, heals=False, until_wrong=True)
    assert "held" in trial.failures[0], told(trial)
