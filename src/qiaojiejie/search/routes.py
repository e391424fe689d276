"""Finding workers over HTTP: open to everybody, answered as PostgreSQL rendered it."""

from typing import Any
from uuid import UUID

from flask import Response

from qiaojiejie.catalog.errors import UnknownRegion, UnknownService
from qiaojiejie.core.access import public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.search import queries
from qiaojiejie.search.schemas import WorkerDetailOut, WorkerFilter, WorkerFoundPageOut
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
