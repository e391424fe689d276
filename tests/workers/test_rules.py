"""What may be told of a worker and what she may do."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric

from qiaojiejie.workers import rules

TODAY = date(2026, 11, 23)
LAST = TODAY - timedelta(days=1)


@pytest.mark.parametrize(("identity", "health", "insured", "colour"), [
    (TODAY, TODAY, TODAY, "green"), (TODAY, LAST, TODAY, "yellow"), (TODAY, TODAY, None, "yellow"),
    (TODAY, None, None, "yellow"), (None, TODAY, TODAY, "red"), (None, None, None, "red"),
])
def test_the_colour_follows_the_dated_evidence(identity: date | None, health: date | None, insured: date | None,
                                               colour: str) -> None:
    assert rules.safety_colour(identity_verified_on=identity, health_until=health, insured_until=insured,
                               on=TODAY) == colour


def of_whom_is_known(**changed: object) -> SimpleNamespace:
    """A worker with every paper valid today, but for what is changed."""
    return SimpleNamespace(**{"identity_verified_on": TODAY, "health_until": TODAY, "insured_until": TODAY,
                              "insured_class": 2, "background_until": TODAY, "certificates": [], **changed})


CLEANING = SimpleNamespace(care=False, insurance_class=2, certificates=[])
CARE = SimpleNamespace(care=True, insurance_class=1, certificates=[])
MOVING = SimpleNamespace(care=False, insurance_class=4, certificates=[])
NURSING = SimpleNamespace(care=False, insurance_class=1, certificates=["maternity_carer", "infant_carer"])


def paper(occupation: str | None = "infant_carer", verified: bool = True, until: date | None = TODAY) -> dict[str, Any]:
    """A certificate as it stands on a card."""
    return {"title": "证书", "occupation": occupation, "level": 4, "verified": verified,
            "valid_until": until and until.isoformat()}


@pytest.mark.parametrize(("papers", "reasons"), [
    ([], ["certificate_missing"]), ([paper()], []), ([paper(until=None)], []),
    ([paper(until=LAST)], ["certificate_lapsed"]),
    ([paper(until=LAST), paper("maternity_carer")], []), ([paper(verified=False)], ["certificate_missing"]),
    ([paper("elder_carer"), paper(None)], ["certificate_missing"]),
    ([{name: value for name, value in paper().items() if name != "occupation"}], ["certificate_missing"]),
])
def test_a_service_may_ask_for_a_verified_certificate_that_is_valid_on_the_day(
        papers: list[dict[str, Any]], reasons: list[str]) -> None:
    assert rules.eligible(of_whom_is_known(certificates=papers), NURSING, TODAY) == reasons
    assert rules.eligible(of_whom_is_known(certificates=papers), CLEANING, TODAY) == []


@pytest.mark.parametrize(("changed", "service", "reasons"), [
    ({}, CLEANING, []), ({}, CARE, []), ({}, MOVING, ["insurance_class_too_low"]),
    ({"health_until": None, "background_until": LAST}, CLEANING, []),
    ({"health_until": None, "background_until": LAST}, CARE, ["background_lapsed", "health_missing"]),
    ({"identity_verified_on": None}, CLEANING, ["identity_not_verified"]),
    ({"insured_until": LAST}, MOVING, ["insurance_lapsed"]), ({"insured_until": None}, CARE, ["insurance_missing"]),
    ({"insured_class": None}, CARE, ["insurance_class_too_low"]),
])
def test_who_may_do_what(changed: dict[str, object], service: SimpleNamespace, reasons: list[str]) -> None:
    assert rules.eligible(of_whom_is_known(**changed), service, TODAY) == reasons


ENDS = st.one_of(st.none(), st.integers(0, 9).map(lambda days: TODAY + timedelta(days=days)))
CERTIFICATES = st.lists(st.builds(paper, st.sampled_from(["infant_carer", "elder_carer", None]), st.booleans(), ENDS),
                        max_size=3)


@given(known=st.builds(of_whom_is_known, identity_verified_on=st.sampled_from([TODAY, None]), health_until=ENDS,
                       insured_until=ENDS, insured_class=st.sampled_from([None, 1, 4]), background_until=ENDS,
                       certificates=CERTIFICATES),
       service=st.sampled_from([CLEANING, CARE, MOVING, NURSING]))
@example(known=of_whom_is_known(insured_until=date.max, certificates=[paper(until=None)]), service=NURSING)
def test_until_her_last_day_she_may_and_from_then_on_she_may_not(known: Any, service: Any) -> None:
    until = rules.eligible_until(known, service)
    days = [TODAY + timedelta(days=ahead) for ahead in range(12)] + [date.max]
    assert [day for day in days if not rules.eligible(known, service, day)] == [day for day in days if day <= until]


@pytest.mark.parametrize(("name", "sex", "known_as"), [
    ("王秀英", "female", "王阿姨"), ("王建国", "male", "王师傅"), ("欧阳春梅", "female", "欧阳阿姨"), ("司马", "male", "司师傅"),
    ("阿依古丽·买买提", "female", "阿依古丽阿姨"),
])
def test_how_families_know_her(name: str, sex: str, known_as: str) -> None:
    assert rules.called(name, sex) == known_as


@pytest.mark.parametrize(("born", "band"), [(1981, "45–49"), (1977, "45–49"), (1976, "50–54"), (2008, "15–19")])
def test_ages_come_in_bands_of_five(born: int, band: str) -> None:
    assert rules.age_band(born, 2026) == band


@pytest.mark.parametrize(("total", "count", "mean"), [(0, 0, None), (24, 5, "4.8"), (19, 4, "4.8"), (5, 1, "5.0")])
def test_the_average_is_rounded_half_up_to_one_decimal(total: int, count: int, mean: str | None) -> None:
    assert rules.average(total, count) == mean


@pytest.mark.parametrize(("number", "fault"), [
    ("321302198005060004", None), ("32132419990412000X", None), ("321302198005060007", "check_digit"),
    ("32130219800506000", "length"), ("321302198013060001", "invalid"), ("9" * 17 + "X", "invalid"),
    ("３21302198005060004", "invalid"), ("321302203005060002", "invalid"), ("321322201205140009", "under_age"),
])
def test_what_is_wrong_with_an_id_number(number: str, fault: str | None) -> None:
    if fault == "invalid" and number[:2] == "32":
        number = number[:17] + ric.calc_check_digit(number)
    assert rules.id_fault(number, TODAY) == fault


def test_the_sex_is_in_the_number() -> None:
    assert (rules.sex_of("321302198005060004"), rules.sex_of("321322199602019990")) == ("female", "male")


def test_initials_of_a_phrase() -> None:
    assert rules.initials("王阿姨") == "way"
    assert rules.initials("OK") == ""


def test_a_search_text_is_weighted_and_holds_nothing_that_needs_quoting() -> None:
    text = rules.search_text(called="王阿姨", services=["日常保洁"], places=["O'Neil 家政\\"], bio="会开车，脾气好。")
    assert "'王阿姨':1A" in text
    assert "'日常保洁'" in text and "'rcbj'" in text
    assert "'oneil家政':" in text
    assert "\\" not in text
