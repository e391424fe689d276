"""Read the catalogue: a handful of rows, changed by migrations only; fee rules also by the federation."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog.errors import (FeeRulesNotFound, LevelNotOfOccupation, PolicyNotFound, ServiceNotFound,
                                       UnknownOccupation, UnknownRegion, UnknownService)
from qiaojiejie.catalog.models import (CancellationPolicy, EngagementTerms, FeeRule, Occupation, Region, Service,
                                       StatutoryHoliday)
from qiaojiejie.catalog.rules import FEES
from qiaojiejie.core import paging
from qiaojiejie.core.access import FEDERATION, Actor
from qiaojiejie.core.db import db


def services(category: str | None = None) -> list[Service]:
    """Every service in the order of the catalogue, of one category or of all."""
    stmt = sa.select(Service).order_by(Service.position)
    if category is not None:
        stmt = stmt.where(Service.category == category)
    return list(db.session.scalars(stmt))


def find_service(code: str) -> Service | None:
    """A service by its code, if there is one."""
    return db.session.get(Service, code)


def service(code: str) -> Service:
    """A service by its code, as given in a request. Raises UnknownService (422)."""
    found = find_service(code)
    if found is None:
        raise UnknownService(service=code)
    return found


def offer(code: str, on: date) -> dict[str, Any]:
    """A service with the ``fees`` charged on it on a day, for showing. Raises ServiceNotFound (404)."""
    found = find_service(code)
    if found is None:
        raise ServiceNotFound()
    return {**{column.key: getattr(found, column.key) for column in Service.__table__.columns},
            "fees": fees(code, on)}


def by_alias() -> dict[str, str]:
    """Every word firms use for a service (name and code too) → the service's code."""
    return {word: row.code for row in services() for word in (row.code, row.name, *row.aliases)}


def names_by_alias() -> dict[str, str]:
    """Every word for a service → the service's name."""
    return {word: row.name for row in services() for word in (row.name, *row.aliases)}


def occupations() -> list[Occupation]:
    """Every occupation one can be certified in, in order."""
    return list(db.session.scalars(sa.select(Occupation).order_by(Occupation.position)))


def occupation(code: str, level: int | None = None) -> Occupation:
    """An occupation by its code, and that it has a level. Raises UnknownOccupation, LevelNotOfOccupation (422)."""
    found = db.session.get(Occupation, code)
    if found is None:
        raise UnknownOccupation(occupation=code)
    if level is not None and level not in found.levels:
        raise LevelNotOfOccupation(occupation=found.name, level=level)
    return found


def known_occupations(codes: Collection[str]) -> list[Occupation]:
    """Occupations by their codes, each once, in order. Raises UnknownOccupation (422), naming the first unknown one."""
    found = list(db.session.scalars(
        sa.select(Occupation).where(Occupation.code.in_(set(codes))).order_by(Occupation.position)))
    missing = sorted(set(codes) - {row.code for row in found})
    if missing:
        raise UnknownOccupation(occupation=missing[0])
    return found


def regions() -> list[Region]:
    """Every region served, by code."""
    return list(db.session.scalars(sa.select(Region).order_by(Region.code)))


def region(code: str) -> Region:
    """A region by its GB/T 2260 code, as given in a request. Raises UnknownRegion (422)."""
    found = db.session.get(Region, code)
    if found is None:
        raise UnknownRegion(region=code)
    return found


def known_regions(codes: Collection[str]) -> list[Region]:
    """Regions by their codes, each once, by code. Raises UnknownRegion (422), naming the first unknown one."""
    found = list(db.session.scalars(sa.select(Region).where(Region.code.in_(set(codes))).order_by(Region.code)))
    missing = sorted(set(codes) - {row.code for row in found})
    if missing:
        raise UnknownRegion(region=missing[0])
    return found


