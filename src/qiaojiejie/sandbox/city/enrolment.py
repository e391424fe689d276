"""The federation's work with the city's firms: the survey of 1,000, gradings in every stage, visits."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core.db import db
from qiaojiejie.enrolment import facts
from qiaojiejie.enrolment.models import FirmVisit, Grading, GradingDecision, GradingScore, RegisterEntry
from qiaojiejie.enrolment.rules.standards import CURRENT
from qiaojiejie.firms.models import Firm
from qiaojiejie.media import gateway
from qiaojiejie.media.models import Media
from qiaojiejie.sandbox.city import load, names, papers, places
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.town import FIRST_DAY, Officials

SURVEYED = 1_000
#: of the city's own firms at most so many were found by the survey, and of every so many one was missed
LISTED, MISSED = 600, 35
#: credit codes of firms that never applied are counted from here
CODES = 5_000_000
#: gradings and visits are of firms that were accepted at least so many days ago
SETTLED = 355
ASSESSOR = "示例第三方评估中心"
#: what stands for every uploaded paper of the sample city
PAPER = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
         b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 90]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj "
         b"4 0 obj<</Length 51>>stream\nBT /F 12 Tf 20 50 Td (Sample evidence, invented) Tj ET \nendstream endobj\n"
         b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
#: (state, points, days since its last step), the demo firm's first
PLANS = (("published", 86, 200), ("published", 92, 320), ("published", 95, 90), ("published", 83, 40),
         ("published", 77, 150), ("published", 71, 12), ("published", 64, 260), ("published", 58, 75),
         ("city_review", 88, 3), ("city_review", 79, 9), ("city_review", 91, 21), ("third_party", 84, 6),
         ("third_party", 73, 2), ("second_review", 90, 4), ("second_review", 69, 1), ("returned", 80, 5),
         ("draft", 66, 2), ("fell_short", 44, 30), ("revoked", 81, 60))
#: steps on the way to a state: (step, fact, days after opening)
WAY = (("submit", facts.SUBMITTED, 4), ("pass", facts.REVIEWED, 12), ("assess", facts.ASSESSED, 25),
       ("publish", facts.GRADED, 31))
PASSED = {"draft": 0, "city_review": 1, "returned": 1, "third_party": 2, "second_review": 3, "fell_short": 3,
          "published": 4, "revoked": 4}
LAST = {"returned": ("return", facts.RETURNED), "fell_short": ("fail", facts.FELL_SHORT),
        "revoked": ("revoke", facts.REVOKED)}
REASONS: dict[str, list[load.Row]] = {
    "return": [{"code": "stamp_missing", "indicator": "written_contracts", "note": "合同样本缺章"}],
    "revoke": [{"code": "no_longer_met", "indicator": None, "note": "经营场所已变更"}]}
#: (state, kind, days from today it is planned for)
VISITS = (("reported", "announced", -2), ("planned", "announced", 5), ("planned", "unannounced", 9),
          ("acknowledged", "unannounced", -15), ("objected", "unannounced", -6), ("closed", "announced", -80),
          ("closed", "unannounced", -45))


def survey(dice: Dice, diary: load.Diary, officials: Officials) -> None:
    """The register of firms found by a survey before the platform opened, the city's own among them."""
    at, day = dice.moment(FIRST_DAY + 1, 10 * 60), dice.today + timedelta(days=FIRST_DAY)
    base: load.Row = {"entered_by": officials.admin, "entered_at": at, "source": f"{day.year} 年家政企业摸底调查"}
    rows: list[load.Row] = []
    stmt = sa.select(Firm.id, Firm.uscc, Firm.name, Firm.region_codes, Firm.applied_at).order_by(Firm.applied_at)
    firms = db.session.execute(stmt.limit(LISTED)).all()
    for number, firm in enumerate(firms):
        if number % MISSED != MISSED - 1:
            rows.append({**base, "name": firm.name, "uscc": firm.uscc, "region_code": firm.region_codes[0],
                         "kind": "company", "firm_id": firm.id, "matched_at": max(at, firm.applied_at)})
    called, taken = names.FirmNames(dice), {firm.name for firm in firms}
    while len(rows) < SURVEYED:
        name = called.next()
        if name not in taken:
            rows.append({**base, "name": name, "region_code": places.pick(dice).code, "firm_id": None,
                         "uscc": None if dice.chance(0.12) else papers.credit_code(CODES + len(rows)),
                         "matched_at": None, "kind": "company" if name.endswith("公司") else "sole_trader"})
    for row in rows:
        row |= {"id": dice.id_at(at), "staff_estimate": int(dice.lognormvariate(2.4, 0.8)) + 1,
                "surveyed_on": day - timedelta(days=dice.randint(10, 90))}
    load.put(RegisterEntry, rows)
    diary.note(at, facts.IMPORTED, "register:all", f"account:{officials.admin}", {"added": len(rows), "known": 0})


