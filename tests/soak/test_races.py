"""A few cases of each trial that ``make soak`` runs by the thousand, and each without its guard."""

from tests.soak import endings, histories
from tests.soak.ground import Ground, without_locks
from tests.soak.trial import told

SEED = 5


def test_however_often_and_in_whatever_order_stripe_tells_it_ends_alike(ground: Ground) -> None:
    trial = histories.run(ground, SEED, 18)
    assert not trial.failures, told(trial)
    assert trial.counts["told 0 times"] and trial.counts["told 30 times"], told(trial)
    assert len(set(histories.LIVES) & set(trial.counts)) > 5, told(trial)


def test_without_the_reconciler_a_history_nobody_told_would_be_found(ground: Ground) -> None:
    trial = histories.run(ground, SEED, 40, heals=False, until_wrong=True)
    assert "held" in trial.failures[0], told(trial)


def test_bookings_that_end_at_once_give_back_what_was_promised_and_no_fen_more(ground: Ground) -> None:
    trial = endings.run(ground, SEED, 4)
    assert not trial.failures, told(trial)
    assert trial.counts["given back 201"] and trial.counts["given back 409"] and trial.counts["paid out 201"], (
        told(trial))


def test_without_row_locks_more_than_was_paid_would_be_promised(ground: Ground) -> None:
    with without_locks():
        trial = endings.run(ground, SEED, 30, until_wrong=True)
    assert trial.failures, told(trial)
