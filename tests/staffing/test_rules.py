"""Cells as clerks type them."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from qiaojiejie.core import sheets
from qiaojiejie.staffing import rules
from qiaojiejie.staffing.errors import PROBLEMS, Wrong, reason

DAYS = st.dates(date(1955, 1, 1), date(2099, 12, 31))
STYLES = [lambda day: day, lambda day: datetime(day.year, day.month, day.day),
          lambda day: (day - sheets.FIRST_DAY).days,
          lambda day: f"{day.year}.{day.month}.{day.day}", lambda day: f"{day:%Y-%m-%d}",
          lambda day: f"{day.year}/{day.month}/{day.day}", lambda day: f"{day.year}年{day.month}月{day.day}日",
          lambda day: f"{day:%Y%m%d}", lambda day: f" {day.year} - {day.month} - {day.day} "]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@given(DAYS, st.sampled_from(STYLES), st.booleans())
def test_a_day_is_read_in_every_style(day: date, style: Any, wide: bool) -> None:
    cell = style(day)
    if wide and isinstance(cell, str):
        cell = cell.translate(FULL_WIDTH)
    assert rules.date_of(cell) == day


@pytest.mark.parametrize("cell", ["2027.13.1", "2027-02-30", "长期", "11/3", "1.5", "20271341", "0", "1"])
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(Wrong) as wrong:
        rules.date_of(cell)
    assert wrong.value.code == "date_unreadable"


@given(st.integers(0, 99_999_999), st.sampled_from(["{}", "{:.3}-{}", "'{}", "+86 {}", "{} "]), st.booleans())
def test_a_mobile_number_is_read_however_it_is_spaced(last: int, form: str, as_number: bool) -> None:
    number = f"139{last:08d}"
    cell: Any = int(number) if as_number else f"{number[:3]} {number[3:7]}-{number[7:]}" if "-" in form \
        else form.format(number)
    assert rules.phone_of(cell) == number
    assert rules.phone_of(number.translate(FULL_WIDTH)) == number


@pytest.mark.parametrize(("cell", "code"), [
    (None, "phone_missing"), (" ", "phone_missing"), ("1390001005", "phone_short"), ("139000100555", "phone_invalid"),
    ("0527-84350000", "phone_invalid")])
def test_what_is_no_mobile_number_is_refused(cell: Any, code: str) -> None:
    with pytest.raises(Wrong) as wrong:
        rules.phone_of(cell)
    assert wrong.value.code == code


@pytest.mark.parametrize(("cell", "code"), [
    (3.2132220030508e+17, "id_as_number"), (321322200305080002, "id_as_number"), ("3.21322E+17", "id_as_number"),
    (None, "id_missing"), ("32132220030508", "id_length"), ("321302199801170001", "id_check_digit"),
    ("321322201205140009", "under_age"),
])
def test_what_is_no_id_number_of_a_grown_person_is_refused(cell: Any, code: str) -> None:
    with pytest.raises(Wrong) as wrong:
        rules.id_of(cell, date(2026, 11, 23))
    assert wrong.value.code == code


@pytest.mark.parametrize("cell", ["32132419990412000x", "'32132419990412000X", "321324 19990412 000X",
                                  "３２１３２４１９９９０４１２０００Ｘ"])
def test_an_id_number_is_read_with_blanks_apostrophe_and_small_x(cell: str) -> None:
    assert rules.id_of(cell, date(2026, 11, 23)) == "32132419990412000X"


@pytest.mark.parametrize(("cells", "found"), [
    (["序号", "姓  名", "身份证号码", "联系电话"], True), (["员工姓名*", "证件号码", "手　机"], True),
    (["姓名", "电话"], False), (["宿迁市某某家政服务有限公司员工花名册", None], False), ([1, "王秀英", "女"], False),
])
def test_a_header_is_known_by_its_words(cells: list[Any], found: bool) -> None:
    assert (rules.header(cells) is not None) is found


def test_total_lines_and_lonely_remarks_are_no_people() -> None:
    columns = {"name": 1, "id_number": 2}
    assert not rules.is_person(["合计", "120人", None], columns)
    assert not rules.is_person(["", "小　计", None], columns)
    assert not rules.is_person(["注：本表仅供内部使用", None, None], columns)
    assert rules.is_person([None, "王秀英", None], columns)


@pytest.mark.parametrize(("code", "unit", "cell", "fen", "provisional"), [
    ("infant_care", "month", 6800, 680_000, False), ("infant_care", "month", "6000-8000", 600_000, False),
    ("infant_care", "month", "面议", 600_000, True), ("cleaning", "hour", 5000, 4_000, True),
    ("cleaning", "hour", "45元/小时", 4_500, False), ("maternity_nurse", "day", 12800, 1_280_000 // 26, True),
    ("cleaning", "hour", None, 4_000, True), ("infant_care", "month", "1e99", 600_000, True),
])
def test_a_wage_is_taken_where_it_fits_the_unit(code: str, unit: str, cell: Any, fen: int, provisional: bool) -> None:
    wage = rules.wage_for(code, unit, cell)
    assert (wage.price_fen, wage.provisional) == (fen, provisional)


@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(), st.dates(), st.booleans()),
                max_size=8))
def test_no_row_breaks_the_reader(cells: list[Any]) -> None:
    columns = {"name": 0, "id_number": 1, "phone": 2, "jobs": 3, "health_until": 4, "wage": 5, "note": 6, "sex": 7}
    reader = rules.Reader(columns, ["x"] * 8, rules.Offer({}, {}, {}), date(2026, 11, 23))
    rules.header(cells)
    if rules.is_person(cells, columns):
        person = reader.read(5, cells)
        assert person.entry is not None or person.reasons


def test_every_problem_is_told_in_both_languages() -> None:
    for code in PROBLEMS:
        told = reason(code, "列", "甲")
        assert told["message_zh"] and told["message_en"] and "{" not in told["message_zh"] + told["message_en"]
