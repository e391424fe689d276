"""The same request twice: one change, one answer."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from qiaojiejie.core.access import Role
from tests import factories

PLACE = {"label": "家", "region_code": "321302", "detail": "幸福路 1 号", "contact_name": "王小明",
         "contact_phone": "13700009999"}


def count(world: sa.Connection) -> int:
    """Addresses there are."""
    return int(world.execute(sa.text("SELECT count(*) FROM address")).scalar_one())


@pytest.fixture()
def family(client: FlaskClient) -> dict[str, str]:
    """A family's headers, with a key."""
    return another()


def another() -> dict[str, str]:
    """Another family's headers, with the same key."""
    home = factories.household()
    return factories.headers(factories.db.session.get_one(factories.Account, home.account_id), Role.HOUSEHOLD, key="k1")


def post(client: FlaskClient, headers: dict[str, str], **changed: Any) -> Any:
    """Keep an address."""
    return client.post("/api/v1/me/addresses", json={**PLACE, **changed}, headers=headers)


def test_sent_again_it_answers_the_same_and_changes_nothing(client: FlaskClient, world: sa.Connection,
                                                            family: dict[str, str]) -> None:
    first, again = post(client, family), post(client, family)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data and first.content_type == again.content_type
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert count(world) == 1


def test_without_a_key_twice_is_two(client: FlaskClient, world: sa.Connection, family: dict[str, str]) -> None:
    del family["Idempotency-Key"]
    post(client, family)
    post(client, family)
    assert count(world) == 2


def test_a_key_with_another_body_is_refused(client: FlaskClient, world: sa.Connection, family: dict[str, str]) -> None:
    post(client, family)
    other = post(client, family, label="公司")
    assert (other.status_code, other.json["code"]) == (422, "KeyReused")
    assert count(world) == 1


def test_a_refused_request_leaves_its_key_free(client: FlaskClient, world: sa.Connection,
                                               family: dict[str, str]) -> None:
    refused = post(client, family, region_code="000000")
    assert refused.status_code == 422
    assert post(client, family).status_code == 201
    assert count(world) == 1


def test_two_families_may_choose_the_same_key(client: FlaskClient, world: sa.Connection,
                                              family: dict[str, str]) -> None:
    assert post(client, family).json["id"] != post(client, another()).json["id"]
    assert count(world) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9"])
def test_a_key_is_short_visible_ascii(client: FlaskClient, family: dict[str, str], key: str) -> None:
    answer = post(client, {**family, "Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (422, "BadIdempotencyKey")
