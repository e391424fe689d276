"""Change workers: who is on whose staff, what she offers, what was learned of her; and render what families see."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.workers import queries, rules
from qiaojiejie.workers.models import Worker

AT_ONCE = 1_000

_RENDER = sa.text("""
    UPDATE worker SET card = d.card, listed = d.listed, search = d.search, card_on = :day
    FROM (SELECT unnest(CAST(:ids AS uuid[])) AS id, unnest(CAST(:cards AS jsonb[])) AS card,
                 unnest(CAST(:listed AS boolean[])) AS listed, unnest(CAST(:searches AS tsvector[])) AS search) d
    WHERE worker.id = d.id""")

_UNSKILL = sa.text("""
    DELETE FROM worker_skill skill USING worker
    WHERE worker.id = ANY(CAST(:ids AS uuid[])) AND skill.worker_no = worker.no AND (NOT worker.listed OR NOT EXISTS (
        SELECT FROM worker_service offer
        WHERE offer.worker_id = worker.id AND offer.service_code = skill.service_code))""")

#: who has not said since when she works comes last by experience
_SKILL = sa.text("""
    INSERT INTO worker_skill AS old (worker_no, service_code, district, cell, score, grade_rank, price_fen,
                                     working_since, firm_id, live_in)
    SELECT worker.no, offer.service_code, worker.district, worker.cell, worker.score,
           array_position(CAST(:grades AS text[]), worker.grade) - 1, offer.price_fen,
           coalesce(worker.working_since, 9999), worker.firm_id, worker.live_in
    FROM worker JOIN worker_service offer ON offer.worker_id = worker.id
    WHERE worker.id = ANY(CAST(:ids AS uuid[])) AND worker.listed
    ON CONFLICT (worker_no, service_code) DO UPDATE
    SET district = excluded.district, cell = excluded.cell, score = excluded.score, grade_rank = excluded.grade_rank,
        price_fen = excluded.price_fen, working_since = excluded.working_since, firm_id = excluded.firm_id,
        live_in = excluded.live_in
    WHERE (old.district, old.cell, old.score, old.grade_rank, old.price_fen, old.working_since, old.firm_id,
           old.live_in) IS DISTINCT FROM
          (excluded.district, excluded.cell, excluded.score, excluded.grade_rank, excluded.price_fen,
           excluded.working_since, excluded.firm_id, excluded.live_in)""")


def refresh(*, worker: Worker) -> None:
    """Render a worker's card, search text, listing and skills again from what is known of her now."""
    db.session.flush()
    refresh_many(worker_ids=[worker.id])
    db.session.expire(worker, ["card", "search", "listed", "card_on"])


def refresh_many(*, worker_ids: Sequence[UUID]) -> None:
    """``refresh`` for many, in five statements a thousand. Listed: her firm is on the platform, her identity is
    verified and she offers something."""
    ids = iter(sorted(set(worker_ids)))
    while batch := list(islice(ids, AT_ONCE)):
        _render(batch)
        db.session.execute(_UNSKILL, {"ids": batch})
        db.session.execute(_SKILL, {"ids": batch, "grades": list(rules.GRADES)})


def _render(worker_ids: list[UUID]) -> None:
    today = clock.today()
    workers, offered = queries.for_cards(worker_ids)
    db.session.execute(_RENDER, {
        "day": today, "ids": [worker.id for worker in workers],
        "cards": [json.dumps(rules.card(worker, offered[worker.id], today), ensure_ascii=False) for worker in workers],
        "listed": [_listed(worker, offered[worker.id]) for worker in workers],
        "searches": [rules.search_text(
            called=worker.called, services=[row.name for row in offered[worker.id]],
            places=[place for place in (worker.native_place, worker.firm_name, worker.district_name) if place],
            bio=worker.bio) for worker in workers]})


def _listed(worker: Any, offered: Sequence[Any]) -> bool:
    on_platform = worker.firm_id is not None and worker.firm_state == "on_platform"
    return on_platform and worker.identity_verified_on is not None and bool(offered)


def grade(*, worker_id: UUID, score: int, grade: str) -> None:
    """Take over a standing computed above; her card and skills follow when it changed."""
    worker = queries.get(worker_id, lock=True)
    if (worker.score, worker.grade) != (score, grade):
        worker.score, worker.grade = score, grade
        refresh(worker=worker)


def rate(*, worker_id: UUID, overall: int) -> None:
    """Count one published rating of 1 to 5."""
    worker = queries.get(worker_id, lock=True)
    worker.rating_sum, worker.rating_count = worker.rating_sum + overall, worker.rating_count + 1
    refresh(worker=worker)


def count_completed(*, worker_id: UUID) -> None:
    """Count one completed booking."""
    worker = queries.get(worker_id, lock=True)
    worker.completed_count += 1
    refresh(worker=worker)
