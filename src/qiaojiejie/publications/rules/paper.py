"""A period's figures as a PDF with charts; the same figures give the same bytes."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer, Table as Grid, TableStyle

from qiaojiejie.core.paper import FONT, INK, PALE, Words, styles
from qiaojiejie.publications.rules.tables import DEFINITIONS, Column, Table, tables, title

_BAR = colors.HexColor("#B4532A")
_WIDTH = A4[0] - 36 * mm
_TEXT = 46 * mm
_STYLES = styles({
    "title": {"fontSize": 18, "leading": 24}, "subtitle": {"fontSize": 11, "leading": 16},
    "heading": {"fontSize": 13, "leading": 18, "spaceBefore": 8}, "words": {"fontSize": 8, "leading": 12},
    "cell": {"fontSize": 8, "leading": 10}, "number": {"fontSize": 8, "leading": 10, "alignment": TA_RIGHT},
})


def pdf(data: Mapping[str, Any], *, sha256: str) -> bytes:
    """The paper: what the figures mean, then each table with its chart."""
    out, (zh, _) = io.BytesIO(), title(data)

    def foot(canvas: Any, made: Any) -> None:
        canvas.setFont(FONT, 7)
        canvas.setFillColor(INK)
        canvas.drawString(18 * mm, 10 * mm, f"SHA-256 {sha256}")
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, f"第 {made.page} 页")

    paper = SimpleDocTemplate(out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm,
                              bottomMargin=18 * mm, title=zh, author="巧姐姐", invariant=1)
    paper.build([*_head(data), *(part for table in tables(data) for part in _shown(table))],
                onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _head(data: Mapping[str, Any]) -> Iterator[Flowable]:
    zh, en = title(data)
    yield Words(zh, _STYLES["title"])
    yield Words(en, _STYLES["subtitle"])
    yield Words(f"统计期 period：{data['from']} – {data['to']}　第 {data['edition']} 版 edition {data['edition']}　"
                f"截至 recorded until {data['known_until']}", _STYLES["words"])
    if data["reason"]:
        yield Words(f"更正原因 corrected because：{data['reason']}", _STYLES["words"])
    for chinese, english in DEFINITIONS.values():
        yield from (Words(chinese, _STYLES["words"]), Words(english, _STYLES["words"]))


def _shown(table: Table) -> Iterator[Flowable]:
    heading, grid = Words(f"{table.zh} {table.en}", _STYLES["heading"]), _grid(table)
    if len(table.rows) > 12:
        yield from (heading, grid)
    elif table.chart and any(row[table.chart[0]] for row in table.drawn):
        yield KeepTogether([heading, grid, Spacer(1, 3 * mm), _chart(table)])
    else:
        yield KeepTogether([heading, grid])


def _grid(table: Table) -> Flowable:
    texts = sum(column.reads == "text" for column in table.columns)
    narrow = min(24 * mm, (_WIDTH - texts * _TEXT) / max(1, len(table.columns) - texts))
    head = [[Words(name, _STYLES["cell" if column.reads == "text" else "number"]) for name in (column.zh, column.en)]
            for column in table.columns]
    rows = [[_cell(value, column) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows]
    grid = Grid([head, *rows], repeatRows=1, hAlign="LEFT",
                colWidths=[_TEXT if column.reads == "text" else narrow for column in table.columns])
    grid.setStyle(TableStyle([
        ("FONT", (0, 0), (-1, -1), FONT, 8), ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("BACKGROUND", (0, 0), (-1, 0), PALE),
        ("ALIGN", (1, 1), (-1, -1), "RIGHT"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, PALE), ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]))
    return grid


def _cell(value: Any, column: Column) -> Any:
    if column.reads == "text":
        return Words(str(value), _STYLES["cell"])
    if value is None:
        return "*" if column.reads == "count" else "—"
    return f"{value // 100}.{value % 100:02}%" if column.reads == "permyriad" else f"{value:,}"


def _chart(table: Table) -> Drawing:
    drawing, chart = Drawing(_WIDTH, 48 * mm), VerticalBarChart()
    permyriad = table.columns[table.chart[0]].reads == "permyriad"
    reads = (lambda value: f"{value / 100:.2f}%") if permyriad else "%d"
    most = max(row[place] for row in table.drawn for place in table.chart)
    chart.x, chart.y, chart.height = 14 * mm, 12 * mm, 34 * mm
    chart.width = min(_WIDTH - 16 * mm, len(table.drawn) * 24 * mm)
    chart.data = [[row[place] for row in table.drawn] for place in table.chart]
    chart.categoryAxis.categoryNames = [str(row[0]).split(" ")[0] for row in table.drawn]
    chart.valueAxis.valueMin, chart.valueAxis.labelTextFormat = 0, reads
    if not permyriad and most < 5:
        chart.valueAxis.valueMax, chart.valueAxis.valueStep = 5, 1
    for axis in (chart.categoryAxis, chart.valueAxis):
        axis.labels.fontName, axis.labels.fontSize = FONT, 7
        axis.strokeColor = INK
    for place in range(len(table.chart)):
        chart.bars[place].fillColor, chart.bars[place].strokeColor = _BAR, None
    chart.barLabels.fontName, chart.barLabels.fontSize, chart.barLabels.nudge = FONT, 7, 6
    chart.barLabelFormat = reads
    drawing.add(chart)
    return drawing
