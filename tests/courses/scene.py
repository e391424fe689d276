"""A school: a body, a course, trainers, sessions, and workers who come."""

from datetime import datetime, timedelta
from typing import Any

from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.identity.models import Account
from qiaojiejie.workers import service as workers
from qiaojiejie.workers.models import Worker
from tests import factories
from tests.certificates.scene import Scene

SYLLABUS = [{"topic": "职业道德与法规", "kind": "theory", "minutes": 180},
            {"topic": "居家保洁实操", "kind": "practice", "minutes": 360}]


class School(Scene):
    """The body's school: a course of three meetings, its trainer and another who assesses."""

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.teaches, self.assesses = factories.headers(self.trainer), factories.headers(factories.member(Role.TRAINER))
        self.course = self.published()

    def published(self, **given: Any) -> dict[str, Any]:
        """A course of the catalogue."""
        made = self.ok("/courses", self.first, {
            "title": "家政服务员五级", "title_en": "Domestic worker, level 5", "occupation": "domestic_worker", "level": 5,
            "edition": "2026 版", "syllabus": SYLLABUS, "body_id": self.body["id"], "valid_years": 3,
            "least_attendance": 600, "programmes": ["sukenhuichuang"], **given})
        published: dict[str, Any] = self.ok(f"/courses/{made['id']}/steps", self.first, {"step": "publish"})
        return published

    def meetings(self, start: datetime | None = None) -> list[dict[str, str]]:
        """Three meetings of three hours, on three mornings from ``start``: one of theory, two of practice."""
        start = start or clock.midnight(clock.today() + timedelta(days=7)) + timedelta(hours=9)
        return [{"kind": kind, "starts": (start + timedelta(days=day)).isoformat(),
                 "ends": (start + timedelta(days=day, hours=3)).isoformat()}
                for day, kind in enumerate(("theory", "practice", "practice"))]

    def plan(self, **given: Any) -> dict[str, Any]:
        """A session that is planned."""
        return dict(self.ok(f"/courses/{self.course['id']}/sessions", self.teaches, {
            "region_code": "321302", "place": "幸福社区工作站二楼", "seats": 2, "meetings": self.meetings(), **given}))

    def opened(self, **given: Any) -> dict[str, Any]:
        """A session open for enrolment."""
        return self.step(self.plan(**given), "open")

    def step(self, session: dict[str, Any], step: str, **given: Any) -> dict[str, Any]:
        """A step of a session by its trainer."""
        return dict(self.ok(f"/course-sessions/{session['id']}/steps", self.teaches, {"step": step, **given}))

    def learner(self, **given: Any) -> tuple[Worker, dict[str, str]]:
        """A worker who signs in, and her headers."""
        made = factories.worker_with_account(of=self.firm, **given)
        workers.refresh(worker=made)
        return made, factories.headers(db.session.get_one(Account, made.account_id))

    def enrol(self, session: dict[str, Any], who: dict[str, str], **given: Any) -> dict[str, Any]:
        """A place."""
        return dict(self.ok(f"/course-sessions/{session['id']}/places", who, given))

    def place(self, place: dict[str, Any]) -> dict[str, Any]:
        """A place as it is now."""
        return dict(self.ask("GET", f"/course-places/{place['id']}", self.first).json)

    def now(self, session: dict[str, Any]) -> dict[str, Any]:
        """A session as it is now."""
        return dict(self.ask("GET", f"/course-sessions/{session['id']}").json)

    def attend_all(self, session: dict[str, Any], *places: dict[str, Any]) -> None:
        """These were there every time, by the trainer's roll, called after the last meeting."""
        for meeting in session["meetings"]:
            self.ok(f"/course-meetings/{meeting['id']}/roll", self.teaches,
                    {"place_ids": [each["id"] for each in places]})

    def mark(self, place: dict[str, Any], part: str, points: int, who: dict[str, str] | None = None) -> dict[str, Any]:
        """A mark by an assessor who did not teach."""
        return dict(self.ok(f"/course-places/{place['id']}/marks", who or self.assesses,
                            {"part": part, "points": points}))


def after(session: dict[str, Any]) -> datetime:
    """A moment after a session's last meeting."""
    return datetime.fromisoformat(session["ends_at"]) + timedelta(hours=1)


def before(session: dict[str, Any]) -> datetime:
    """The moment its first meeting begins."""
    return datetime.fromisoformat(session["starts_at"])
