"""A series by year as SVG: the share and its interval. Pure."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as xml

WIDE, HIGH, LEFT, TOP, FLOOR = 640, 320, 56, 40, 270
RED, SOFT, INK = "#b3293d", "#e9c3c9", "#333333"


def series(title: str, points: Sequence[dict[str, Any]]) -> str:
    """``points``: {year, n, permyriad, low_permyriad, high_permyriad}, in order. Shares from 0 to 100 %."""
    root = xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDE} {HIGH}", "role": "img",
                               "font-family": "Noto Sans CJK SC, Noto Sans SC, sans-serif", "font-size": "13"})
    xml.SubElement(root, "title").text = title
    _text(root, WIDE / 2, 22, title, "15")
    for share in range(0, 101, 20):
        y = _y(share * 100)
        xml.SubElement(root, "line", {"x1": str(LEFT), "x2": str(WIDE - 16), "y1": y, "y2": y, "stroke": "#dddddd"})
        _text(root, LEFT - 24, float(_y(share * 100)) + 4, f"{share}%")
    step = (WIDE - LEFT - 16) / max(1, len(points))
    for place, point in enumerate(points):
        x = LEFT + step * (place + 0.5)
        xml.SubElement(root, "line", {"x1": f"{x:.1f}", "x2": f"{x:.1f}", "y1": _y(point["low_permyriad"]),
                                      "y2": _y(point["high_permyriad"]), "stroke": SOFT, "stroke-width": "12"})
        xml.SubElement(root, "circle", {"cx": f"{x:.1f}", "cy": _y(point["permyriad"]), "r": "5", "fill": RED})
        tenths = (point["permyriad"] + 5) // 10
        _text(root, x, float(_y(point["high_permyriad"])) - 8, f"{tenths // 10}.{tenths % 10}%")
        _text(root, x, FLOOR + 20, str(point["year"]))
        _text(root, x, FLOOR + 38, f"n={point['n']}", "11")
    return xml.tostring(root, encoding="unicode")


def _y(permyriad: int) -> str:
    return f"{FLOOR - (FLOOR - TOP) * permyriad / 10_000:.1f}"


def _text(root: xml.Element, x: float, y: float, words: str, size: str = "13") -> None:
    xml.SubElement(root, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": "middle", "font-size": size,
                                  "fill": INK}).text = words
