"""The reference data every installation starts with."""

import re
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from qiaojiejie.catalog import queries, rules
from qiaojiejie.catalog.errors import PolicyNotFound, UnknownRegion, UnknownService
from qiaojiejie.catalog.models import CancellationPolicy, FeeRule
from qiaojiejie.core.db import db
from tests import factories

STAFF_LIST = Path(__file__).parents[1] / "data" / "staff_list.xlsx"
TODAY = date(2026, 12, 1)
DAY = timedelta(days=1)


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
    assert [row.position for row in listed] == list(range(1, 20))
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


def rule(line: str, permille: int, valid_from: date, until: date | None = None, **of: Any) -> FeeRule:
    """A rule of a line, in the database."""
    made = FeeRule(line=line, permille=permille, fixed_fen=0, valid_from=valid_from, valid_until=until, **of)
    db.session.add(made)
    db.session.flush()
    return made


def until_today(line: str) -> None:
    """Everybody's rule of a line ends today."""
    db.session.execute(sa.update(FeeRule).where(FeeRule.line == line, FeeRule.service_code.is_(None)).values(
        valid_until=TODAY))


def test_a_new_fee_counts_from_its_day_and_not_before_nor_after(world: sa.Connection) -> None:
    until_today("firm_fee")
    rule("firm_fee", 120, TODAY)
    rule("firm_fee", 100, date(2026, 1, 1), TODAY, service_code="cooking")
    before = TODAY - timedelta(days=1)
    assert lines("cleaning", before)["firm_fee"] == (150, 0)
    assert lines("cleaning", TODAY)["firm_fee"] == (120, 0)
    assert lines("cooking", before)["firm_fee"] == (100, 0), "its own rule goes before the one for all"
    assert lines("cooking", TODAY)["firm_fee"] == (120, 0), "and ends on its last day"


def test_the_most_particular_rule_in_force_is_charged(world: sa.Connection) -> None:
    firm, other = factories.firm(), factories.firm()

    def charged(service: str, of: UUID | None = None) -> int:
        return {fee.line: fee.permille for fee in queries.fees(service, TODAY, of)}["platform_fee"]

    rule("platform_fee", 30, TODAY, service_code="cooking")
    assert [charged("cooking", firm.id), charged("cleaning", firm.id)] == [30, 20]
    rule("platform_fee", 15, TODAY, firm_id=firm.id)
    assert [charged("cooking", firm.id), charged("cleaning", firm.id)] == [15, 15], "a firm goes before a service"
    rule("platform_fee", 5, TODAY, firm_id=firm.id, service_code="cooking")
    assert [charged("cooking", firm.id), charged("cleaning", firm.id)] == [5, 15]
    assert [charged("cooking", other.id), charged("cooking"), charged("cleaning", other.id)] == [30, 30, 20]


@pytest.mark.parametrize(("first", "second", "fits"), [
    ((TODAY, None), (TODAY + DAY, None), False), ((TODAY, TODAY + 2 * DAY), (TODAY + DAY, TODAY + DAY * 3), False),
    ((TODAY, TODAY + DAY), (TODAY + DAY, None), True), ((TODAY, None), (TODAY - DAY, TODAY), True),
    ((TODAY, None), (TODAY - DAY, TODAY + DAY), False)])
@pytest.mark.parametrize("service", [None, "cooking"])
def test_the_database_keeps_two_rules_of_one_thing_from_one_day(
        world: sa.Connection, first: tuple[date, date | None], second: tuple[date, date | None], fits: bool,
        service: str | None) -> None:
    firm = factories.firm()
    rule("platform_fee", 10, *first, firm_id=firm.id, service_code=service)
    rule("platform_fee", 10, *second, firm_id=factories.firm().id, service_code=service)
    rule("firm_fee", 10, *second, firm_id=firm.id, service_code=service)
    with nullcontext() if fits else pytest.raises(IntegrityError, match="fee_rule_no_overlap"):
        rule("platform_fee", 11, *second, firm_id=firm.id, service_code=service)
    db.session.rollback()


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
