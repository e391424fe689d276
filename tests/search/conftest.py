"""Workers on the list."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.firms.models import Firm
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories


@pytest.fixture()
def firm(world: sa.Connection) -> Firm:
    """A firm on the platform."""
    return factories.firm()


@pytest.fixture()
def listed(firm: Firm) -> Callable[..., Worker]:
    """Makes workers of ``firm`` who are on the list."""

    def make(**fields: Any) -> Worker:
        made = factories.worker(fields.pop("of", firm), **fields)
        workers.refresh(worker=made)
        return made

    return make


Find = Callable[..., list[str]]


@pytest.fixture()
def find(client: FlaskClient) -> Find:
    """Ids on the first page of a search."""

    def search(**filters: Any) -> list[str]:
        answer = client.get("/api/v1/workers", query_string=filters)
        assert answer.status_code == 200, answer.json
        return [item["id"] for item in answer.json["items"]]

    return search
