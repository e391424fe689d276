"""Stations over HTTP; open to everybody."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.stations import queries
from qiaojiejie.stations.errors import StationNotFound
from qiaojiejie.stations.models import Station
from qiaojiejie.stations.schemas import StationFilter, StationOut, StationPageOut

blp = Blueprint("stations", description="社区工作站 · Community stations")


@blp.route("/stations", methods=["GET"])
@public
@blp.arguments(StationFilter, location="query")
@blp.response(200, StationPageOut)
def list_stations(filters: dict[str, Any]) -> Page:
    """工作站列表 · List the community stations

    Nearest first when `lng` and `lat` are given, else in the order they opened. Open to everybody.
    """
    return queries.page(**filters)


@blp.route("/stations/<uuid:station_id>", methods=["GET"])
@public
@refuses(StationNotFound)
@blp.response(200, StationOut)
def show_station(station_id: UUID) -> Station:
    """工作站 · Show a community station

    Where it is, when it is open and what happens on each floor. Open to everybody.
    """
    return queries.get(station_id)
