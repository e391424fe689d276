"""Five years of asking families, the last of them on the platform; and what the firms of the register answered."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.sandbox.city import load, places
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.enrolment import SURVEYED
from qiaojiejie.sandbox.city.town import FIRST_DAY, Officials
from qiaojiejie.surveys import facts, queries
from qiaojiejie.surveys.models import Survey, SurveyAnswer, SurveyInvitation
from qiaojiejie.surveys.rules import draw

#: how satisfied the city's families were in truth, year by year up to the last; whom a survey asks, and who answers
TRUTH, ASKED, ANSWER = (0.76, 0.79, 0.81, 0.83, 0.85), 600, (0.62, 0.8)
#: the last survey closed so many days ago; it asked families with a visit between these days from today
CLOSED, VISITED = -15, (-330, -40)
SATISFACTION: load.Row = {
    "code": "overall", "text": "您对家政服务总体是否满意？", "text_en": "Are you satisfied with domestic service on the whole?",
    "options": [{"code": "very", "name": "非常满意", "name_en": "Very satisfied"},
                {"code": "rather", "name": "满意", "name_en": "Satisfied"},
                {"code": "middling", "name": "一般", "name_en": "So-so"},
                {"code": "not", "name": "不满意", "name_en": "Dissatisfied"}], "good": ["very", "rather"]}
WORRY: load.Row = {
    "code": "worry", "text": "请人上门时您最担心什么？", "text_en": "What worries you most when somebody comes into your home?",
    "options": [{"code": "trust", "name": "不了解来的人", "name_en": "Not knowing who comes"},
                {"code": "skill", "name": "技能不够", "name_en": "Skills"},
                {"code": "price", "name": "价格不透明", "name_en": "Unclear prices"},
                {"code": "dispute", "name": "纠纷没人管", "name_en": "Nobody to turn to"}], "good": []}
WILLING: load.Row = {
    "code": "join", "text": "贵单位是否愿意加入信用平台？", "text_en": "Would your firm join the credit platform?",
    "options": [{"code": "yes", "name": "愿意", "name_en": "Yes"},
                {"code": "maybe", "name": "再看看", "name_en": "Perhaps"},
                {"code": "no", "name": "不愿意", "name_en": "No"}], "good": ["yes"]}
LACKING: load.Row = {
    "code": "lacking", "text": "贵单位最缺什么？", "text_en": "What does your firm lack most?",
    "options": [{"code": "people", "name": "人手", "name_en": "People"},
                {"code": "training", "name": "培训", "name_en": "Training"},
                {"code": "orders", "name": "订单", "name_en": "Orders"},
                {"code": "money", "name": "资金", "name_en": "Money"}], "good": []}


class Office:
    """Writes surveys that are over; collects the rows until ``flush``."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials) -> None:
        self._dice, self._diary, self._officials = dice, diary, officials
        self._rows: dict[type, list[load.Row]] = {Survey: [], SurveyInvitation: [], SurveyAnswer: []}

    def hold(self, at: datetime, year: int, closes_on: date, drawn: Sequence[tuple[UUID | None, str]],
             weights: Sequence[tuple[load.Row, Sequence[float]]], **given: Any) -> None:
        """A survey whose answers fall as ``weights`` (question, share of each option) say."""
        dice, seed = self._dice, given.pop("seed", None) or self._dice.randbytes(32)
        row = {"id": dice.id_at(at), "year": year, "state": "closed", "questions": [each for each, _ in weights],
               "frame_from": None, "frame_until": None, "sample": len(drawn), "closes_on": closes_on, "seed": seed,
               "commitment": sha256(seed).hexdigest(), "drafted_by": self._officials.admin, "drafted_at": at,
               "opened_at": at, "closed_at": max(at, clock.midnight(closes_on + timedelta(days=1))), **given}
        self._rows[Survey].append(row)
        back = [dice.chance(dice.uniform(*ANSWER)) for _ in drawn]
        self._rows[SurveyInvitation] += [
            {"id": dice.id_at(at), "survey_id": row["id"], "number": number, "stratum": stratum,
             "household_id": whom if row["audience"] == "families" else None,
             "register_id": whom if row["audience"] == "firms" else None, "token_hash": dice.randbytes(32),
             "answered": answered}
            for number, ((whom, stratum), answered) in enumerate(zip(drawn, back, strict=True), 1)]
        for stratum, count in Counter(stratum for (_, stratum), answered in zip(drawn, back, strict=True)
                                      if answered).items():
            told = {question["code"]: self._split(question, shares, count) for question, shares in weights}
            self._rows[SurveyAnswer] += [
                {"id": UUID(int=dice.getrandbits(128), version=4), "survey_id": row["id"], "stratum": stratum,
                 "answers": {code: those[number] for code, those in told.items()}, "words": None}
                for number in range(count)]
        self._note(row, at, sum(each["frame"] for each in row["strata"]), len(drawn), sum(back))

    def _split(self, question: load.Row, shares: Sequence[float], count: int) -> list[str]:
        """``count`` answers in these shares as nearly as whole people can be, in no order."""
        ends = [round(count * sum(shares[:number + 1])) for number in range(len(shares))]
        codes = [option["code"] for option in question["options"]]
        found = [code for code, end, start in zip(codes, ends, [0, *ends], strict=False) for _ in range(end - start)]
        self._dice.shuffle(found)
        return found

    def _note(self, row: load.Row, at: datetime, frame: int, drawn: int, back: int) -> None:
        subject, by = f"survey:{row['id']}", f"account:{self._officials.admin}"
        self._diary.note(at, facts.DRAFTED, subject, by, {"code": row["code"], "year": row["year"],
                                                          "audience": row["audience"], "commitment": row["commitment"]})
        self._diary.note(at, facts.OPENED, subject, by, {"frame": frame, "drawn": drawn})
        self._diary.note(row["closed_at"], facts.CLOSED, subject, by, {"invited": drawn, "answered": back,
                                                                       "seed": row["seed"].hex()})

    def flush(self) -> None:
        """COPY it all."""
        for model, rows in self._rows.items():
            load.put(model, rows)


