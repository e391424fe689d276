"""Finding workers over HTTP: open to everybody, answered as PostgreSQL rendered it."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.catalog.errors import UnknownRegion, UnknownService
from qiaojiejie.core.access import public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.search import queries
from qiaojiejie.search.schemas import (CalendarDaysFilter, CalendarDaysOut, CalendarFilter, WorkerCalendarPageOut,
                                       WorkerDetailOut, WorkerFilter, WorkerFoundPageOut)
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("search", description="找阿姨 · Finding a worker")


@blp.route("/workers", methods=["GET"])
@public
@refuses(UnknownService, UnknownRegion)
@blp.arguments(WorkerFilter, location="query")
@blp.response(200, WorkerFoundPageOut)
def find_workers(asked: dict[str, Any]) -> Response:
    """找阿姨 · Find workers

    Open to everybody. Only listed workers: identity verified, working through a firm on the platform. Filters narrow
    each other; ties in the sort order are broken by a number of hers, so that paging neither repeats nor skips.
    """
    return Response(queries.page(asked), mimetype="application/json")


blp.often("/workers", WorkerFilter(), queries.page)


@blp.route("/workers/<uuid:worker_id>", methods=["GET"])
@public
@refuses(WorkerNotFound)
@blp.response(200, WorkerDetailOut)
def show_worker(worker_id: UUID) -> Response:
    """阿姨详情 · Show a worker

    Open to everybody, for workers on the list: her card, what was verified of her papers and until when, her weekly
    hours, when she is next free, and what her safety colour rests on.
    """
    return Response(queries.detail(worker_id), mimetype="application/json")


blp.often("/workers/<uuid:worker_id>", None, queries.detail)


@blp.route("/availability", methods=["GET"])
@public
@refuses(UnknownService, UnknownRegion)
@blp.arguments(CalendarFilter, location="query")
@blp.response(200, WorkerCalendarPageOut)
def show_calendars(asked: dict[str, Any]) -> Response:
    """很多阿姨的空闲时间 · When visits can begin with many workers

    Open to everybody: of every listed worker the filter finds, highest score first, the half hours at which a visit of
    `minutes` can begin on the days `from` to `until`, a whole city in one call. Buffers are already kept free; nothing
    within a worker's notice, nothing beyond her horizon, as for one worker. The way between two places is not looked
    at: ask for one worker with an address.
    """
    return Response(queries.calendars_of(asked), mimetype="application/json")


@blp.route("/availability/days", methods=["GET"])
@public
@refuses(UnknownService, UnknownRegion)
@blp.arguments(CalendarDaysFilter, location="query")
@blp.response(200, CalendarDaysOut)
def count_calendar_days(asked: dict[str, Any]) -> dict[str, Any]:
    """每天有几位阿姨有空 · With how many workers a visit can begin, by day

    Open to everybody, for a calendar to pick from: of all listed workers the filter finds, with how many a visit of
    `minutes` can begin on each day. Counted, not estimated.
    """
    return queries.calendar_days(asked)
