"""Words and initials, from lists cut down to what a web process can carry."""

import pytest

from qiaojiejie.core import chinese


@pytest.mark.parametrize("text, found", [
    ("王阿姨", "way"), ("重庆", "cq"), ("重庆市长寿区", "cqscsq"), ("厦门", "xm"), ("日常保洁", "rcbj"), ("OK 2026！", ""), ("", ""),
])
def test_initials_are_those_of_the_phrase_not_of_each_character(text: str, found: str) -> None:
    assert chinese.initials(text) == found


@pytest.mark.parametrize("text, word", [
    ("会开车，有驾照", "驾照"), ("会开车，有驾照", "开车"), ("会说粤语", "粤语"), ("江苏省宿迁市沭阳县", "沭阳"), ("江苏省宿迁市沭阳县", "宿迁"),
    ("照顾过瘫痪老人", "瘫痪"), ("会小儿推拿", "推拿"), ("四川自贡", "自贡"), ("日常保洁", "保洁"), ("OK", "ok"),
])
def test_what_families_look_for_is_a_word(text: str, word: str) -> None:
    assert word in chinese.words(text)


def test_a_word_it_does_not_know_falls_into_its_characters_on_both_sides() -> None:
    assert set(chinese.words("鼻饲管")) <= set(chinese.words("会插鼻饲管"))
    assert chinese.words("！？，") == ()
