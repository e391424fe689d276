"""Read the catalogue: a handful of rows, changed by migrations only."""

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from qiaojiejie.catalog.errors import (LevelNotOfOccupation, PolicyNotFound, ServiceNotFound, UnknownOccupation,
                                       UnknownRegion, UnknownService)
from qiaojiejie.catalog.models import CancellationPolicy, FeeRule, Occupation, Region, Service
from qiaojiejie.catalog.rules import LINES
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


def fees(service_code: str, on: date) -> list[FeeRule]:
    """The fee rules for a service on a day, one a line: its own where it has one, else the one for all services."""
    stmt = sa.select(FeeRule).where(
        FeeRule.line.in_(LINES), sa.or_(FeeRule.service_code == service_code, FeeRule.service_code.is_(None)),
        FeeRule.valid_from <= on, sa.or_(FeeRule.valid_until.is_(None), FeeRule.valid_until > on))
    in_force: dict[str, FeeRule] = {}
    for rule in db.session.scalars(stmt.order_by(FeeRule.service_code.is_not(None), FeeRule.valid_from)):
        in_force[rule.line] = rule  # later and more particular ones come last
    return [in_force[line] for line in LINES if line in in_force]


def policy(on: date) -> CancellationPolicy:
    """The cancellation policy in force on a day. Raises PolicyNotFound before the first one."""
    stmt = sa.select(CancellationPolicy).where(CancellationPolicy.valid_from <= on)
    found = db.session.scalar(stmt.order_by(CancellationPolicy.valid_from.desc()).limit(1))
    if found is None:
        raise PolicyNotFound()
    return found
