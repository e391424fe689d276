"""Arithmetic of prices and places: pure, no clock."""

import math
from collections.abc import Iterable
from typing import Any, Protocol

import h3

from qiaojiejie.core.money import share

#: H3 resolution of every stored cell: hexagons of about 0.7 km²
RESOLUTION = 8

LINE_NAMES = {"wage": "服务人员劳务费", "firm_fee": "企业服务费", "insurance": "意外保险费", "platform_fee": "平台服务费",
              "discount": "优惠券"}
#: the order in which the lines of a price are read
LINES = tuple(LINE_NAMES)
#: the lines a fee rule may be about
FEES = ("firm_fee", "insurance", "platform_fee")

#: Krasovsky 1940, on which GCJ-02's offset is defined
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323


class Fee(Protocol):
    """What price_lines reads of a fee rule."""

    line: str
    permille: int
    fixed_fen: int


def price_lines(*, wage_fen: int, fees: Iterable[Fee]) -> list[dict[str, Any]]:
    """The price in lines, in fen: the wage, then each fee on it, rounded half up once a line.

    [{"line": "wage", "name": "服务人员劳务费", "amount": 12000}, {"line": "firm_fee", …}, …]; their sum is the total.
    Raises ValueError for a negative wage.
    """
    if wage_fen < 0:
        raise ValueError("a wage is never negative")
    priced = [("wage", wage_fen), *((fee.line, share(wage_fen, fee.permille) + fee.fixed_fen) for fee in fees)]
    return [{"line": line, "name": LINE_NAMES[line], "amount": int(amount)}
            for line, amount in sorted(priced, key=lambda pair: LINES.index(pair[0]))]


def cell(lng: float, lat: float) -> int:
    """The H3 cell of a WGS-84 place, as the whole number that stands in the tables."""
    return h3.str_to_int(h3.latlng_to_cell(lat, lng, RESOLUTION))


def distance_m(lng: float, lat: float, other_lng: float, other_lat: float) -> int:
    """Metres between two WGS-84 places, along the ground."""
    return round(h3.great_circle_distance((lat, lng), (other_lat, other_lng), unit="m"))


def wgs84(lng: float, lat: float) -> tuple[float, float]:
    """The WGS-84 place of a GCJ-02 one (what Chinese maps give), to a centimetre, as (lng, lat).

    The offset is defined from WGS-84 only, so its inverse is found by stepping towards it.
    """
    found_lng, found_lat = lng, lat
    for _ in range(5):
        there_lng, there_lat = gcj02(found_lng, found_lat)
        found_lng, found_lat = found_lng + lng - there_lng, found_lat + lat - there_lat
    return found_lng, found_lat


def gcj02(lng: float, lat: float) -> tuple[float, float]:
    """The GCJ-02 place of a WGS-84 one in China, by the offset formula in general use, as (lng, lat)."""
    x, y = lng - 105.0, lat - 35.0
    radians = math.radians(lat)
    magic = 1 - _ECCENTRICITY * math.sin(radians) ** 2
    north = _north(x, y) * 180.0 / ((_AXIS * (1 - _ECCENTRICITY)) / (magic * math.sqrt(magic)) * math.pi)
    east = _east(x, y) * 180.0 / (_AXIS / math.sqrt(magic) * math.cos(radians) * math.pi)
    return lng + east, lat + north


def _waves(value: float, *terms: tuple[float, float]) -> float:
    return sum(size * math.sin(value * pace * math.pi) for size, pace in terms) * 2.0 / 3.0


def _north(x: float, y: float) -> float:
    return (-100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
            + _waves(x, (20.0, 6.0), (20.0, 2.0)) + _waves(y, (20.0, 1.0), (40.0, 1 / 3))
            + _waves(y, (160.0, 1 / 12), (320.0, 1 / 30)))


def _east(x: float, y: float) -> float:
    return (300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
            + _waves(x, (20.0, 6.0), (20.0, 2.0)) + _waves(x, (20.0, 1.0), (40.0, 1 / 3))
            + _waves(x, (150.0, 1 / 12), (300.0, 1 / 30)))