def ask(dice: Dice, diary: load.Diary, officials: Officials, share: float) -> None:
    """The surveys of a city of this share of the full size; its families' visits and its register are written."""
    office, asked = Office(dice, diary, officials), max(60, round(ASKED * share))
    last = dice.today + timedelta(days=CLOSED)
    named = {"code": "family_satisfaction", "title": "家政服务家庭满意度调查", "title_en": "Families' satisfaction"}
    for number, truth in enumerate(TRUTH[:-1]):
        closed = date(last.year - len(TRUTH) + 1 + number, 11, 30)
        each = asked // len(places.DISTRICTS)
        strata = [{"code": one.code, "name": one.name, "frame": dice.randint(2_000, 9_000), "drawn": each}
                  for one in places.DISTRICTS]
        at = max(dice.moment(FIRST_DAY + 2, 600), clock.midnight(closed + timedelta(days=2)))
        office.hold(at, closed.year, closed, [(None, one.code) for one in places.DISTRICTS for _ in range(each)],
                    _families(truth), audience="handed", strata=strata, **named)
    _on_the_platform(dice, office, last, asked, named)
    _firms(dice, office)
    office.flush()


def _families(truth: float) -> list[tuple[load.Row, Sequence[float]]]:
    return [(SATISFACTION, (truth * 0.45, truth * 0.55, (1 - truth) * 0.7, (1 - truth) * 0.3)),
            (WORRY, (0.44, 0.25, 0.19, 0.12))]


def _on_the_platform(dice: Dice, office: Office, last: date, asked: int, named: load.Row) -> None:
    between = [dice.today + timedelta(days=day) for day in VISITED]
    _drawn(dice, office, Survey(audience="families", frame_from=between[0], frame_until=between[1]), last, asked,
           _families(TRUTH[-1]), {**named, "audience": "families", "frame_from": between[0], "frame_until": between[1]})


def _firms(dice: Dice, office: Office) -> None:
    """Everybody in the register, a month after it was made."""
    day = dice.today + timedelta(days=FIRST_DAY + 40)
    _drawn(dice, office, Survey(audience="firms"), day, SURVEYED,
           [(WILLING, (0.41, 0.37, 0.22)), (LACKING, (0.46, 0.24, 0.19, 0.11))],
           {"code": "firm_baseline", "title": "家政企业摸底问卷", "title_en": "Baseline survey of firms", "audience": "firms"})


def _drawn(dice: Dice, office: Office, of: Survey, closes_on: date, asked: int,
           weights: list[tuple[load.Row, Sequence[float]]], given: load.Row) -> None:
    frame, seed = queries.frame(of), dice.randbytes(32)
    drawn = draw.sample(frame, asked, seed)
    size, taken = Counter(stratum for _, stratum in frame), Counter(stratum for _, stratum in drawn)
    called = queries.region_names(list(size))
    strata = [{"code": code, "name": called.get(code, code), "frame": size[code], "drawn": taken[code]}
              for code in sorted(size)]
    office.hold(clock.midnight(closes_on) - timedelta(days=14, hours=-10), closes_on.year, closes_on,
                list(drawn), weights, strata=strata, seed=seed, **given)
