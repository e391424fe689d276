"""What a competition's rules must be to be worked by; usual ones to start from. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from qiaojiejie.competitions.errors import RulesDoNotFit
from qiaojiejie.competitions.rules.ranking import MEDALS

LEVELS = {"county": "县（区）级", "city": "市级"}
#: level → the level its parent has
ABOVE = {"county": "city", "city": None}
MEDAL_NAMES = {"gold": "金牌", "silver": "银牌", "bronze": "铜牌"}
KINDS = {"judge": "评委", "chief": "裁判长", "examiner": "考务员"}
GROUNDS = {"mark_wrong": "分数登记有误", "count_wrong": "计分有误", "procedure": "程序有误", "conflict": "评委应回避而未回避"}
#: who can be named: somebody who was ranked, or who heads a firm
NAMED = ("entrant", "firm_head")
TITLES = ({"code": "city_technical_expert", "name": "市技术能手", "body": "宿迁市总工会", "to": ["entrant"], "best": 3,
           "most": 15, "award_level": 3},
          {"code": "women_pacesetter", "name": "巾帼建功标兵", "body": "宿迁市妇女联合会", "to": ["entrant", "firm_head"],
           "best": 3, "most": 5, "award_level": 2})
ADMISSION: dict[str, Any] = {"age": None, "years": None, "certificate": None, "titles_barred": [], "per_firm": None,
                             "qualify": None, "barred_excluded": True}
SCORING: dict[str, Any] = {
    "theory_permille": 300, "practice_permille": 700, "drop_from": 5, "least_judges": 3, "tie": ["practice", "theory"],
    "shared": "upward", "medal_least": 6000, "award_levels": {"gold": 2, "silver": 1, "bronze": 1}}


def check(*, events: Sequence[Mapping[str, Any]], scoring: Mapping[str, Any], titles: Sequence[Mapping[str, Any]],
          entries_from: date, entries_until: date, held_on: date) -> None:
    """Can a competition be held by these? Raises RulesDoNotFit."""
    wrong = [*_dates(entries_from, entries_until, held_on), *_weights(scoring), *_codes(events, titles)]
    for event in events:
        if sum(event["medals"][medal] for medal in MEDALS) == 0:
            wrong.append(("每个工种至少设一枚奖牌", "every event has at least one medal"))
    if wrong:
        raise RulesDoNotFit(what_zh=wrong[0][0], what_en=wrong[0][1])


def _dates(entries_from: date, entries_until: date, held_on: date) -> list[tuple[str, str]]:
    if not entries_from <= entries_until < held_on:
        return [("报名须在比赛日之前开始并结束", "entries begin and end before the day of the competition")]
    return []


def _weights(scoring: Mapping[str, Any]) -> list[tuple[str, str]]:
    wrong = []
    if scoring["theory_permille"] + scoring["practice_permille"] != 1000 or scoring["practice_permille"] == 0:
        wrong.append(("理论与实操的权重之和须为 1000‰，且实操不为零", "the weights come to 1000 permille, practice not nothing"))
    if scoring["drop_from"] < 3:
        wrong.append(("至少三位评委才能去掉最高分和最低分", "highest and lowest are dropped from three judges on at least"))
    if len(set(scoring["tie"])) != len(scoring["tie"]):
        wrong.append(("同分规则有重复", "a tie is decided by each measure once"))
    return wrong


def _codes(events: Sequence[Mapping[str, Any]], titles: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    lists = [[event["code"] for event in events], [title["code"] for title in titles],
             *([criterion["code"] for criterion in event["criteria"]] for event in events)]
    if any(len(set(codes)) != len(codes) for codes in lists):
        return [("工种、评分项或称号的代码有重复", "codes of events, criteria and titles are each used once")]
    return []
