"""The grading standard as published data, what a score may be, which grade points are worth and how long it stands."""

import json
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from importlib.resources import files
from typing import Any

from qiaojiejie.enrolment.errors import (EvidenceMissing, FindingsIncomplete, PointsTooMany, ScoresMissing,
                                         StandardNotFound, UnknownIndicator, WhyDoesNotFit, WhyRequired)
from qiaojiejie.firms import rules as firms

#: what a finding on site may be
RESULTS = {"good": "符合", "minor": "轻微问题", "serious": "严重问题"}
VISIT_KINDS = {"announced": "预先通知", "unannounced": "不打招呼"}

_PAPERS = ("name_mistyped", "number_mistyped", "stamp_missing", "illegible", "photo_unusable", "authorisation_undated")


def _why(chinese: str, english: str, steps: str) -> firms.Reason:
    return firms.Reason(chinese, english, frozenset(steps.split()))


#: Typed reasons: of papers as firms' applications are returned for, the rest this platform's own.
REASONS: dict[str, firms.Reason] = {
    **{code: _why(firms.REASONS[code].chinese, firms.REASONS[code].english, "return correct") for code in _PAPERS},
    "evidence_missing": _why("缺少证明材料", "Evidence is missing", "return correct send_back"),
    "evidence_mismatch": _why("材料不能证明该项指标", "The evidence does not bear the indicator out",
                              "return correct send_back"),
    "overclaimed": _why("自评分高于材料所能证明", "The score claimed is more than the evidence bears out", "return correct"),
    "underclaimed": _why("自评分低于实际", "The score claimed is less than is due", "correct"),
    "scores_unexplained": _why("评分依据不足", "The scores are not explained", "send_back"),
    "report_unsigned": _why("第三方报告未签字盖章", "The assessor's report is not signed and stamped", "send_back"),
    "assessor_not_independent": _why("评分机构与企业有利害关系", "The assessor is not independent of the firm",
                                     "send_back"),
    "false_evidence": _why("证明材料不实", "The evidence was false", "revoke"),
    "no_longer_met": _why("年度检查时已不符合所评等级", "At the yearly check the grade was no longer borne out", "revoke"),
    "requested": _why("企业自行提出", "The firm asked for it", "revoke"),
    "other": _why("其他（见说明）", "Something else; see the note", "return correct send_back revoke"),
}


@dataclass(frozen=True)
class Indicator:
    """One thing that is scored: worth ``most`` points; ``evidence``: points for it need a file."""

    code: str
    group: str
    chinese: str
    english: str
    most: int
    evidence: bool


@dataclass(frozen=True)
class Standard:
    """One version of the standard as its file says."""

    data: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Its name."""
        return str(self.data["version"])

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Every indicator by code, in the standard's order."""
        return {each["code"]: Indicator(each["code"], group["code"], each["zh"], each["en"], each["max"],
                                        each["evidence"])
                for group in self.data["groups"] for each in group["indicators"]}

    def days(self, of: str) -> timedelta:
        """A time limit in calendar days."""
        return timedelta(days=self.data["days"][of])

    def stars(self, points: int) -> int | None:
        """The grade points are worth, 5 to 1; None below the lowest."""
        return next((each["grade"] for each in self.data["grades"] if points >= each["at_least"]), None)

    def grade_name(self, grade: int | None, language: str) -> str | None:
        """How a grade is called."""
        return next((each[language] for each in self.data["grades"] if each["grade"] == grade), None)

    def validity(self, day: date) -> tuple[date, date]:
        """(last day a grade published on ``day`` counts, day its yearly check is due)."""
        months = self.data["months"]
        return months_later(day, months["valid"]) - timedelta(days=1), months_later(day, months["check"])

    def next_check(self, published_on: date, due: date, valid_until: date) -> date | None:
        """When the check after the one that was due on ``due`` is due; None when the grade ends before it."""
        every = self.data["months"]["check"]
        done = (due.year - published_on.year) * 12 + due.month - published_on.month
        following = months_later(published_on, done + every)
        return following if following <= valid_until else None

    def stands_until(self, valid_until: date, check_due_on: date | None) -> date:
        """The last day a grade counts if nothing more is done."""
        return valid_until if check_due_on is None else min(valid_until, check_due_on + self.days("check_grace"))


def _packaged() -> dict[str, Standard]:
    found = [Standard(json.loads(path.read_text(encoding="utf-8"))) for path in files("qiaojiejie.enrolment").iterdir()
             if path.name.startswith("standard_")]
    return {each.version: each for each in sorted(found, key=lambda each: each.version)}


STANDARDS = _packaged()
CURRENT = list(STANDARDS.values())[-1]


def standard(version: str) -> Standard:
    """A version of the standard; ``current`` is the one new gradings go by. Raises StandardNotFound."""
    found = CURRENT if version == "current" else STANDARDS.get(version)
    if found is None:
        raise StandardNotFound()
    return found


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def check_points(of: Standard, scores: Iterable[Mapping[str, Any]]) -> None:
    """Nothing, when each score names an indicator once and fits it. Raises UnknownIndicator, PointsTooMany."""
    seen: set[str] = set()
    for score in scores:
        found = of.indicators.get(score["indicator"])
        if found is None or found.code in seen:
            raise UnknownIndicator(indicator=score["indicator"])
        seen.add(found.code)
        if score["points"] > found.most:
            raise PointsTooMany(indicator=found.code, most=found.most)


def require_all(of: Standard, scored: Collection[str]) -> None:
    """Nothing, when every indicator has a score. Raises ScoresMissing."""
    missing = [code for code in of.indicators if code not in scored]
    if missing:
        raise ScoresMissing(indicators=", ".join(missing))


def require_evidence(of: Standard, claims: Mapping[str, tuple[int, Collection[Any]]]) -> None:
    """Nothing, when every claim (points, evidence) of points that needs evidence has some. Raises EvidenceMissing."""
    bare = [code for code, (points, evidence) in claims.items()
            if of.indicators[code].evidence and points and not evidence]
    if bare:
        raise EvidenceMissing(indicators=", ".join(bare))


def check_reasons(step: str, codes: Collection[str]) -> None:
    """Nothing, when there are reasons and all go with the step. Raises WhyRequired, WhyDoesNotFit."""
    if not codes:
        raise WhyRequired()
    for code in codes:
        if step not in REASONS[code].steps:
            raise WhyDoesNotFit(reason=code)


def check_findings(of: Standard, items: Collection[str]) -> None:
    """Nothing, when each item of the checklist is there once. Raises FindingsIncomplete."""
    wanted = [each["code"] for each in of.data["checklist"]]
    wrong = [item for item in (*wanted, *items) if item not in wanted or list(items).count(item) != 1]
    if wrong:
        raise FindingsIncomplete(item=wrong[0])
