"""Every published score of the sample city follows from its public log, and its points add up."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from qiaojiejie.app import create_app
from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.sandbox import city
from qiaojiejie.standings import queries
from qiaojiejie.standings.models import FirmStanding, Standing
from tests.conftest import config_for
from tests.standings.scene import everything, exported, replayed


@pytest.fixture(scope="module")
def town(new_database: Callable[[], str]) -> Iterator[Flask]:
    """A small city."""
    app = create_app(config_for(new_database()))
    with app.app_context(), clock.frozen(datetime(2026, 11, 20, 3, 30, tzinfo=UTC)):
        upgrade()
        city.build(workers=120)
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["db_reader"].dispose()


def test_every_score_and_grade_of_the_city_is_what_the_export_says(town: Flask) -> None:
    shown = everything()
    assert replayed() == shown
    assert {key[:2] for key in shown} == {"p_", "f_"} and len(everything("worker")) == 120
    last = {line["subject"]: line for line in exported() if line["type"] == "standing"}
    assert {key: {name: line[name] for name in queries.LINE} for key, line in last.items()} == shown


@pytest.mark.parametrize("table", [Standing, FirmStanding])
def test_the_points_of_all_factors_are_what_raw_is_beside_800(
        town: Flask, table: type[Standing] | type[FirmStanding]) -> None:
    found = db.session.scalars(sa.select(table.explanation)).all()
    assert found and [each for each in found if 800 + sum(each["factors"].values()) != each["raw"]] == []
