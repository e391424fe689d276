"""Read the register of surveyed firms. Whether one is enrolled is the firm's own state, asked when it is read."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog.models import Region
from qiaojiejie.core import paging
from qiaojiejie.core.db import db
from qiaojiejie.enrolment.errors import EntryNotFound
from qiaojiejie.enrolment.models import RegisterEntry
from qiaojiejie.firms.models import Firm
from qiaojiejie.firms.rules import PUBLIC

_ENROLLED = sa.exists().where(Firm.id == RegisterEntry.firm_id, Firm.state.in_(PUBLIC))


def get(entry_id: UUID, lock: bool = False) -> RegisterEntry:
    """An entry, struck out or not. Raises EntryNotFound."""
    stmt = sa.select(RegisterEntry).where(RegisterEntry.id == entry_id).execution_options(populate_existing=lock)
    found = db.session.scalar(stmt.with_for_update(of=RegisterEntry) if lock else stmt)
    if found is None:
        raise EntryNotFound()
    return found


def page(*, limit: int, cursor: str | None = None, region: str | None = None, enrolled: bool | None = None,
         struck: bool = False, q: str | None = None) -> paging.Page:
    """A page of the register by name: of a district, enrolled or not, words of the name or the start of the code."""
    stmt = sa.select(RegisterEntry).where(RegisterEntry.struck_at.is_not(None) if struck
                                          else RegisterEntry.struck_at.is_(None))
    if region is not None:
        stmt = stmt.where(RegisterEntry.region_code == region)
    if enrolled is not None:
        stmt = stmt.where(_ENROLLED if enrolled else ~_ENROLLED)
    if q is not None:
        stmt = stmt.where(sa.or_(RegisterEntry.uscc.startswith(q.upper(), autoescape=True),
                                 sa.and_(*(RegisterEntry.name.icontains(word, autoescape=True)
                                           for word in q.split()))))
    return paging.keyset(stmt, [RegisterEntry.name, RegisterEntry.id], cursor=cursor, limit=limit, descending=False,
                         scope=paging.scope_of("register", [region, enrolled, struck, q]))


def figures() -> dict[str, Any]:
    """How many firms are known, have applied, are enrolled — in all and by district — and are enrolled unknown."""
    counts = [sa.func.count().label("known"),
              sa.func.count().filter(RegisterEntry.firm_id.is_not(None)).label("applied"),
              sa.func.count().filter(Firm.state.in_(PUBLIC)).label("enrolled"),
              sa.func.coalesce(sa.func.sum(RegisterEntry.staff_estimate), 0).label("staff_estimate")]
    stmt = (sa.select(Region.code.label("region_code"), Region.name.label("region_name"), *counts)
            .select_from(RegisterEntry).join(Region, Region.code == RegisterEntry.region_code)
            .outerjoin(Firm, Firm.id == RegisterEntry.firm_id).where(RegisterEntry.struck_at.is_(None))
            .group_by(Region.code, Region.name).order_by(Region.code))
    districts = [dict(row) for row in db.session.execute(stmt).mappings()]
    listed = sa.exists().where(RegisterEntry.firm_id == Firm.id, RegisterEntry.struck_at.is_(None))
    unlisted = sa.select(sa.func.count()).select_from(Firm).where(Firm.state.in_(PUBLIC), ~listed)
    return {**{name: sum(int(row[name]) for row in districts)
               for name in ("known", "applied", "enrolled", "staff_estimate")},
            "enrolled_unlisted": db.session.scalar(unlisted), "districts": districts}
