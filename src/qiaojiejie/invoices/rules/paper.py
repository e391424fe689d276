"""A receipt as PDF; the same receipt gives the same bytes."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer, Table, TableStyle

from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.core.money import display
from qiaojiejie.core.paper import FONT, INK, PALE, Words, styles
from qiaojiejie.invoices.rules.asking import DAYS_TO_ASK

NO_INVOICE = ("本收据仅证明平台已代收上述款项，不是发票，不能代替发票入账或抵扣；"
              f"需要发票请在预约结束后 {DAYS_TO_ASK} 天内向服务企业申请。",
              "This is a receipt of payment and no tax invoice (发票); ask the firm for one within "
              f"{DAYS_TO_ASK} days of the booking's end.")
_WIDTH = A4[0] - 36 * mm
_STYLES = styles({
    "title": {"fontSize": 20, "leading": 28, "alignment": TA_CENTER},
    "subtitle": {"fontSize": 10, "leading": 16, "alignment": TA_CENTER},
    "heading": {"fontSize": 12, "leading": 18, "spaceBefore": 10, "spaceAfter": 2},
    "words": {"fontSize": 8.5, "leading": 13, "spaceBefore": 4}, "cell": {"fontSize": 9, "leading": 13},
    "number": {"fontSize": 9, "leading": 13, "alignment": TA_RIGHT},
})


def pdf(figures: Mapping[str, Any], *, sha256: str) -> bytes:
    """The paper of a receipt (receipts.receipt), with its SHA-256 and a page number at the foot of each page."""
    out = io.BytesIO()

    def foot(canvas: Any, made: Any) -> None:
        canvas.setFont(FONT, 7)
        canvas.setFillColor(INK)
        canvas.drawString(18 * mm, 10 * mm, f"SHA-256 {sha256}")
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, f"第 {made.page} 页")

    paper = SimpleDocTemplate(out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm,
                              bottomMargin=18 * mm, title="收款收据", author="巧姐姐", invariant=1)
    paper.build(list(_parts(figures)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _parts(of: Mapping[str, Any]) -> Iterator[Flowable]:
    yield Words("收款收据", _STYLES["title"])
    yield Words("Receipt of payment", _STYLES["subtitle"])
    yield Spacer(1, 3 * mm)
    yield _grid(_about(of), (26, 148), plain=True)
    yield _block("价格明细", _price(of), (134, 40))
    yield _block("付款", [("付款时间", "款项", "方式", "金额"),
                        *((_when(each["at"]), each["part_name"], each["method_name"], display(each["amount_fen"]))
                          for each in of["payments"]), ("实付合计", "", "", display(of["paid_fen"]))],
                 (48, 40, 46, 40))
    if of["refunds"]:
        yield _block("退款", [("退款时间", "原因", "状态", "金额"),
                            *((_when(each["at"]), each["reason"], each["state_name"], display(each["amount_fen"]))
                              for each in of["refunds"]), ("退款合计", "", "", display(of["refunded_fen"]))],
                     (48, 58, 28, 40))
    sums = tuple(display(of[each]) for each in ("paid_fen", "refunded_fen", "kept_fen"))
    yield _block("实收", [("实付合计", "退款合计", "实收金额"), sums], (58, 58, 58))
    yield KeepTogether([Spacer(1, 4 * mm), *(Words(words, _STYLES["words"]) for words in NO_INVOICE)])


def _about(of: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("收据编号", of["number"]), ("付款日期", _when(of["paid_at"])[:10]), ("付款人", of["payer"]),
            ("服务企业", of["firm_name"]), ("服务人员", of["worker_called"]), ("服务项目", of["service_name"]),
            ("服务时间", during(of["start"], of["end"])), ("预约状态", of["state_name"])]


def _price(of: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The price lines; when something was taken off, their sum before it and what was."""
    lines = [(line["name"], line["amount_fen"]) for line in of["lines"]]
    off = [("价格合计", of["price_fen"]), *(line for line in lines if line[1] < 0)] if of["discount_fen"] else []
    rows = [*(line for line in lines if line[1] >= 0), *off, ("应付合计", of["total_fen"])]
    return [("项目", "金额"), *((name, display(fen)) for name, fen in rows)]


def _block(heading: str, rows: Sequence[Sequence[str]], widths: Iterable[int]) -> Flowable:
    return KeepTogether([Words(heading, _STYLES["heading"]), _grid(rows, widths)])


def _grid(rows: Sequence[Sequence[str]], widths: Iterable[int],
          plain: bool = False) -> Table:
    """Rows of text, the last column to the right unless ``plain``; else the first row is the head, the last the sum."""
    cells = [[Words(text, _STYLES["number" if place == len(row) - 1 and not plain else "cell"])
              for place, text in enumerate(row)] for row in rows]
    made = Table(cells, hAlign="LEFT", colWidths=[width * mm for width in widths], repeatRows=0 if plain else 1)
    looks: list[Any] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("TOPPADDING", (0, 0), (-1, -1), 2),
                        ("BOTTOMPADDING", (0, 0), (-1, -1), 3), ("LINEBELOW", (0, 0), (-1, -1), 0.4, PALE)]
    if not plain:
        looks += [("BACKGROUND", (0, 0), (-1, 0), PALE), ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK)]
    made.setStyle(TableStyle(looks))
    return made


def during(start: datetime, end: datetime) -> str:
    """From when until when; an engagement by days ends at a midnight, and is said to end with the day before it."""
    last = (end - timedelta(microseconds=1)).astimezone(LOCAL).date()
    by_days = last > start.astimezone(LOCAL).date()
    return f"{_when(start)} – {last}" if by_days else f"{_when(start)} – {_when(end)}"


def _when(moment: datetime | None) -> str:
    return "—" if moment is None else f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"
