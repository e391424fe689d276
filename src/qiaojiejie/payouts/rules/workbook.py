"""A statement as an .xlsx; and the list of transfers a clerk uploads at the bank. The same figures, the same bytes."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from qiaojiejie.payouts.rules import COLUMNS, Paper, cells

_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEAD, _FILL, _YUAN = Font(bold=True), PatternFill("solid", fgColor="F3E3DC"), "#,##0.00"
_CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_WIDTHS = (12, 16, 38, 18, 12, 11, 11, 11, 11, 11, 11)
#: heads of the list of transfers
TRANSFERS = ("序号", "收款户名", "收款账号", "开户银行", "开户支行", "金额（元）", "附言")


def statement(paper: Paper) -> bytes:
    """The workbook: the sum, then every line with a row of totals."""
    book = openpyxl.Workbook()
    _sum(book.active, paper)
    _lines(book.create_sheet("明细"), paper)
    return _settled(book, f"{paper.through}T00:00:00Z")


def transfers(rows: Sequence[tuple[str, str, str, str, int, str]], day: str) -> bytes:
    """The bank's list: holder, number, bank, branch, fen, remark of each; ``day``: of the batch, for the file."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "转账"
    _head(sheet, TRANSFERS, (6, 34, 28, 24, 30, 14, 24))
    for number, (holder, account, bank, branch, fen, remark) in enumerate(rows, 1):
        for place, text in enumerate((str(number), holder, account, bank, branch), 1):
            _text(sheet.cell(number + 1, place), text)
        _money(sheet.cell(number + 1, 6), fen)
        _text(sheet.cell(number + 1, 7), remark)
    return _settled(book, f"{day}T00:00:00Z")


def _sum(sheet: Any, paper: Paper) -> None:
    sheet.title = "对账单"
    _text(sheet.cell(1, 1), f"第 {paper.number} 期结算对账单")
    _text(sheet.cell(1, 2), f"Statement {paper.number}")
    sheet["A1"].font = sheet["B1"].font = Font(bold=True, size=14)
    row = 2
    for name, value in paper.about:
        _text(sheet.cell(row, 1), name)
        _text(sheet.cell(row, 2), value)
        row += 1
    for zh, en, fen in paper.sums:
        _text(sheet.cell(row, 1), f"{zh} {en}")
        _money(sheet.cell(row, 2), fen)
        row += 1
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 44, 40
    for cell in sheet["B"]:
        cell.alignment = Alignment(horizontal="left")


def _lines(sheet: Any, paper: Paper) -> None:
    _head(sheet, [f"{zh} {en}" for zh, en in COLUMNS], _WIDTHS)
    row = 2
    for line in paper.lines:
        texts, amounts = cells(line)
        for place, text in enumerate(texts, 1):
            _text(sheet.cell(row, place), text)
        for place, fen in enumerate(amounts, len(texts) + 1):
            _money(sheet.cell(row, place), fen)
        row += 1
    gross, fee, promotion, owed, other, net = paper.totals
    _text(sheet.cell(row, 1), "合计 total")
    for place, fen in enumerate((gross, -fee, promotion, owed, other, net), 6):
        _money(sheet.cell(row, place), fen)
        sheet.cell(row, place).font = _HEAD
    sheet.freeze_panes = "A2"


def _head(sheet: Any, names: Sequence[str], widths: Sequence[int]) -> None:
    for place, (name, width) in enumerate(zip(names, widths, strict=True), 1):
        head = sheet.cell(1, place, name)
        head.font, head.fill, head.alignment = _HEAD, _FILL, Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(place)].width = width


def _text(cell: Any, value: str) -> None:
    cell.value, cell.data_type, cell.number_format = value, "s", "@"  # a firm's name is no formula


def _money(cell: Any, fen: int) -> None:
    cell.value, cell.number_format = fen / 100, _YUAN


def _settled(book: openpyxl.Workbook, stamp: str) -> bytes:
    """The workbook's bytes without the moment it was written."""
    made, kept = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(kept, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _CHANGED.sub(rb"\g<1>" + stamp.encode(), part)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return kept.getvalue()
