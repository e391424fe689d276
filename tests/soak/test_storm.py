"""A storm of a few kills over the real processes, then outages of PostgreSQL; ``make soak`` runs it at full size."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import requests

from tests.soak import storm, town, truths
from tests.soak.service import Service, running

SEED = 3
#: sweeps and heartbeats run four times as fast, so that so short a storm sees them at work
STORM = storm.Storm(SEED, kills=6, visits=20, clients=6, workers=12, pause=(0.3, 1.2), leap_every=2.5, copies=1,
                    still=1.0, twist={"SOAK_HURRY": "4"})


@dataclass
class Weather:
    """The service that runs, the town it serves, and what the storm came to."""

    service: Service
    town: town.Town
    outcome: storm.Outcome


@pytest.fixture(scope="module")
def weather() -> Iterator[Weather]:
    """A storm blew over the service; its processes run on."""
    chance = random.Random(SEED)
    with running(STORM.twist, copies=1) as service:
        built = town.build(service.postgres.url, homes=30, workers=STORM.workers, chance=chance)
        service.start()
        service.control(**{**storm.FAULTS, "seed": SEED})
        yield Weather(service, built, storm.rage(STORM, service, built, chance))


def test_processes_are_killed_and_no_booking_and_no_fen_is_lost_or_doubled(weather: Weather) -> None:
    outcome = weather.outcome
    assert outcome.failures == [], storm.told(outcome)
    assert outcome.kills.total() == STORM.kills and set(outcome.kills) == {"web", "jobs", "postgres"}
    paid = sum(row["state"] == "succeeded" for row in outcome.found.payments)
    assert paid > 4 and outcome.found.refunds and outcome.found.events > 20, storm.told(outcome)


def test_while_postgresql_is_away_families_are_told_to_wait_and_are_soon_served_again(weather: Weather) -> None:
    story, told = weather.outcome.story, storm.told(weather.outcome)
    assert [name for name, _ in story.back] == ["restart", "crowd out"], told
    assert max(seconds for _, seconds in story.back) <= storm.BACK, told
    assert story.meanwhile["503 Unavailable"] and story.wrong == [], told
    assert not [answer for answer in story.meanwhile if answer.endswith("Error")], told


def everything_stripe_was_told(state: Path) -> list[str]:
    """Each request in the stand-in's log, whole."""
    with closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as log:
        return [unquote_plus(" ".join(row)) for row in log.execute(
            "SELECT method, path, headers, body, params, key FROM asked")]


def test_whoever_told_stripe_a_name_would_be_found(weather: Weather) -> None:
    private, state, url = weather.town.private, weather.service.stripe_state, weather.service.stripe
    assert len(private) > 100 and not any(truths.named(everything_stripe_was_told(state), private))
    in_path, in_header, in_key, in_body = sorted(private, key=str.isascii)[:4]
    weather.service.control()
    key = {"Authorization": "Bearer sk_test_demo"}
    body = {"amount": "100", "currency": "cny", "metadata[who]": in_body}
    requests.get(f"{url}/v1/payment_intents/{in_path}", headers=key, timeout=10)
    requests.post(f"{url}/v1/payment_intents", headers={**key, "X-Who": in_header.encode()}, timeout=10)
    requests.post(f"{url}/v1/refunds", headers={**key, "Idempotency-Key": in_key.encode()}, timeout=10)
    requests.post(f"{url}/v1/payment_intents", headers=key, data=body, timeout=10)
    found = [each.partition(" was told")[0] for each in truths.named(everything_stripe_was_told(state), private)]
    assert found == [in_path, in_header, in_key, in_body]
