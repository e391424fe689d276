"""Chinese on paper: the font, the colours, and paragraphs whose lines break where Chinese may be broken (避头尾)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph

#: a font every reader of PDF has for Chinese, so none is embedded
FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
INK, PALE = colors.HexColor("#3A2A26"), colors.HexColor("#F3E3DC")

#: what ends no line, and what begins none
OPENING, CLOSING = "（《「『【〔〈［｛“‘¥￥([{", "，。、；：？！）》」』】〕〉］｝”’…—·・～％‰℃,.;:?!)]}%"
_OPENS, _CLOSES = re.escape(OPENING), re.escape(CLOSING)
#: a character, and what may not be torn from it; or a word of Latin letters and figures
_CHARACTER = rf"[{_OPENS}]*.(?:\s?[{_CLOSES}])*\s*"
_WORD = rf"[{_OPENS}]*[!-~\u00c0-\u024f](?:(?![{_OPENS}])[!-~\u00c0-\u024f])*(?:\s?[{_CLOSES}])*\s*"
_UNIT, _PIECE = re.compile(f"{_WORD}|{_CHARACTER}", re.DOTALL), re.compile(_CHARACTER, re.DOTALL)
#: reckoning in points is not exact
_FUZZ = 1e-6

Line = tuple[float, str]


def lines(text: str, rooms: Sequence[float], width: Callable[[str], float]) -> list[Line]:
    """The lines of a text, each with the room left in it; ``rooms``: of the first line, the second … and all further.

    A word longer than a line is torn.
    """
    found, line = list[Line](), ""

    def room() -> float:
        return rooms[min(len(found), len(rooms) - 1)]

    for unit in _units(text, min(rooms), width):
        if line and width((line + unit).rstrip()) > room() + _FUZZ:
            found.append((room() - width(line.rstrip()), line))
            line = ""
        line += unit
    return [*found, (room() - width(line.rstrip()), line)] if line else found


def _units(text: str, narrowest: float, width: Callable[[str], float]) -> Iterator[str]:
    for unit in _UNIT.findall(text):
        yield from [unit] if width(unit.rstrip()) <= narrowest else _PIECE.findall(unit)


class Words(Paragraph):
    """A paragraph of plain text, without markup."""

    def __init__(self, text: str | None, *given: Any, **more: Any) -> None:
        super().__init__(text and escape(text), *given, **more)

    def breakLinesCJK(self, maxWidths: Any) -> Any:  # noqa: N802, N803
        """As the library does, but for where the lines end. What a page's end has split is not broken anew."""
        if not self.frags or getattr(self, "_splitpara", False):
            return super().breakLinesCJK(maxWidths)
        text = "".join(frag.text if hasattr(frag, "text") else "".join(frag.words) for frag in self.frags)
        frag, rooms = self.frags[0], maxWidths if isinstance(maxWidths, list | tuple) else [maxWidths]
        found = lines(text, rooms, lambda part: pdfmetrics.stringWidth(part, frag.fontName, frag.fontSize))
        return frag.clone(kind=0, lines=[(left, [line]) for left, line in found], ascent=frag.fontSize,
                          descent=-0.2 * frag.fontSize)


def styles(named: Mapping[str, Mapping[str, Any]]) -> dict[str, ParagraphStyle]:
    """Styles of paragraphs in the font."""
    return {name: ParagraphStyle(name, fontName=FONT, textColor=INK, wordWrap="CJK", **of)
            for name, of in named.items()}
