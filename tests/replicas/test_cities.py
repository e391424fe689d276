"""Two cities on a primary and its standby: each reads what is its own, wherever it is answered."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from qiaojiejie.core.db import db
from qiaojiejie.core.replicas import READ_AFTER
from qiaojiejie.workers import service as workers
from tests import factories, races
from tests.cities.conftest import Town, command
from tests.conftest import config_for
from tests.replicas import servers
from tests.replicas.servers import Pair, asked, soon

ASKED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'towns' AND query LIKE '%%w.card ||%%'"


@pytest.fixture(scope="module")
def pair(new_database: Callable[[], str]) -> Iterator[Pair]:
    """A primary with one city's tables, and its standby."""
    with servers.pair() as made:
        made.fill(new_database())
        yield made


@pytest.fixture(scope="module")
def towns(pair: Pair) -> Iterator[tuple[Town, Town]]:
    """The city that was there, and one put down beside it, once the standby has both."""
    standby = f"{pair.standby_url}&application_name=towns"
    with races.opened(config_for(pair.url, CITIES="1", CITY_POOLS="8", DATABASE_READ_URL=standby,
                                 SLOW_QUERY_MS="1")) as app:
        for args in (("321300", "宿迁", "--host", "suqian.test", "--schema", "public"),
                     ("320300", "徐州", "--host", "xuzhou.test")):
            done = command(app, "add", *args)
            assert done.exit_code == 0, done.output
        soon(lambda: replica(app) is not None)
        yield Town(app, "321300", "suqian.test"), Town(app, "320300", "xuzhou.test")


def replica(app: Flask) -> Any:
    """The standby, when it may be asked."""
    return app.extensions["db_replicas"].for_read({"REQUEST_METHOD": "GET"})


def listed(town: Town, called: str) -> str:
    """A worker of a city who can be found."""
    with town.inside():
        made = factories.worker(called=called)
        workers.refresh(worker=made)
        db.session.flush()
        return str(made.id)


def told(town: Town, path: str, **headers: str) -> Any:
    """What anybody is told."""
    return town.ask("GET", path, headers=headers)


def test_each_city_reads_its_own_from_the_standby_and_from_the_primary_once_that_is_dead(
        towns: tuple[Town, Town], pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    hers = [listed(town, name) for town, name in zip(towns, ("王阿姨", "李阿姨"), strict=True)]
    pair.follow()
    for here, other in ((0, 1), (1, 0)):
        assert told(towns[here], f"/workers/{hers[here]}").status_code == 200
        assert told(towns[here], f"/workers/{hers[other]}").status_code == 404
        assert [each["id"] for each in told(towns[here], "/workers").json["items"]] == [hers[here]]
    assert asked(pair.standby_url, ASKED) >= 2  # a connection of each city at least
    with pair.standing_still():
        new = listed(towns[1], "赵阿姨")
        assert len(told(towns[1], "/workers").json["items"]) == 1
        written = asked(pair.url, "SELECT pg_current_wal_insert_lsn()::text")
        assert len(told(towns[1], "/workers", **{READ_AFTER: written}).json["items"]) == 2
        assert told(towns[1], f"/workers/{new}").status_code == 200  # not there yet, so the primary is asked
    pair.kill()
    for _ in range(5):
        assert [len(told(town, "/workers").json["items"]) for town in towns] == [1, 2]
    soon(lambda: replica(towns[0].app) is None)
    said = [record.msg for record in caplog.records if record.name == "qiaojiejie.core.slow"]
    assert {each["city"] for each in said} == {"321300", "320300"}
