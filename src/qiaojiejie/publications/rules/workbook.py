"""A period's figures as an .xlsx with native charts; the same figures give the same bytes."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from qiaojiejie.publications.rules.tables import ALL, DEFINITIONS, Table, tables, title

_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEAD, _FILL = Font(bold=True), PatternFill("solid", fgColor="F3E3DC")
_CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FORMATS = {"count": "#,##0", "days": "0", "permyriad": "0.00%", "text": "@"}


def xlsx(data: Mapping[str, Any], *, sha256: str) -> bytes:
    """The workbook: what the figures mean, then a sheet for each table, its chart beside it."""
    book = openpyxl.Workbook()
    _explain(book.active, data, sha256)
    for table in tables(data):
        _write(book.create_sheet(table.zh[:31]), table)
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue(), data["known_until"])


def _explain(sheet: Any, data: Mapping[str, Any], sha256: str) -> None:
    sheet.title = "说明"
    zh, en = title(data)
    rows = [(zh, en), ("统计期 period", f"{data['from']} – {data['to']}"), ("版次 edition", data["edition"]),
            ("截至 recorded until", data["known_until"]), ("更正原因 corrected because", data["reason"] or "—"),
            ("JSON 的 SHA-256", sha256), *DEFINITIONS.values()]
    for row in rows:
        sheet.append(row)
    sheet["A1"].font = sheet["B1"].font = Font(bold=True, size=14)
    for letter in "AB":
        sheet.column_dimensions[letter].width = 70
        for cell in sheet[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")


def _write(sheet: Any, table: Table) -> None:
    for place, column in enumerate(table.columns, 1):
        head = sheet.cell(1, place, f"{column.zh} {column.en}")
        head.font, head.fill, head.alignment = _HEAD, _FILL, Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(place)].width = 32 if column.reads == "text" else 13
        for line, row in enumerate(table.rows, 2):
            _put(sheet.cell(line, place), row[place - 1], column.reads)
    sheet.freeze_panes = "B2"
    if table.chart and table.drawn:
        sheet.add_chart(_chart(sheet, table), f"{get_column_letter(len(table.columns) + 2)}2")


def _put(cell: Any, value: Any, reads: str) -> None:
    cell.number_format = _FORMATS[reads]
    if value is None:
        cell.value, cell.alignment = "*" if reads == "count" else "—", Alignment(horizontal="right")
    elif reads == "text":
        cell.value, cell.data_type = str(value), "s"  # a firm's name is no formula
    else:
        cell.value = value / 10_000 if reads == "permyriad" else value


def _chart(sheet: Any, table: Table) -> BarChart:
    chart = BarChart()
    chart.type, chart.style, chart.title = "col", 10, f"{table.zh} {table.en}"
    last = 1 + sum(row[0] != ALL for row in table.rows)
    for column in table.chart:
        chart.add_data(Reference(sheet, min_col=column + 1, min_row=1, max_row=last), titles_from_data=True)
    names = AxDataSource(strRef=StrRef(f=str(Reference(sheet, min_col=1, min_row=2, max_row=last))))
    for series in chart.series:
        series.cat = names
    chart.legend, chart.gapWidth = None, 60
    chart.width, chart.height = 20, 10
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.numFmt = _FORMATS[table.columns[table.chart[0]].reads]
    return chart


def _settled(content: bytes, known_until: str) -> bytes:
    """The same workbook without the moment it was written."""
    stamp = datetime.fromisoformat(known_until).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w") as kept:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = _CHANGED.sub(rb"\g<1>" + stamp, part)
            kept.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
