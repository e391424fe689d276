"""A statement as a PDF; the same figures give the same bytes."""

import io
from typing import Any

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer, Table, TableStyle

from qiaojiejie.core.money import display
from qiaojiejie.core.paper import FONT, INK, PALE, Words, styles
from qiaojiejie.payouts.rules import COLUMNS, Paper, cells

_PAGE = landscape(A4)
_WIDTHS = [each * mm for each in (19, 23, 62, 24, 19, 20, 20, 20, 20, 20, 20)]
_STYLES = styles({
    "title": {"fontSize": 17, "leading": 24}, "cell": {"fontSize": 7.5, "leading": 9.5},
    "number": {"fontSize": 7.5, "leading": 9.5, "alignment": TA_RIGHT}})


def statement(paper: Paper) -> bytes:
    """The paper: head, sum, then every line with a row of totals."""
    out = io.BytesIO()
    title = f"第 {paper.number} 期结算对账单"

    def foot(canvas: Any, made: Any) -> None:
        canvas.setFont(FONT, 7)
        canvas.setFillColor(INK)
        canvas.drawString(14 * mm, 8 * mm, f"{paper.firm}　{paper.since} – {paper.through}")
        canvas.drawRightString(_PAGE[0] - 14 * mm, 8 * mm, f"第 {made.page} 页")

    made = SimpleDocTemplate(out, pagesize=_PAGE, leftMargin=14 * mm, rightMargin=14 * mm, topMargin=12 * mm,
                             bottomMargin=14 * mm, title=title, author="巧姐姐", invariant=1)
    made.build([Words(f"{title}　Statement {paper.number}", _STYLES["title"]), _head(paper), Spacer(1, 4 * mm),
                _lines(paper)], onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _head(paper: Paper) -> Flowable:
    """What it is about on the left, its sum on the right."""
    about, sums = paper.about, paper.sums
    rows = []
    for place in range(max(len(about), len(sums))):
        row: list[Any] = ["", "", "", ""]
        if place < len(about):
            row[:2] = [Words(text, _STYLES["cell"]) for text in about[place]]
        if place < len(sums):
            zh, en, fen = sums[place]
            row[2:] = [Words(f"{zh} {en}", _STYLES["cell"]), Words(display(fen), _STYLES["number"])]
        rows.append(row)
    grid = Table(rows, hAlign="LEFT", colWidths=[46 * mm, 100 * mm, 60 * mm, 30 * mm])
    grid.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                              ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5), ("LEFTPADDING", (0, 0), (-1, -1), 2)]))
    return grid


def _lines(paper: Paper) -> Flowable:
    rows: list[list[Any]] = [[[Words(name, _STYLES["cell" if place < 5 else "number"]) for name in names]
                              for place, names in enumerate(COLUMNS)]]
    for line in paper.lines:
        texts, amounts = cells(line)
        rows.append([*(Words(text, _STYLES["cell"]) for text in texts),
                     *(Words(display(fen), _STYLES["number"]) for fen in amounts)])
    gross, fee, promotion, owed, other, net = paper.totals
    rows.append([Words(text, _STYLES["cell"]) for text in ("合计 total", "", "", "", "")] + [
        Words(display(fen), _STYLES["number"]) for fen in (gross, -fee, promotion, owed, other, net)])
    grid = Table(rows, repeatRows=1, hAlign="LEFT", colWidths=_WIDTHS)
    grid.setStyle(TableStyle([
        ("FONT", (0, 0), (-1, -1), FONT, 7.5), ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("BACKGROUND", (0, 0), (-1, 0), PALE), ("BACKGROUND", (0, -1), (-1, -1), PALE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, PALE),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 2)]))
    return grid
