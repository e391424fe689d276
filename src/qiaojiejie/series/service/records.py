"""Every edit of a series leaves one fact, whatever number of visits it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qiaojiejie.booking import service as booking_service
from qiaojiejie.catalog.models import Service
from qiaojiejie.core import clock
from qiaojiejie.ledger import service as ledger
from qiaojiejie.series import rules
from qiaojiejie.series.models import Occurrence, Series
from qiaojiejie.workers.models import Worker


def record(fact: str, series: Series, by: str, about: Sequence[Occurrence], first: datetime, /, *,
           key: str | None = None, worker: str | None = None, **more: Any) -> None:
    """Write a fact about some occurrences of a series, the first of which begins at ``first``."""
    ledger.append(fact, subject=series.ref, actor=by, key=key, data={
        "household": str(series.household_id), "worker": worker or str(series.worker_id),
        "firm": str(series.firm_id), "service": series.service_code, "visits": len(about), "first": first.isoformat(),
        "days": [each.day.isoformat() for each in about], **more})


def time(series: Series, start: datetime, asked: bool = False) -> booking_service.Time:
    """When a visit of a series is to be, until when it is held and from when on it is paid."""
    now = clock.now()
    return booking_service.Time(start, start + series.length, rules.expires_at(start, now, asked),
                                rules.payable_from(start, now, stands=series.state == "confirmed"))


def terms(series: Series, worker: Worker, service: Service, note: str | None = None) -> booking_service.Terms:
    """What a visit added to a series is held on."""
    return booking_service.Terms(series.household_id, worker, service, series.address_id, series.member_id,
                                 booking_service.Price(series.lines, series.total_fen, series.policy), note)
