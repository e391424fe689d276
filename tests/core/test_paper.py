"""Chinese on paper: no line begins with what closes or ends with what opens, and nothing is lost."""

import io
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import SimpleDocTemplate

from qiaojiejie.core import paper

STYLE = paper.styles({"words": {"fontSize": 10, "leading": 15}})["words"]
TEXT = st.text(st.sampled_from("服务天，。；：！？、（）《》“”【】…—12aé(),.%¥ 　"), max_size=80)


def width(text: str) -> float:
    """Of a text in ten points."""
    return stringWidth(text, paper.FONT, 10)


@given(TEXT, st.integers(120, 300))
def test_no_line_begins_with_what_closes_or_ends_with_what_opens(text: str, room: int) -> None:
    # runs of marks that are longer than a line are nobody's words
    text = re.sub(r"([，。；：！？、（）《》“”【】…—(),.%¥\s])[，。；：！？、（）《》“”【】…—(),.%¥\s]{2,}", r"\1", text)
    found = [line for _, line in paper.lines(text, [room - 20, room], width)]
    assert "".join(found) == text
    for line, following in pairwise(found):
        assert following.strip()[:1] not in tuple(paper.CLOSING), found
        assert line.strip()[-1:] not in tuple(paper.OPENING), found


@given(TEXT, st.integers(120, 300))
def test_the_room_left_in_a_line_is_never_less_than_none(text: str, room: int) -> None:
    text = re.sub(r"[^服务天12a]", "，服", text)
    assert all(left >= -1e-3 for left, _ in paper.lines(text, [room], width))


@pytest.mark.parametrize(("text", "room", "expected"), [
    ("每天确认，款项结算。", 40, ["每天确", "认，款项", "结算。"]),
    ("甲方（消费者）同意", 30, ["甲方", "（消费", "者）同", "意"]),
    ("“好的。”他说", 30, ["“好", "的。”", "他说"]),
    ("she says yes", 40, ["she says ", "yes"]),
    ("合计 ¥1,300.00 元", 60, ["合计 ", "¥1,300.00 元"]),
    ("abcdefghijklmnop", 30, ["abcdefg", "hijklm", "nop"]),
])
def test_words_and_marks_stay_together(text: str, room: int, expected: list[str]) -> None:
    assert [line for _, line in paper.lines(text, [room], width)] == expected


def test_a_paragraph_that_a_page_splits_keeps_every_word() -> None:
    out, said = io.BytesIO(), "服务人员 should come at nine；甲方（消费者）同意，乙方不收取任何费用。" * 40
    SimpleDocTemplate(out, pagesize=(300, 300), invariant=1).build([paper.Words(said, STYLE)])
    pages = PdfReader(io.BytesIO(out.getvalue())).pages
    shown = [line.strip() for page in pages for line in page.extract_text().splitlines() if line.strip()]
    assert len(pages) > 1
    assert "".join("".join(shown).split()) == "".join(said.split())
    assert not [line for line in shown if line[0] in paper.CLOSING or line[-1] in paper.OPENING]


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=1).build([paper.Words("<b>甲</b> & 乙", STYLE), paper.Words("", STYLE)])
    assert PdfReader(io.BytesIO(out.getvalue())).pages[0].extract_text().strip() == "<b>甲</b> & 乙"
