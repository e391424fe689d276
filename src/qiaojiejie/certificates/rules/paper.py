"""A certificate on paper: one landscape page whose QR opens the page that says whether it still holds."""

import io
from collections.abc import Mapping
from typing import Any

import segno
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from qiaojiejie.core.paper import FONT, INK

LATIN = "Times-Roman"
WIDTH, HEIGHT = landscape(A4)
RED, PALE = colors.HexColor("#B3293D"), colors.HexColor("#D9B9A6")
_QR = 34 * mm


def pdf(said: Mapping[str, Any]) -> bytes:
    """The page; the same certificate gives the same bytes.

    ``said``: name, id_number (masked), title, title_en, level_name, hours, standard, issued_on, valid_until, body,
    body_en, serial, url, sha256, as they are printed.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(said["title"])
    canvas.setAuthor(said["body"])
    _frame(canvas)
    _words(canvas, said)
    _square(canvas, said["url"], WIDTH - 30 * mm - _QR, 26 * mm)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _frame(canvas: Canvas) -> None:
    canvas.setStrokeColor(RED)
    canvas.setLineWidth(1.6)
    canvas.rect(12 * mm, 12 * mm, WIDTH - 24 * mm, HEIGHT - 24 * mm)
    canvas.setStrokeColor(PALE)
    canvas.setLineWidth(0.6)
    canvas.rect(14 * mm, 14 * mm, WIDTH - 28 * mm, HEIGHT - 28 * mm)


def _words(canvas: Canvas, said: Mapping[str, Any]) -> None:
    zh, middle = FONT, WIDTH / 2
    canvas.setFillColor(RED)
    _line(canvas, zh, 34, middle, HEIGHT - 44 * mm, "培 训 合 格 证 书")
    canvas.setFillColor(INK)
    _line(canvas, LATIN, 12, middle, HEIGHT - 52 * mm, "Certificate of Training and Assessment")
    _line(canvas, zh, 24, middle, HEIGHT - 74 * mm, said["name"])
    _line(canvas, zh, 11, middle, HEIGHT - 82 * mm, f"身份证号 {said['id_number']}")
    _line(canvas, zh, 14, middle, HEIGHT - 97 * mm, f"完成 {said['hours']} 学时培训，理论与实操考核合格，特发此证")
    _line(canvas, zh, 20, middle, HEIGHT - 111 * mm, said["title"])
    _line(canvas, LATIN, 12, middle, HEIGHT - 118 * mm, said["title_en"])
    canvas.setFont(zh, 10.5)
    rows = (("职业标准", said["standard"]), ("发证机构", said["body"]), ("发证日期", said["issued_on"]),
            ("有效期至", said["valid_until"]), ("证书编号", said["serial"]))
    for number, (label, value) in enumerate(rows):
        canvas.drawString(34 * mm, 60 * mm - number * 7 * mm, f"{label}　{value}")
    canvas.setFont("Courier", 6)
    canvas.setFillColor(colors.HexColor("#7A6A66"))
    canvas.drawString(34 * mm, 22 * mm, f"SHA-256 {said['sha256']}")


def _line(canvas: Canvas, font: str, size: float, x: float, y: float, text: str) -> None:
    canvas.setFont(font, size)
    canvas.drawCentredString(x, y, text)


def _square(canvas: Canvas, url: str, x: float, y: float) -> None:
    """The QR as squares, so that it prints sharp at every size; on a screen it is a link."""
    rows = list(segno.make(url, error="m", micro=False).matrix)
    step = _QR / len(rows)
    canvas.setFillColor(colors.black)
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                path.rect(x + across * step, y + _QR - (down + 1) * step, step, step)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.linkURL(url, (x, y, x + _QR, y + _QR))
    canvas.setFillColor(INK)
    _line(canvas, FONT, 9, x + _QR / 2, y - 5 * mm, "扫码核验 · scan to verify")
