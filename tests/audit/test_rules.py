"""The arithmetic of audits: sizes, samples, exact bounds, forms."""

from hashlib import sha256

import pytest
from hypothesis import given, strategies as st

from qiaojiejie.audit import rules
from qiaojiejie.audit.rules.forms import FORMS, POPULATIONS
from qiaojiejie.credit.rules import sampling

SEED = sha256(b"seed").digest()


@pytest.mark.parametrize(("rate", "size"), [(500, 59), (200, 149), (100, 299), (50, 598)])
def test_a_sample_is_the_least_that_shows_such_a_defect_rate_with_certainty_of_95_percent(rate: int, size: int) -> None:
    assert sampling.SIZES[rate] == size
    assert sampling.upper_bound(size, 0, 10**6) <= rate < sampling.upper_bound(size - 1, 0, 10**6)


#: one-sided upper Clopper–Pearson bounds at 95 %, as tables of the beta distribution have them (per 10,000, rounded up)
@pytest.mark.parametrize(("drawn", "defects", "bound"), [
    (59, 0, 496), (59, 1, 779), (10, 0, 2589), (10, 1, 3942), (20, 0, 1392), (20, 2, 2827), (100, 0, 296),
    (100, 1, 466), (100, 5, 1023), (598, 0, 50), (1, 0, 9500), (1, 1, 10_000), (10, 10, 10_000)])
def test_bounds_are_those_of_the_tables(drawn: int, defects: int, bound: int) -> None:
    assert sampling.upper_bound(drawn, defects, 10**6) == bound


def test_where_everything_was_looked_at_nothing_is_uncertain() -> None:
    assert sampling.upper_bound(40, 1, 40) == 250
    assert sampling.upper_bound(40, 0, 40) == 0
    assert sampling.upper_bound(0, 0, 7) == 10_000


@given(st.integers(1, 80), st.integers(0, 80))
def test_a_bound_lies_above_the_rate_and_grows_with_every_defect(drawn: int, defects: int) -> None:
    defects = min(defects, drawn)
    bound = sampling.upper_bound(drawn, defects, 10**6)
    assert bound >= defects * 10_000 // drawn
    assert defects == 0 or bound >= sampling.upper_bound(drawn, defects - 1, 10**6)


def test_the_seed_is_the_root_the_nonce_and_the_draw_in_utf_8_one_after_the_other() -> None:
    root, nonce = bytes(range(32)), bytes(range(32, 64))
    assert sampling.seed(root, nonce, "03 07 双") == sha256(bytes(range(64)) + b"03 07 \xe5\x8f\x8c").digest()
    for wrong in ((root[:31], nonce), (root, nonce + b"0")):
        with pytest.raises(ValueError, match="32 bytes"):
            sampling.seed(*wrong, "03 07")


def test_a_sample_is_fixed_for_ever_by_seed_and_frame() -> None:
    by_hand = sorted(range(1000, 1100), key=lambda index: sha256(SEED + index.to_bytes(8, "big")).digest())[:5]
    assert sampling.sample(SEED, range(1000, 1100), 5) == sorted(by_hand)
    assert sampling.sample(SEED, [7, 3], 59) == [3, 7]


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=60), st.integers(1, 60), st.randoms())
def test_a_sample_does_not_depend_on_the_order_of_the_frame(frame: set[int], size: int, chance: object) -> None:
    shuffled = list(frame)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sampling.sample(SEED, shuffled, size) == sampling.sample(SEED, sorted(frame), size)


def test_each_part_of_the_seed_alone_changes_the_sample() -> None:
    """Whoever knows two of the three and can't set the third can't choose."""
    root, nonce, draw = bytes(32), bytes([1]) * 32, "03 07 12"
    frame = range(10_000)
    samples = {tuple(sampling.sample(sampling.seed(*parts), frame, 59)) for parts in (
        (root, nonce, draw), (bytes([9]) * 32, nonce, draw), (root, bytes([2]) * 32, draw), (root, nonce, "03 07 13"))}
    assert len(samples) == 4


def test_every_leaf_is_drawn_equally_often() -> None:
    counts = [0] * 20
    for number in range(2000):
        for index in sampling.sample(sha256(number.to_bytes(4, "big")).digest(), range(20), 5):
            counts[index] += 1
    assert sum(counts) == 10_000
    assert all(abs(count - 500) < 5 * 20 for count in counts)  # five standard deviations


def test_every_population_has_its_form_and_every_question_is_asked_in_both_languages() -> None:
    assert FORMS.keys() == POPULATIONS.keys()
    for questions in FORMS.values():
        assert len({each["code"] for each in questions}) == len(questions)
        for each in questions:
            assert each["zh"].endswith("？") and each["en"].endswith("?") and each["whom"] in ("household", "worker")


@pytest.mark.parametrize(("one", "other"), [
    ("宿城区幸福中路 66 号", "江苏省宿迁市宿城区幸福中路66号"), ("幸福路 1 号 2 单元 301", "幸福路1号2单元 301"),
    ("幸福路１号", "幸福路1号")])
def test_addresses_are_equal_however_they_are_written(one: str, other: str) -> None:
    assert rules.street_and_door(one) == rules.street_and_door(other)


def test_other_doors_stay_apart() -> None:
    assert rules.street_and_door("幸福路 1 号 2 单元 301") != rules.street_and_door("幸福路 1 号 2 单元 302")


def test_tasks_are_shared_out_so_that_nobody_has_two_more_than_another() -> None:
    shared = rules.share_out(list(range(7)), ["a", "b", "c"])  # type: ignore[list-item]
    assert [who for _, who in shared] == ["a", "b", "c", "a", "b", "c", "a"]
