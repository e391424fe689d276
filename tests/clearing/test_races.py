"""Several who fetch and compare at once, on a database that really commits."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from qiaojiejie.clearing import service as clearing
from qiaojiejie.core.db import db
from qiaojiejie.payments.gateway import Gateway
from tests import races
from tests.clearing.bench import four_at_night
from tests.sandbox.shop import CARD, Shop
from tests.stripe_sandbox import SECRET, StripeSandbox

#: as many calls as a process makes to Stripe at once; more would be turned away
AT_ONCE = 2


@pytest.fixture()
def city(city: Flask, stripe_server: StripeSandbox) -> Iterator[Flask]:
    """The app, at a Stripe at which 130 charges were made."""
    shop = Shop(stripe_server.url)
    for _ in range(130):
        shop.sell(**CARD)
    shop.close()
    city.extensions["stripe_gateway"] = gateway = Gateway(
        api_key="sk_test_demo", api_base=stripe_server.url, webhook_secrets=(SECRET,), public_url="http://localhost")
    yield city
    gateway.close()


def one(city: Flask, sql: str) -> int:
    """The one number a question answers."""
    with city.app_context():
        return int(db.session.execute(sa.text(sql)).scalar_one())


def test_two_who_fetch_at_once_import_each_movement_once_with_one_fee(city: Flask) -> None:
    for _ in range(3):
        new = races.at_once(city, [clearing.fetch] * AT_ONCE)
        assert sum(new) in (130, 0)
    assert one(city, "SELECT count(*) FROM stripe_movement") == 130
    assert one(city, "SELECT count(*) FROM posting_tx WHERE kind = 'stripe_fee'") == 130
    assert one(city, "SELECT sum(amount_fen) FROM posting WHERE account = 'stripe_fees'") == 130 * 34
    assert one(city, "SELECT count(*) FROM clearing_health") == one(city, "SELECT count(*) FROM ledger_health") == 0


def test_four_who_keep_the_same_in_any_order_wait_for_each_other(city: Flask) -> None:
    with city.app_context():
        moved = clearing.statement().since(None)
    steps = [lambda part=part: clearing.keep(part) for part in (moved, moved[::-1], moved[60:], moved[:60])]
    assert sum(races.at_once(city, steps)) == 130
    assert one(city, "SELECT count(*) FROM posting_tx WHERE kind = 'stripe_fee'") == 130


def test_a_night_compared_by_four_at_once_is_compared_once(city: Flask) -> None:
    races.at_once(city, [clearing.fetch])
    assert races.at_once(city, [clearing.compare_night] * 4, four_at_night()) == ["done"] * 4
    assert one(city, "SELECT count(*) FROM clearing_run") == 1
    assert one(city, "SELECT differences FROM clearing_run") == one(
        city, "SELECT count(*) FROM clearing_difference") == 130
    assert one(city, "SELECT count(*) FROM ledger_entry WHERE fact = 'clearing.compared'") == 1
