"""A competition and everybody it takes, over HTTP."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from qiaojiejie.competitions.models import CompetitionEntrant
from qiaojiejie.competitions.rules import shape
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.identity.models import Account
from qiaojiejie.media.models import Media
from qiaojiejie.workers.models import Worker
from tests import factories

API = "/api/v1"
#: a Monday at noon in Suqian; entries are taken for a week, judged on the Monday after that
NOW = clock.midnight(date(2026, 11, 2)) + timedelta(hours=12)
CRITERIA = [{"code": "skill", "name": "操作规范", "max": 6000}, {"code": "care", "name": "安全与沟通", "max": 4000}]
MEDALS = {"gold": 1, "silver": 1, "bronze": 1}


def event(code: str, name: str = "母婴护理", **fields: Any) -> dict[str, Any]:
    """An event as it is sent."""
    return {"code": code, "name": name, "name_en": code, "criteria": CRITERIA, "medals": MEDALS, **fields}


def evidence(by: Account) -> str:
    """The id of a file an account uploaded (its bytes are not looked at here)."""
    made = Media(account_id=by.id, org_id=None, kind="evidence", content_type="image/jpeg", size=3, sha256=b"x" * 32,
                 width=1, height=1, key=f"none/{uuid4()}", public=False, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return str(made.id)


class Scene:
    """Officers, a jury of three with its examiner, and competitions they hold."""

    def __init__(self, client: FlaskClient) -> None:
        self.client: Any = client
        self.officers = [factories.member(role) for role in (Role.FEDERATION_ADMIN, Role.FEDERATION_AUDITOR)]
        self.first, self.second = map(factories.headers, self.officers)
        self.judges = [factories.member(Role.TRAINER) for _ in range(3)]
        self.examiner = factories.member(Role.MEDIATOR)
        self.seats = {account.id: factories.headers(account) for account in [*self.judges, self.examiner]}
        self.chief = self.seats[self.judges[0].id]

    def ask(self, method: str, path: str, who: dict[str, str] | None, body: Any = None, **more: Any) -> Any:
        """A request."""
        return self.client.open(API + path, method=method, headers=who, json=body, **more)

    def ok(self, path: str, who: dict[str, str], body: Any = None) -> Any:
        """A POST that is granted; its answer's body."""
        answer = self.ask("POST", path, who, body)
        assert answer.status_code in (200, 201), answer.json
        return answer.json

    def refused(self, code: str, path: str, who: dict[str, str], body: Any = None) -> Any:
        """A POST that is refused with a code; the answer's body."""
        answer = self.ask("POST", path, who, body)
        assert answer.json.get("code") == code, answer.json
        return answer.json

    def plan(self, **fields: Any) -> dict[str, Any]:
        """A competition as it is sent."""
        today = clock.today()
        return {"name": "技能大赛", "edition": 6, "year": today.year, "level": "city", "organiser": "宿迁市妇女联合会",
                "entries_from": str(today), "entries_until": str(today + timedelta(days=6)),
                "held_on": str(today + timedelta(days=7)), "events": [event("baby")],
                "titles": [dict(title) for title in shape.TITLES], **fields}

    def draft(self, **fields: Any) -> str:
        """A draft; its id."""
        return str(self.ok("/competitions", self.first, self.plan(**fields))["id"])

    def open(self, **fields: Any) -> str:
        """A competition that takes entries; its id."""
        made = self.draft(**fields)
        self.step(made, "open_entries")
        return made

    def step(self, of: str, step: str, who: dict[str, str] | None = None, **more: Any) -> Any:
        """An officer's step that is granted."""
        return self.ok(f"/competitions/{of}/steps", who or self.first, {"step": step, **more})

    def enter(self, of: str, worker: Worker | None = None, code: str = "baby") -> Any:
        """A worker who enters herself; the entry."""
        worker = worker or factories.worker_with_account()
        return self.ok(f"/competitions/{of}/entrants", self.as_worker(worker), {"event": code})

    def as_worker(self, worker: Worker) -> dict[str, str]:
        """Headers of a worker."""
        assert worker.account_id is not None
        return factories.headers(db.session.get_one(Account, worker.account_id))

    def appoint(self, of: str) -> None:
        """The whole jury: the first is the chief."""
        for number, account in enumerate(self.judges):
            self.ok(f"/competitions/{of}/jury", self.first, {
                "judge_account_id": str(account.id), "kind": "judge" if number else "chief"})
        self.ok(f"/competitions/{of}/jury", self.first, {
            "judge_account_id": str(self.examiner.id), "kind": "examiner"})

    def close(self, of: str) -> None:
        """The week is over: numbers are drawn."""
        with clock.frozen(NOW + timedelta(days=7)):
            self.step(of, "close_entries")

    def judging(self, people: int = 3, **fields: Any) -> tuple[str, list[Worker]]:
        """A competition that is being judged, with so many entrants; its id and who they are."""
        made = self.open(**fields)
        workers = [factories.worker_with_account() for _ in range(people)]
        for worker in workers:
            self.enter(made, worker)
        self.appoint(made)
        self.close(made)
        self.step(made, "begin_judging")
        return made, workers

    def sheet(self, of: str, judge: Account, number: int, total: int, code: str = "baby") -> Any:
        """What one judge hands in; the answer."""
        return self.ask("POST", f"/competitions/{of}/sheets", self.seats[judge.id], {
            "event": code, "number": number, "marks": {"skill": min(6000, total), "care": max(0, total - 6000)}})

    def theory(self, of: str, points: dict[int, int], code: str = "baby") -> Any:
        """The examiner's marks; the answer."""
        return self.ask("POST", f"/competitions/{of}/theory-marks", self.seats[self.examiner.id], {
            "marks": [{"event": code, "number": number, "points": each} for number, each in points.items()]})

    def numbers(self, of: str) -> dict[UUID, int]:
        """Worker → number."""
        return {row.worker_id: row.number or 0 for row in db.session.query(CompetitionEntrant).filter(
            CompetitionEntrant.competition_id == UUID(of), CompetitionEntrant.number.is_not(None))}

    def judged(self, people: int = 3, points: dict[int, list[int]] | None = None, **fields: Any
               ) -> tuple[str, list[Worker]]:
        """A competition whose every sheet is handed in: number n has 90 − n, or as ``points`` say."""
        made, workers = self.judging(people, **fields)
        for number in range(1, people + 1):
            given = (points or {}).get(number) or [9000 - 100 * number] * 3
            for judge, total in zip(self.judges, given, strict=True):
                assert self.sheet(made, judge, number, total).status_code == 201
        assert self.theory(made, dict.fromkeys(range(1, people + 1), 8000)).status_code == 201
        return made, workers

    def published(self, people: int = 3, points: dict[int, list[int]] | None = None, **fields: Any
                  ) -> tuple[str, list[Worker]]:
        """A competition whose results are open to objections."""
        made, workers = self.judged(people, points, **fields)
        self.ok(f"/competitions/{made}/seals", self.chief, {})
        self.step(made, "publish")
        return made, workers

    def final(self, people: int = 3, **fields: Any) -> tuple[str, list[Worker]]:
        """A competition whose results are final."""
        made, workers = self.published(people, **fields)
        with clock.frozen(NOW + timedelta(days=30)):
            self.step(made, "finalise")
        return made, workers

    def results(self, of: str, edition: int | None = None) -> Any:
        """What everybody reads."""
        query = f"?edition={edition}" if edition else ""
        return self.ask("GET", f"/competitions/{of}/results{query}", None).json

    def state(self, of: str) -> str:
        """How far it is."""
        return str(self.ask("GET", f"/competitions/{of}", self.first).json["state"])

    def boss_of(self, firm: Firm) -> dict[str, str]:
        """Headers of somebody who runs a firm."""
        return factories.headers(factories.manager_of(firm))
