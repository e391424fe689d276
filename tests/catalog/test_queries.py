"""The reference data every installation starts with."""

import re
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from qiaojiejie.catalog import queries, rules
from qiaojiejie.catalog.errors import PolicyNotFound, UnknownRegion, UnknownService
from qiaojiejie.catalog.models import CancellationPolicy, FeeRule
from qiaojiejie.core.db import db

STAFF_LIST = Path(__file__).parents[1] / "data" / "staff_list.xlsx"
TODAY = date(2026, 12, 1)


def kinds_of_work() -> set[str]:
    """Every word in the staff list's column 工种."""
    rows = list(openpyxl.load_workbook(STAFF_LIST).active.iter_rows(values_only=True))
    column = rows[3].index("工种")
    return {word for row in rows[4:] for word in re.split(r"[、，,;；/\s]+", str(row[column] or "")) if word}


def test_every_kind_of_work_in_the_staff_list_has_its_service(world: sa.Connection) -> None:
    found = queries.by_alias()
    words = kinds_of_work()
    assert len(words) > 5
    assert {word for word in words if word not in found} == {"开挖掘机"}
    assert (found["保洁"], found["月嫂"], found["养老护理"], found["住家保姆"]) == (
        "cleaning", "maternity_nurse", "elder_care", "live_in_help")


def test_no_word_stands_for_two_services(world: sa.Connection) -> None:
    words = [word for row in queries.services() for word in (row.code, row.name, *row.aliases)]
    assert len(words) == len(set(words))


def test_the_catalogue_has_its_services_in_order(world: sa.Connection) -> None:
    listed = queries.services()
    assert [row.position for row in listed] == list(range(1, 18))
    assert listed[0].code == "cleaning"
    assert {row.category for row in listed} == {"cleaning", "organising", "maternity", "elder", "patient", "cooking",
                                                "education", "moving"}
    assert [row.code for row in queries.services("maternity")] == ["maternity_nurse", "infant_care",
                                                                   "postnatal_recovery"]
    assert {row.code for row in listed if row.insurance_class == 4} == {"moving"}
    assert not any(row.care for row in listed if row.category in ("cleaning", "organising", "moving"))


def test_a_service_or_region_nobody_knows_is_refused(world: sa.Connection) -> None:
    with pytest.raises(UnknownService):
        queries.service("digging")
    with pytest.raises(UnknownRegion):
        queries.region("110101")
    with pytest.raises(UnknownRegion) as refused:
        queries.known_regions(["321302", "999999"])
    assert refused.value.params == {"region": "999999"}


def test_the_five_districts_lie_in_and_around_suqian(world: sa.Connection) -> None:
    found = queries.regions()
    assert [row.code for row in found] == ["321302", "321311", "321322", "321323", "321324"]
    assert all(rules.distance_m(row.lng, row.lat, 118.27, 33.94) < 70_000 for row in found)
    assert [row.name for row in queries.known_regions(["321324", "321302", "321302"])] == ["宿城区", "泗洪县"]


def lines(service_code: str, on: date) -> dict[str, tuple[int, int]]:
    return {fee.line: (fee.permille, fee.fixed_fen) for fee in queries.fees(service_code, on)}


def test_moving_house_is_insured_at_five_yuan_and_the_rest_at_two(world: sa.Connection) -> None:
    assert lines("cleaning", TODAY) == {"firm_fee": (150, 0), "insurance": (0, 200), "platform_fee": (20, 0)}
    assert lines("moving", TODAY) == {"firm_fee": (150, 0), "insurance": (0, 500), "platform_fee": (20, 0)}


def test_a_new_fee_counts_from_its_day_and_not_before_nor_after(world: sa.Connection) -> None:
    db.session.add_all([
        FeeRule(line="firm_fee", permille=120, fixed_fen=0, valid_from=TODAY),
        FeeRule(line="firm_fee", service_code="cooking", permille=100, fixed_fen=0, valid_from=date(2026, 1, 1),
                valid_until=TODAY)])
    db.session.flush()
    before = TODAY - timedelta(days=1)
    assert lines("cleaning", before)["firm_fee"] == (150, 0)
    assert lines("cleaning", TODAY)["firm_fee"] == (120, 0)
    assert lines("cooking", before)["firm_fee"] == (100, 0), "its own rule goes before the one for all"
    assert lines("cooking", TODAY)["firm_fee"] == (120, 0), "and ends on its last day"


def test_the_policy_of_a_day_is_the_latest_begun(world: sa.Connection) -> None:
    standard = queries.policy(TODAY)
    assert standard.code == "standard"
    assert standard.tiers == [{"from_minutes": 1440, "permille": 0}, {"from_minutes": 120, "permille": 300},
                              {"from_minutes": 0, "permille": 500}]
    assert (standard.no_show_permille, standard.grace_minutes) == (1000, 5)
    db.session.add(CancellationPolicy(code="milder", name="宽松", tiers=[], no_show_permille=500, grace_minutes=10,
                                      valid_from=TODAY))
    db.session.flush()
    assert queries.policy(TODAY).code == "milder"
    assert queries.policy(TODAY - timedelta(days=1)).code == "standard"
    with pytest.raises(PolicyNotFound):
        queries.policy(date(2019, 12, 31))
