"""A firm enrols many from its spreadsheet."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.core import clock, sheets
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import blind
from qiaojiejie.courses.queries import places, sessions
from qiaojiejie.courses.rules import roster
from qiaojiejie.courses.service import queue
from qiaojiejie.workers.models import Worker

#: code → Chinese, English, of what keeps a row from being enrolled
PROBLEMS = {
    "name_missing": ("没有姓名", "no name"), "id_invalid": ("身份证号不正确", "the ID number is not valid"),
    "twice_in_list": ("与前面某行重复", "the same as a row before"),
    "too_many": (f"一次最多 {roster.MOST} 人", f"at most {roster.MOST} at a time"),
    "not_on_staff": ("不在本企业员工名单中", "not on this firm's staff list"),
    "name_differs": ("姓名与员工名单不一致", "the name is not that on the staff list"),
    "enrolled_already": ("已报名或排队", "has a place already"),
}


def enrol_list(*, actor: Actor, session_id: UUID, content: bytes) -> dict[str, Any]:
    """Enrol everybody of a list who is on the firm's staff and meets the conditions, in the list's order.

    Every other row is told apart with its reason; rows right and wrong don't hinder each other. Raises
    CourseSessionNotFound, StepNotPossible, EnrolmentClosed, RosterColumnsMissing, and what ``sheets.read`` refuses.
    """
    lines, wrong = roster.read(sheets.read(content), clock.today())
    session = sessions.get(session_id, lock=True)
    queue.require_open(session)
    staff = _staff(actor.org_id, lines)
    there = places.live_of(session.id, [worker.id for worker in staff.values()])
    good: list[tuple[int, Worker]] = []
    problems = {row: [_said(code)] for row, code in wrong.items()}
    for line in lines:
        worker = staff.get(line.number)
        lacking = _lacking(session, worker, line.name, there)
        if lacking or worker is None:
            problems[line.row] = lacking
        else:
            good.append((line.row, worker))
    made = queue.put(session=session, people=[worker for _, worker in good], via="firm", by=actor)
    rows = [{"row": row, "outcome": place.state, "place_id": place.id, "reasons": []}
            for (row, _), place in zip(good, made, strict=True)]
    rows += [{"row": row, "outcome": "refused", "place_id": None, "reasons": said} for row, said in problems.items()]
    return {"enrolled": sum(place.state == "enrolled" for place in made),
            "waiting": sum(place.state == "waiting" for place in made), "refused": len(problems),
            "rows": sorted(rows, key=lambda each: each["row"])}


def _staff(firm_id: UUID | None, lines: list[roster.Line]) -> dict[str, Worker]:
    """ID number → worker, of those on the firm's staff."""
    indexes = {blind("id_number", line.number): line.number for line in lines}
    stmt = sa.select(Worker).where(Worker.firm_id == firm_id, Worker.id_index.in_(list(indexes)))
    return {indexes[worker.id_index]: worker for worker in db.session.scalars(stmt)}


def _lacking(session: Any, worker: Worker | None, name: str, there: dict[UUID, Any]) -> list[dict[str, str]]:
    if worker is None:
        return [_said("not_on_staff")]
    if worker.name.reveal() != name:
        return [_said("name_differs")]
    if worker.id in there:
        return [_said("enrolled_already")]
    return [{"code": code, "message_zh": zh, "message_en": en} for code, zh, en in queue.reasons(session, worker)]


def _said(code: str) -> dict[str, str]:
    zh, en = PROBLEMS[code]
    return {"code": code, "message_zh": zh, "message_en": en}
