"""A firm under grading and those who grade it, over HTTP."""

import io
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from qiaojiejie.core import clock, sheets
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.models import Grading
from qiaojiejie.enrolment.rules import standards
from qiaojiejie.identity.models import Account
from qiaojiejie.media.models import Media
from tests import factories

API = "/api/v1"
STANDARD = standards.CURRENT
WHY = [{"code": "stamp_missing", "indicator": "written_contracts", "note": "第二页缺章"}]
BACK = [{"code": "scores_unexplained"}]
NO_MORE = [{"code": "no_longer_met"}]


def evidence(by: Account, org_id: UUID | None = None, kind: str = "evidence") -> str:
    """The id of a file an account uploaded (its bytes are not looked at here)."""
    made = Media(account_id=by.id, org_id=org_id, kind=kind, content_type="image/jpeg", size=3, sha256=b"x" * 32,
                 width=1, height=1, key=f"none/{uuid4()}", public=False, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return str(made.id)


def points_of(total: int) -> dict[str, int]:
    """Points for every indicator that come to a total: full ones first."""
    given = {}
    for code, indicator in STANDARD.indicators.items():
        given[code] = min(indicator.most, total)
        total -= given[code]
    return given


def sheet(*rows: list[str]) -> dict[str, Any]:
    """A survey's list as a form."""
    header = ["企业名称", "统一社会信用代码", "区县", "类型", "从业人数", "调查日期", "来源"]
    return {"file": (io.BytesIO(sheets.write("底册", [header, *rows])), "底册.xlsx")}


class Scene:
    """A firm, its manager, and three accounts of the federation."""

    def __init__(self, client: FlaskClient, state: str = "on_platform", **fields: Any) -> None:
        self.client: Any = client
        self.firm = factories.firm(state, **fields)
        self.manager = factories.manager_of(self.firm)
        self.boss = factories.headers(self.manager)
        self.people = [factories.member(role) for role in (Role.FEDERATION_AUDITOR, Role.FEDERATION_ADMIN,
                                                           Role.FEDERATION_AUDITOR)]
        self.first, self.second, self.third = map(factories.headers, self.people)
        self.at = f"{API}/firms/{self.firm.id}"

    def post(self, path: str, who: dict[str, str], body: Any = None) -> Any:
        """A request; the answer."""
        return self.client.post(path, headers=who, json=body)

    def ok(self, path: str, who: dict[str, str], body: Any = None) -> Any:
        """A request that is granted; its answer's body."""
        answer = self.post(path, who, body)
        assert answer.status_code == 201, answer.json
        return answer.json

    def begin(self) -> str:
        """Open a grading; its id."""
        return str(self.ok(f"{self.at}/gradings", self.boss)["id"])

    def fill(self, grading: str, points: dict[str, int] | None = None, bare: bool = False) -> Any:
        """Save self-scores, with evidence unless ``bare``."""
        mine = [] if bare else [evidence(self.manager, self.firm.id)]
        scores = [{"indicator": code, "points": worth, "evidence": mine}
                  for code, worth in (points or points_of(84)).items()]
        return self.client.patch(f"{self.at}/gradings/{grading}", headers=self.boss, json={"scores": scores})

    def submit(self, grading: str) -> Any:
        """Send it in."""
        return self.post(f"{self.at}/gradings/{grading}/submissions", self.boss)

    def review(self, grading: str, who: dict[str, str] | None = None, outcome: str = "pass", **body: Any) -> Any:
        """First review."""
        return self.post(f"{API}/federation/gradings/{grading}/reviews", who or self.first, {
            "outcome": outcome, **({"reasons": WHY} if outcome == "return" else {}), **body})

    def assess(self, grading: str, who: dict[str, str] | None = None, total: int = 84, **body: Any) -> Any:
        """The third party's scores."""
        by = next(one for one, head in zip(self.people, (self.first, self.second, self.third), strict=True)
                  if head is (who or self.second))
        return self.post(f"{API}/federation/gradings/{grading}/assessments", who or self.second, {
            "assessor": "宿迁市家庭服务业协会评估中心", "report_media_id": evidence(by),
            "scores": [{"indicator": code, "points": worth} for code, worth in points_of(total).items()], **body})

    def again(self, grading: str, who: dict[str, str] | None = None, outcome: str = "publish", **body: Any) -> Any:
        """Second review."""
        return self.post(f"{API}/federation/gradings/{grading}/second-reviews", who or self.second, {
            "outcome": outcome, **({"reasons": BACK} if outcome == "send_back" else {}), **body})

    def check(self, grading: str, outcome: str = "keep", who: dict[str, str] | None = None) -> Any:
        """Yearly check."""
        return self.post(f"{API}/federation/gradings/{grading}/yearly-checks", who or self.first, {
            "outcome": outcome, "reasons": NO_MORE if outcome == "revoke" else []})

    def upto(self, state: str, total: int = 84) -> str:
        """A grading brought to a state by everybody doing their part; its id."""
        grading = self.begin()
        if state == "draft":
            return grading
        assert self.fill(grading).status_code == 200
        steps: dict[str, Any] = {
            "city_review": lambda: self.submit(grading), "third_party": lambda: self.review(grading),
            "second_review": lambda: self.assess(grading, total=total), "published": lambda: self.again(grading)}
        sideways = {"withdrawn": (1, lambda: self.post(f"{self.at}/gradings/{grading}/withdrawals", self.boss)),
                    "returned": (1, lambda: self.review(grading, outcome="return")),
                    "revoked": (4, lambda: self.check(grading, "revoke"))}
        count, last = sideways.get(state, (list(steps).index(state) + 1 if state in steps else 0, None))
        for step in [*list(steps.values())[:count], *([last] if last else [])]:
            assert step().status_code == 201
        assert self.state(grading) == state
        return grading

    def state(self, grading: str) -> str:
        """How far it is."""
        db.session.expire_all()
        return db.session.get_one(Grading, UUID(grading)).state

    def public(self) -> Any:
        """What everybody sees of the firm's grade."""
        return self.client.get(f"{self.at}/grading").json
