"""One list of everything that waits for the federation in its work with firms, what is due first at the head."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Bundle

from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.models import FirmVisit, Grading
from qiaojiejie.enrolment.rules.standards import CURRENT, STANDARDS
from qiaojiejie.firms.models import Firm, FirmRenewal
from qiaojiejie.firms.rules import WAITING

#: kind → how it is called; in the order in which counts are given
KINDS = {"firm_application": "入驻申请", "licence_renewal": "营业执照换证", "city_review": "评级：市级审核",
         "third_party": "评级：第三方评分", "second_review": "评级：复审", "yearly_check": "评级：年度检查", "visit": "现场走访",
         "visit_follow_up": "走访：整改与办结"}
_STAGES = ("city_review", "third_party", "second_review")
API = "/api/v1"


def page(on: date, *, limit: int, cursor: str | None = None, kind: str | None = None,
         overdue: bool | None = None) -> paging.Page:
    """A page of what waits on a day: kind, id, firm_id, firm_name, since, due_on, link."""
    rows = _rows(on).subquery()
    stmt: sa.Select[Any] = sa.select(Bundle("waiting", *rows.c))
    if kind is not None:
        stmt = stmt.where(rows.c.kind == kind)
    if overdue is not None:
        stmt = stmt.where(rows.c.due_on < on if overdue else rows.c.due_on >= on)
    return paging.keyset(stmt, [rows.c.due_on, rows.c.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("enrolment-queue", [kind, overdue]))


def counts(on: date) -> dict[str, Any]:
    """How much of each kind waits on a day, and how much of it is overdue."""
    rows = _rows(on).subquery()
    stmt = sa.select(rows.c.kind, sa.func.count().label("waiting"),
                     sa.func.count().filter(rows.c.due_on < on).label("overdue")).group_by(rows.c.kind)
    found = {row.kind: row for row in db.session.execute(stmt)}
    kinds = [{"kind": kind, "kind_name": name, "waiting": found[kind].waiting if kind in found else 0,
              "overdue": found[kind].overdue if kind in found else 0} for kind, name in KINDS.items()]
    return {"kinds": kinds, "waiting": sum(each["waiting"] for each in kinds),
            "overdue": sum(each["overdue"] for each in kinds)}


def _rows(on: date) -> sa.CompoundSelect[Any]:
    return sa.union_all(_applications(), _renewals(), _gradings(), _checks(on), _visits(on))


def _one(of: Any, kind: Any, since: Any, due: Any, link: Any) -> sa.Select[Any]:
    """One kind's rows, all kinds alike."""
    stmt: sa.Select[Any] = sa.select(
        kind.label("kind"), of.id.label("id"), Firm.id.label("firm_id"), Firm.name.label("firm_name"),
        since.label("since"), due.label("due_on"), link.label("link"))
    return stmt if of is Firm else stmt.join(Firm, Firm.id == of.firm_id)


def _text(value: Any) -> Any:
    return sa.cast(value, sa.Text)


def _after(moment: Any, limit: str) -> Any:
    """The Shanghai day so many days after a moment."""
    return sa.cast(sa.func.timezone("Asia/Shanghai", moment), sa.Date) + CURRENT.days(limit).days


def _applications() -> sa.Select[Any]:
    link = f"{API}/firms/" + _text(Firm.id) + "/application"
    return _one(Firm, sa.literal("firm_application"), Firm.applied_at, _after(Firm.applied_at, "firm_application"),
                link).where(Firm.state.in_(WAITING))


def _renewals() -> sa.Select[Any]:
    link = f"{API}/firms/" + _text(Firm.id) + "/licence-renewals"
    return _one(FirmRenewal, sa.literal("licence_renewal"), FirmRenewal.submitted_at,
                _after(FirmRenewal.submitted_at, "licence_renewal"), link).where(FirmRenewal.state == "submitted")


def _grading_link() -> Any:
    return f"{API}/firms/" + _text(Firm.id) + "/gradings/" + _text(Grading.id)


def _gradings() -> sa.Select[Any]:
    return _one(Grading, Grading.state, Grading.since, Grading.due_on, _grading_link()).where(
        Grading.state.in_(_STAGES))


def _checks(on: date) -> sa.Select[Any]:
    opens = [sa.and_(Grading.standard == version, Grading.check_due_on <= on + standard.days("check_notice"))
             for version, standard in STANDARDS.items()]
    since = sa.func.timezone("Asia/Shanghai", sa.cast(Grading.check_due_on, sa.DateTime)
                             - CURRENT.days("check_notice"))
    return _one(Grading, sa.literal("yearly_check"), since, Grading.check_due_on, _grading_link()).where(
        Grading.state == "published", Grading.stands_until >= on, sa.or_(*opens))


def _visits(on: date) -> sa.Select[Any]:
    """Visits to be made; visits to be closed: answered ones, and those the firm let its time run out on."""
    kind = sa.case((FirmVisit.state == "planned", "visit"), else_="visit_follow_up")
    link = f"{API}/firms/" + _text(Firm.id) + "/visits/" + _text(FirmVisit.id)
    return _one(FirmVisit, kind, FirmVisit.since, FirmVisit.due_on, link).where(sa.or_(
        FirmVisit.state.in_(("planned", "acknowledged", "objected")),
        sa.and_(FirmVisit.state == "reported", FirmVisit.answer_by < on)))