def oversee(dice: Dice, diary: load.Diary, officials: Officials, demo_firm: UUID) -> None:
    """Gradings in every stage and visits, of firms that have been on the platform long, the demo's first."""
    stmt = sa.select(Firm.id, Firm.applied_by).where(Firm.state == "on_platform",
                                                     Firm.decided_at < dice.moment(-SETTLED, 0))
    firms = db.session.execute(stmt.order_by(Firm.id != demo_firm, Firm.decided_at).limit(len(PLANS))).all()
    desk = Desk(dice, diary, officials)
    for firm, plan in zip(firms, PLANS, strict=False):
        desk.grade(firm, *plan)
    for firm, visit in zip(firms, VISITS, strict=False):
        desk.visit(firm, *visit)
    desk.flush()


class Desk:
    """Writes what gradings and visits leave behind; collects the rows until ``flush``."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials) -> None:
        self._dice, self._diary, self._officials = dice, diary, officials
        self._media: list[load.Row] = []
        self._gradings: list[load.Row] = []
        self._scores: list[load.Row] = []
        self._decisions: list[load.Row] = []
        self._visits: list[load.Row] = []

    def flush(self) -> None:
        """COPY it all."""
        gateway.store().put(hashlib.sha256(PAPER).hexdigest(), PAPER, "application/pdf")
        for model, rows in ((Media, self._media), (Grading, self._gradings), (GradingScore, self._scores),
                            (GradingDecision, self._decisions), (FirmVisit, self._visits)):
            load.put(model, rows)

    def grade(self, firm: Any, state: str, points: int, ago: int) -> None:
        """A firm's grading that came to a state so many days ago."""
        way = WAY[:PASSED[state]]
        opened = -ago - (way[-1][2] if way else 0) - (8 if state in LAST else 0)
        at = self._dice.moment(opened, 9 * 60)
        row: load.Row = {
            "id": self._dice.id_at(at), "firm_id": firm.id, "state": state, "standard": CURRENT.version,
            "opened_by": firm.applied_by, "opened_at": at, "since": self._dice.moment(-ago, 15 * 60),
            "due_on": None, "reviewed_by": None, "assessed_by": None, "assessor": None, "report_media_id": None,
            "confirmed_by": None, "points": points if way else None, "grade": None, "published_on": None,
            "valid_until": None, "check_due_on": None, "stands_until": None, "check_announced": False,
            "ended_on": None}
        if state in CURRENT.data["days"]:
            row["due_on"] = self._dice.today + timedelta(days=CURRENT.data["days"][state] - ago)
        self._note(at, facts.OPENED, row, firm.applied_by, {"standard": CURRENT.version})
        for step, fact, after in way:
            self._step(row, firm, step, fact, opened + after)
        if state in LAST:
            step, fact = LAST[state]
            self._step(row, firm, step, fact, -ago)
        self._score(row, firm, at, points, len(way))
        self._gradings.append(row)

    def _step(self, row: load.Row, firm: Any, step: str, fact: str, day: int) -> None:
        at = self._dice.moment(day, self._dice.randint(9 * 60, 16 * 60))
        by = {"submit": firm.applied_by, "assess": self._officials.admin, "publish": self._officials.admin,
              "fail": self._officials.admin}.get(step, self._officials.auditor)
        data: load.Row = {"points": row["points"]}
        if step == "pass":
            row["reviewed_by"] = by
        elif step == "assess":
            row |= {"assessed_by": by, "assessor": ASSESSOR, "report_media_id": self._paper(at, by, None)}
        elif step in ("publish", "fail"):
            row["confirmed_by"] = by
        if step == "publish":
            today = self._dice.today + timedelta(days=day)
            until, check = CURRENT.validity(today)
            row |= {"grade": CURRENT.stars(row["points"]), "published_on": today, "valid_until": until,
                    "check_due_on": check, "stands_until": CURRENT.stands_until(until, check)}
            data |= {"grade": row["grade"], "valid_until": until.isoformat(), "standard": CURRENT.version}
        if step in REASONS:
            data = {"reasons": [reason["code"] for reason in REASONS[step]]}
        if step == "revoke":
            row["ended_on"], data["grade"] = self._dice.today + timedelta(days=day), row["grade"]
        if step != "submit":
            decision = self._dice.id_at(at)
            self._decisions.append({"id": decision, "grading_id": row["id"], "step": step, "points": row["points"],
                                    "reasons": REASONS.get(step, []), "note": "", "decided_by": by, "decided_at": at})
            data["decision"] = str(decision)
        self._note(at, fact, row, by, data)

    def _score(self, row: load.Row, firm: Any, at: datetime, points: int, stage: int) -> None:
        """Every indicator a share of the points: all the same from whoever scored so far."""
        paper, left = self._paper(at, firm.applied_by, firm.id), points
        rest = sum(each.most for each in CURRENT.indicators.values())
        for position, indicator in enumerate(CURRENT.indicators.values()):
            rest -= indicator.most
            given = max(left - rest, round(indicator.most * points / 100))
            given = min(given, indicator.most, left)
            left -= given
            self._scores.append({
                "grading_id": row["id"], "indicator": indicator.code, "position": position, "self_points": given,
                "self_note": "", "evidence": [paper] if indicator.evidence else [],
                "city_points": given if stage >= 2 else None, "city_reason": None, "city_note": None,
                "assessor_points": given if stage >= 3 else None, "assessor_note": "" if stage >= 3 else None})

    def visit(self, firm: Any, state: str, kind: str, day: int) -> None:
        """A visit so many days from today."""
        dice, today = self._dice, self._dice.today
        on, at = today + timedelta(days=day), dice.moment(min(day, 0) - 7, 10 * 60)
        fault, reported = state in ("acknowledged", "objected"), state != "planned"
        results = [("minor" if fault and number == 2 else "good") for number in range(len(CURRENT.data["checklist"]))]
        answered = dice.moment(day + 3, 10 * 60) if reported and state != "reported" else None
        closed = dice.moment(day + 5, 10 * 60) if state == "closed" else None
        answer_by, follow_up = on + CURRENT.days("visit_answer"), on + timedelta(days=27) if fault else None
        row: load.Row = {
            "id": dice.id_at(at), "firm_id": firm.id, "state": state, "kind": kind, "standard": CURRENT.version,
            "purpose": "年度例行走访", "planned_by": self._officials.auditor, "planned_on": on,
            "since": answered or (dice.moment(day, 16 * 60) if reported else at),
            "due_on": {"planned": on, "reported": answer_by, "acknowledged": follow_up}.get(
                state, on + timedelta(days=3)),
            "visited_by": self._officials.auditor if reported else None, "visited_on": on if reported else None,
            "findings": [{"item": item["code"], "result": result, "note": "" if result == "good" else "两份合同未签日期",
                          "photos": []} for item, result in zip(CURRENT.data["checklist"], results, strict=True)
                         ] if reported else [],
            "summary": "两名走访人员查看了门店和档案。" if reported else "", "follow_up_on": follow_up,
            "answer_by": answer_by if reported else None,
            "objection": "合同当日在总部存档，并非缺失。" if state == "objected" else None, "answered_at": answered,
            "closed_by": self._officials.admin if closed else None, "closed_at": closed,
            "outcome": "情况良好，已办结。" if closed else ""}
        self._visits.append(row)
        self._tell(row, firm, at, {"minor": results.count("minor"), "serious": 0})

    def _tell(self, row: load.Row, firm: Any, at: datetime, faults: load.Row) -> None:
        said, auditor = {"visit": str(row["id"]), "kind": row["kind"]}, self._officials.auditor
        subject, mine = f"firm:{row['firm_id']}", {"visit": str(row["id"])}
        self._diary.note(at, facts.VISIT_PLANNED, subject, f"account:{auditor}", said)
        if row["visited_on"]:
            day = (row["visited_on"] - self._dice.today).days
            self._diary.note(self._dice.moment(day, 16 * 60), facts.VISIT_REPORTED, subject, f"account:{auditor}",
                             {**said, **faults})
        if row["answered_at"]:
            fact = facts.VISIT_OBJECTED if row["objection"] else facts.VISIT_ACKNOWLEDGED
            self._diary.note(row["answered_at"], fact, subject, f"account:{firm.applied_by}", mine)
        if row["closed_at"]:
            self._diary.note(row["closed_at"], facts.VISIT_CLOSED, subject, f"account:{row['closed_by']}", mine)

    def _note(self, at: datetime, fact: str, row: load.Row, by: UUID, data: load.Row) -> None:
        self._diary.note(at, fact, f"firm:{row['firm_id']}", f"account:{by}", {"grading": str(row["id"]), **data})

    def _paper(self, at: datetime, by: UUID, firm_id: UUID | None) -> UUID:
        media_id, digest = self._dice.id_at(at), hashlib.sha256(PAPER)
        self._media.append({"id": media_id, "account_id": by, "org_id": firm_id, "kind": "evidence",
                            "content_type": "application/pdf", "size": len(PAPER), "sha256": digest.digest(),
                            "width": None, "height": None, "key": digest.hexdigest(), "public": False,
                            "created_at": at})
        return media_id
