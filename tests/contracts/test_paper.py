"""What stands on the paper: everything the rule asks for, the order's figures, no ID number in whole."""

import io

from pypdf import PdfReader

from qiaojiejie.contracts import rules
from qiaojiejie.core.db import db
from qiaojiejie.core.money import display
from qiaojiejie.core.paper import CLOSING, OPENING
from tests import factories
from tests.contracts.conftest import Engage
from tests.contracts.scene import ID_NUMBER, LINES, NAME, TOTAL, Scene, text_of


def squeezed(text: str) -> str:
    """Without blanks, as the text of a PDF is compared."""
    return "".join(text.split())


def test_every_field_that_is_asked_for_stands_on_the_paper_with_its_value(scene: Scene) -> None:
    made = scene.drafted()
    text = text_of(scene.paper(made))
    shown = {each["field"]: each for each in made["fields"]}
    assert {field.code for field in rules.FIELDS} - rules.OPTIONAL <= shown.keys()
    for field in rules.FIELDS:
        if field.code in shown and field.code not in rules.TABLES:
            assert squeezed(field.name) in text, field
            if field.kind is None:
                assert squeezed(shown[field.code]["value"]) in text, field
    worker, booking = scene.worker, scene.booking
    for value in (NAME, worker.name.reveal(), worker.phone.reveal(), booking.firm.legal_representative.reveal(),
                  booking.address.detail.reveal(), "母婴护理员四级", booking.firm.uscc,
                  f"{worker.health_until.year}年{worker.health_until.month}月{worker.health_until.day}日"):
        assert squeezed(value) in text, value


def test_the_price_on_the_paper_is_the_orders_line_by_line(scene: Scene) -> None:
    made = scene.drafted()
    text = text_of(scene.paper(made))
    assert made["total"]["amount"] == TOTAL == scene.booking.total_fen == sum(line["amount"] for line in LINES)
    assert f"合同总价{display(TOTAL)}" in text
    for line in LINES:
        assert f"{line['name']}{display(line['amount'])}" in text
    parts = scene.booking.parts
    assert [each["amount"] for each in parts] == [each["amount"]["amount"] for each in made["parts"]]
    assert sum(each["amount"]["amount"] for each in made["parts"]) == TOTAL
    for part in parts:
        assert display(part["amount"]) in text


def test_what_cancelling_costs_on_the_paper_is_what_is_frozen_onto_the_order(scene: Scene) -> None:
    text = text_of(scene.paper(scene.drafted()))
    for tier in scene.booking.terms["tiers"]:
        assert squeezed(tier["words"]) in text
        assert not tier["fee"] or f"收取{display(tier['fee'])}" in text


def test_no_id_number_stands_on_it_in_whole(scene: Scene) -> None:
    paper = scene.paper(scene.drafted())
    text = text_of(paper)
    for number in (ID_NUMBER, scene.worker.id_number.reveal()):
        assert number not in text and number.encode() not in paper
        assert f"{number[0]}{'*' * 16}{number[-1]}" in text


def test_every_page_bears_its_number_and_the_hash_of_the_data(scene: Scene) -> None:
    made = scene.drafted()
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(scene.paper(made))).pages]
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{len(pages)}页" in page and made["contract"]["data_sha256"] in page


def test_no_line_of_it_begins_with_what_closes_or_ends_with_what_opens(scene: Scene) -> None:
    paper = PdfReader(io.BytesIO(scene.paper(scene.drafted())))
    lines = [line.strip() for page in paper.pages for line in page.extract_text().splitlines() if line.strip()]
    assert len(lines) > 100
    assert not [line for line in lines if line[0] in CLOSING or line[-1] in OPENING]


def test_the_same_version_prints_the_same_bytes(scene: Scene) -> None:
    made = scene.drafted()
    assert scene.paper(made) == scene.paper(made, scene.manager)


def test_who_employs_and_who_introduces_have_each_their_contract(engage: Engage) -> None:
    employs, introduces = engage(), engage(mode="introduces")
    one, other = employs.drafted(), introduces.drafted()
    assert (one["title"], other["title"]) == ("家政服务合同（员工制）", "家政服务合同（中介制）")
    assert one["contract"]["sides"] == ["household", "firm"]
    assert other["contract"]["sides"] == ["household", "firm", "worker"]
    first, second = text_of(employs.paper(one)), text_of(introduces.paper(other))
    assert "家庭服务员是乙方的员工" in first and "丙方" not in first
    assert "乙方为甲方介绍家庭服务员（丙方）" in second and "丙方（家庭服务员）" in second


def test_trial_and_replacement_stand_in_it_where_the_order_has_them(scene: Scene) -> None:
    scene.booking.plan = {**(scene.booking.plan or {}), "trial_days": 3, "replacement_days": 3}
    db.session.flush()
    text = text_of(scene.paper(scene.drafted()))
    assert "前3天为试用期" in text and "在3天内提供更换的人选；更换后试用期重新计算" in text


def test_a_name_of_rare_characters_is_printed_in_those_the_font_has(scene: Scene) -> None:
    assert scene.identify(name="阿依·买𬭎").status_code == 200
    made = scene.draft()
    assert made.status_code == 201, made.json
    assert "阿依・买〓(U+2CB4E)" in text_of(scene.paper(made.json))


def test_whom_it_is_for_is_said_without_a_name(scene: Scene) -> None:
    mother = factories.member_of(scene.household)
    scene.booking.member_id = mother.id
    db.session.flush()
    text = text_of(scene.paper(scene.drafted()))
    assert "照护对象父母" in text and mother.name.reveal() not in text
