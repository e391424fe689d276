"""What results say when they are published, and the same as rows of a spreadsheet. Pure.

Whoever has the JSON can check it: ``ranking.results(rule, raw, corrections)`` is ``ranks``; SHA-256 of ``raw`` (RFC
8785) is what was sealed; the seed's SHA-256 is the commitment, and gives every number again (``draw``).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qiaojiejie.competitions.rules import draw
from qiaojiejie.competitions.rules.shape import MEDAL_NAMES

FORMAT = 1
#: why somebody has no rank
WHY = {"judges_missing": "评委评分不足", "theory_missing": "缺理论成绩"}


def body(competition: Any, *, edition: int, raw: Sequence[Mapping[str, Any]],
         corrections: Sequence[Mapping[str, Any]], ranks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The results of a competition, without a name in them."""
    labels = sorted({label for entrant in raw for label in entrant["practice"]}, key=lambda label: int(label[1:]))
    return {
        "format": FORMAT, "competition": str(competition.id), "name": competition.name, "year": competition.year,
        "level": competition.level, "held_on": competition.held_on.isoformat(), "edition": edition,
        "rule": competition.rule, "judges": labels, "missing": competition.missing,
        "missing_because": competition.missing_because, "raw_sha256": competition.raw_sha256,
        "draw": {"seed": competition.draw_seed.hex(), "commitment": draw.commitment(competition.draw_seed)},
        "raw": list(raw), "corrections": list(corrections), "ranks": list(ranks)}


def points(hundredths: int | None) -> str:
    """8750 → 87.50."""
    return "" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02}"


def rows(said: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[list[str]]:
    """The ranks, and every raw mark behind them, as rows; ``names``: event → name."""
    yield [said["name"], str(said["year"]), f"第 {said['edition']} 版 edition"]
    yield ["工种 event", "名次 rank", "号码 number", "奖牌 medal", "总分 total", "实操 practice", "理论 theory", "有效评分 sheets",
           "去掉 dropped", "说明 note"]
    for row in said["ranks"]:
        yield [names[row["event"]], str(row["rank"] or ""), str(row["number"]), MEDAL_NAMES.get(row["medal"], ""),
               points(row["total"]), points(row["practice"]), points(row["theory"]), str(row["sheets"]),
               "、".join(map(points, row["dropped"])), WHY.get(row["why"], "")]
    yield []
    yield ["原始分 raw marks", "号码 number", "评委 judge", "评分项 criterion", "分数 points"]
    for entrant in said["raw"]:
        start = [names[entrant["event"]], str(entrant["number"])]
        yield [*start, "", "theory", points(entrant["theory"])]
        for judge, sheet in sorted(entrant["practice"].items()):
            for criterion, given in sorted(sheet.items()):
                yield [*start, judge, criterion, points(given)]
    if said["corrections"]:
        yield []
        yield ["更正 corrections", "号码 number", "评委 judge", "评分项 criterion", "原分 before", "更正为 points"]
    for each in said["corrections"]:
        yield [names[each["event"]], str(each["number"]), each["judge"] or "", each["criterion"],
               points(each["before"]), points(each["points"])]