def fees(service_code: str | None, on: date, firm_id: UUID | None = None) -> list[FeeRule]:
    """The fee rules for a service of a firm on a day, one a line, the most particular in force: of the firm for this
    service, of the firm, of this service, of all. Without a service or a firm: what holds for any that has none."""
    stmt = sa.select(FeeRule).where(
        FeeRule.line.in_(FEES), sa.or_(FeeRule.service_code == service_code, FeeRule.service_code.is_(None)),
        sa.or_(FeeRule.firm_id == firm_id, FeeRule.firm_id.is_(None)), *_in_force(on))
    found = {rule.line: rule for rule in db.session.scalars(stmt.order_by(
        FeeRule.firm_id.is_not(None), FeeRule.service_code.is_not(None)))}  # more particular ones come last
    return [found[line] for line in FEES if line in found]


def _in_force(on: date) -> list[sa.ColumnElement[bool]]:
    return [FeeRule.valid_from <= on, sa.or_(FeeRule.valid_until.is_(None), FeeRule.valid_until > on)]


def fee_rules_from(line: str, firm_id: UUID | None, service_code: str | None, day: date) -> list[FeeRule]:
    """The rules of exactly this line, firm and service that hold on a day or begin later, by their days."""
    stmt = sa.select(FeeRule).where(
        FeeRule.line == line, FeeRule.firm_id.is_not_distinct_from(firm_id),
        FeeRule.service_code.is_not_distinct_from(service_code),
        sa.or_(FeeRule.valid_until.is_(None), FeeRule.valid_until > day))
    return list(db.session.scalars(stmt.order_by(FeeRule.valid_from).execution_options(populate_existing=True)))


def fee_rules(*, firm_id: UUID | None = None, line: str | None = None, cursor: str | None = None,
              limit: int) -> paging.Page:
    """A page of all fee rules that hold, held or will hold, newest first; of one firm's own, of one line."""
    stmt = sa.select(FeeRule)
    for column, value in ((FeeRule.firm_id, firm_id), (FeeRule.line, line)):
        if value is not None:
            stmt = stmt.where(column == value)
    return paging.keyset(stmt, (FeeRule.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("fee-rules", [firm_id, line]))


def fee_rules_of_firm(actor: Actor, firm_id: UUID, on: date, *, cursor: str | None = None, limit: int) -> paging.Page:
    """A page of what holds for a firm on a day or later: its own rules and everybody's, newest first.

    To its own people and the federation. Raises FeeRulesNotFound for anybody else.
    """
    if actor.role not in FEDERATION and actor.org_id != firm_id:
        raise FeeRulesNotFound()
    stmt = sa.select(FeeRule).where(sa.or_(FeeRule.firm_id == firm_id, FeeRule.firm_id.is_(None)),
                                    sa.or_(FeeRule.valid_until.is_(None), FeeRule.valid_until > on))
    return paging.keyset(stmt, (FeeRule.id,), cursor=cursor, limit=limit,
                         scope=paging.scope_of("firm-fee-rules", [firm_id]))


def policy(on: date) -> CancellationPolicy:
    """The cancellation policy in force on a day. Raises PolicyNotFound before the first one."""
    stmt = sa.select(CancellationPolicy).where(CancellationPolicy.valid_from <= on)
    found = db.session.scalar(stmt.order_by(CancellationPolicy.valid_from.desc()).limit(1))
    if found is None:
        raise PolicyNotFound()
    return found


def engagement_terms(mode: str, on: date) -> EngagementTerms:
    """How engagements by days of a mode are paid on a day. Raises PolicyNotFound before the first terms."""
    stmt = sa.select(EngagementTerms).where(EngagementTerms.mode == mode, EngagementTerms.valid_from <= on)
    found = db.session.scalar(stmt.order_by(EngagementTerms.valid_from.desc()).limit(1))
    if found is None:
        raise PolicyNotFound()
    return found


def holidays(first: date, last: date) -> set[date]:
    """The statutory holidays from one day to another, both included."""
    return set(db.session.scalars(sa.select(StatutoryHoliday.day).where(StatutoryHoliday.day.between(first, last))))


def holiday_names(first: date, last: date) -> dict[date, str]:
    """The statutory holidays from one day to another, both included, by name."""
    stmt = sa.select(StatutoryHoliday).where(StatutoryHoliday.day.between(first, last))
    return {holiday.day: holiday.name for holiday in db.session.scalars(stmt)}
