"""A contract as PDF; the same version gives the same bytes."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer, Table, TableStyle

from qiaojiejie.contracts.rules.fields import FIELDS, PART_NAMES, PERSONAL, SECTIONS, SIDE_NAMES, SIDES, TABLES
from qiaojiejie.core.money import display
from qiaojiejie.core.paper import FONT, INK, PALE, Words, styles
from qiaojiejie.core.secrets import MASKS

_STYLES = styles({
    "title": {"fontSize": 18, "leading": 26, "alignment": TA_CENTER},
    "subtitle": {"fontSize": 9, "leading": 14, "alignment": TA_CENTER},
    "heading": {"fontSize": 11, "leading": 17, "spaceBefore": 7, "spaceAfter": 2},
    "words": {"fontSize": 9.5, "leading": 15, "firstLineIndent": 19}, "cell": {"fontSize": 9, "leading": 13},
    "number": {"fontSize": 9, "leading": 13, "alignment": TA_RIGHT},
})


class _Counted(Canvas):
    """A canvas that knows how many pages there are before it draws the foot of the first."""

    foot = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802
        """Keep the page for later."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw every foot and write."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(FONT, 7)
            self.setFillColor(INK)
            self.drawString(18 * mm, 10 * mm, self.foot)
            self.drawRightString(A4[0] - 18 * mm, 10 * mm, f"第 {number} 页 共 {len(self._pages)} 页")
            super().showPage()
        super().save()


def pdf(data: Mapping[str, Any], personal: Mapping[str, str], *, digest: str) -> bytes:
    """The paper of a version: parties, service, price, clauses; ID numbers masked; ``digest`` of the data at the foot
    of every page."""
    out = io.BytesIO()
    made = SimpleDocTemplate(out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm,
                             bottomMargin=18 * mm, title=data["title"], author="巧姐姐", invariant=1)
    made.build(list(_parts(data, _shown(data, personal))),
               canvasmaker=type("Paper", (_Counted,), {"foot": f"{data['number']}　合同数据 SHA-256 {digest}"}))
    return out.getvalue()


def _shown(data: Mapping[str, Any], personal: Mapping[str, str]) -> dict[str, str]:
    """Every field as the parties read it: nothing masked but the ID numbers."""
    said = {**data["fields"], **{code: MASKS["id_number"](value) if PERSONAL.get(code) == "id_number" else value
                                 for code, value in personal.items()}}
    return {code: printable(value) for code, value in said.items()}


def printable(text: str) -> str:
    """In characters the font has: a name's middle dot in its full width, a rare character by its number."""
    return "".join("・" if each == "·" else each if each <= "\uffff" else f"〓(U+{ord(each):X})" for each in text)


def _parts(data: Mapping[str, Any], shown: Mapping[str, str]) -> Iterator[Flowable]:
    yield Words(data["title"], _STYLES["title"])
    yield Words(f"编号 {data['number']}　第 {data['version']} 版　{data['drafted_on']} 起草　"
                f"自 {data['effective_on']} 起执行", _STYLES["subtitle"])
    yield Spacer(1, 2 * mm)
    if data["changes"]:
        changed = [(each["name"], printable(each["before"] or "（从略）"), printable(each["after"] or "见下"))
                   for each in data["changes"]]
        yield from _block(f"与第 {data['amends']} 版相比的变更", [("项目", "变更前", "变更后"), *changed], (34, 70, 70))
    for section, heading in SECTIONS.items():
        name = SIDE_NAMES["worker"] if section == "worker" and len(SIDES[data["variant"]]) == 3 else heading
        said = [(field.name, shown[field.code]) for field in FIELDS
                if field.section == section and field.code in shown and field.code not in TABLES]
        yield from _block(name, said, (34, 140), plain=True)
    lines = [(line["name"], display(line["amount"])) for line in data["lines"]]
    yield from _block("费用明细", [("项目", "金额"), *lines, ("合同总价", display(data["total"]))], (134, 40), numbers=True)
    yield from _block("分期", [("款项", "支付时间", "金额"), *(
        (PART_NAMES[part["part"]], part["payable"], display(part["amount"])) for part in data["parts"])],
        (34, 100, 40), numbers=True)
    for heading, sentences in data["clauses"]:
        first, *rest = [Words(each, _STYLES["words"]) for each in sentences]
        yield KeepTogether([Words(heading, _STYLES["heading"]), first])
        yield from rest
    yield from _signing(data["variant"])


def _signing(variant: str) -> Iterator[Flowable]:
    rows = [[Words(SIDE_NAMES[side], _STYLES["cell"]), Words("以平台记录的电子签署为准", _STYLES["cell"])]
            for side in SIDES[variant]]
    made = Table(rows, hAlign="LEFT", colWidths=[60 * mm, 114 * mm])
    made.setStyle(TableStyle([("BOX", (0, 0), (-1, -1), 0.4, INK), ("INNERGRID", (0, 0), (-1, -1), 0.4, PALE),
                              ("TOPPADDING", (0, 0), (-1, -1), 6), ("BOTTOMPADDING", (0, 0), (-1, -1), 7)]))
    yield KeepTogether([Words("签署", _STYLES["heading"]), made])


def _block(heading: str, rows: Sequence[Sequence[str]], widths: Sequence[int], plain: bool = False,
           numbers: bool = False) -> Iterator[Flowable]:
    """A table under its heading: rows of name and value (``plain``), or under a head, the last column in numbers."""
    cells = [[Words(text, _STYLES["number" if numbers and place == len(row) - 1 else "cell"])
              for place, text in enumerate(row)] for row in rows]
    made = Table(cells, hAlign="LEFT", colWidths=[width * mm for width in widths])
    looks: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 2),
                        ("BOTTOMPADDING", (0, 0), (-1, -1), 3), ("LINEBELOW", (0, 0), (-1, -1), 0.4, PALE)]
    looks.append(("BACKGROUND", (0, 0), (0, -1), PALE) if plain else ("BACKGROUND", (0, 0), (-1, 0), PALE))
    made.setStyle(TableStyle(looks))
    yield KeepTogether([Words(heading, _STYLES["heading"]), made])
