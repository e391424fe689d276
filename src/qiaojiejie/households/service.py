"""Open a household; keep its address book, and who of it is cared for.

An address row never changes after it is written: bookings keep its id, and where a visit was must stay what it was.
Changing an address therefore writes a new row and takes the old one out of the book; removing hides it.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from qiaojiejie.catalog import queries as catalog
from qiaojiejie.catalog.rules import cell, distance_m, wgs84
from qiaojiejie.core import clock, ids
from qiaojiejie.core.access import Actor
from qiaojiejie.core.db import db
from qiaojiejie.core.secrets import Sealed
from qiaojiejie.households import facts, queries
from qiaojiejie.households.errors import AddressBookFull, MembersFull, PlaceElsewhere
from qiaojiejie.households.models import Address, Household, Member
from qiaojiejie.households.rules import FAR_M, MOST_ADDRESSES, MOST_MEMBERS, joined, written
from qiaojiejie.ledger import service as ledger


def open_for(*, account_id: UUID) -> Household:
    """The account's household, opened when it has none yet."""
    stmt = insert(Household).values(id=ids.new(), account_id=account_id, created_at=clock.now())
    stmt = stmt.on_conflict_do_nothing(index_elements=[Household.account_id])
    opened = db.session.scalar(stmt.returning(Household.id))
    if opened is not None:
        ledger.append(facts.OPENED, subject=f"household:{opened}", actor=f"account:{account_id}")
    return queries.of_account(account_id)


def add_address(*, actor: Actor, label: str, region_code: str, detail: str, contact_name: str, contact_phone: str,
                lng: float | None = None, lat: float | None = None, coordinates: str = "wgs84") -> Address:
    """Write an address into the actor's book. Without lng and lat, the region's centre stands for the place.

    ``coordinates``: wgs84, or gcj02 for a place taken from a Chinese map.
    Raises UnknownRegion, PlaceElsewhere, AddressBookFull.
    """
    open_for(account_id=actor.account_id)
    household = queries.of_account(actor.account_id, lock=True)
    if queries.count_addresses(household.id) >= MOST_ADDRESSES:
        raise AddressBookFull(most=MOST_ADDRESSES)
    spot = _place(region_code, lng, lat, coordinates)
    return _write(household.id, spot, label=label, region_code=region_code, detail=detail,
                  contact_name=contact_name, contact_phone=contact_phone)


def change_address(*, actor: Actor, address_id: UUID, **changes: Any) -> Address:
    """Replace an address of the actor's by one with ``changes`` (as add_address takes them): a new row, a new id.

    A changed region without lng and lat moves the place to that region's centre.
    Raises AddressNotFound, UnknownRegion, PlaceElsewhere.
    """
    old = queries.own_address(actor.account_id, address_id, lock=True)
    words = {name: changes.get(name, getattr(old, name)) for name in
             ("label", "region_code", "detail", "contact_name", "contact_phone")}
    lng, lat = changes.get("lng"), changes.get("lat")
    if "lng" not in changes and words["region_code"] == old.region_code:
        spot = (old.lng, old.lat)
    else:
        spot = _place(words["region_code"], lng, lat, changes.get("coordinates", "wgs84"))
    old.removed_at = clock.now()
    return _write(old.household_id, spot, **words)


def remove_address(*, actor: Actor, address_id: UUID) -> None:
    """Take an address out of the actor's book; bookings made for it keep it. Raises AddressNotFound."""
    queries.own_address(actor.account_id, address_id, lock=True).removed_at = clock.now()


def _place(region_code: str, lng: float | None, lat: float | None, coordinates: str) -> tuple[float, float]:
    region = catalog.region(region_code)
    if lng is None or lat is None:
        return region.lng, region.lat
    spot = wgs84(lng, lat) if coordinates == "gcj02" else (lng, lat)
    if distance_m(*spot, region.lng, region.lat) > FAR_M:
        raise PlaceElsewhere(region=region.name)
    return spot


def _write(household_id: UUID, spot: tuple[float, float], **words: Any) -> Address:
    address = Address(household_id=household_id, cell=cell(*spot), place=written(*spot), created_at=clock.now(),
                      removed_at=None, **words)
    db.session.add(address)
    db.session.flush()
    db.session.refresh(address)
    return address


def add_member(*, actor: Actor, name: str, birth_year: int, relation: str, needs: Collection[str]) -> Member:
    """Keep somebody of the actor's household who is cared for. ``relation``, ``needs``: rules.RELATIONS, rules.NEEDS.

    Raises MembersFull.
    """
    open_for(account_id=actor.account_id)
    household = queries.of_account(actor.account_id, lock=True)
    if queries.count_members(household.id) >= MOST_MEMBERS:
        raise MembersFull(most=MOST_MEMBERS)
    made = Member(household_id=household.id, name=Sealed("name", name), birth_year=birth_year, relation=relation,
                  needs=Sealed("text", joined(needs)), created_at=clock.now(), removed_at=None)
    db.session.add(made)
    db.session.flush()
    return made


def change_member(*, actor: Actor, member_id: UUID, **changes: Any) -> Member:
    """Change what is named of a member (as add_member takes it). Raises MemberNotFound.

    Bookings that are for them show it as it is now: whoever comes tomorrow must know of today's needs.
    """
    found = queries.own_member(actor.account_id, member_id, lock=True)
    if "needs" in changes:
        changes["needs"] = joined(changes["needs"])
    for name, value in changes.items():
        setattr(found, name, value)
    db.session.flush()
    return found


def remove_member(*, actor: Actor, member_id: UUID) -> None:
    """Take a member out of the household's list; bookings for them keep them, for a time. Raises MemberNotFound."""
    queries.own_member(actor.account_id, member_id, lock=True).removed_at = clock.now()


def erase_members(*, members: Iterable[Member]) -> None:
    """Empty removed members no booking needs any more; that there was somebody remains."""
    for each in members:
        each.name = each.birth_year = each.needs = None
        each.erased_at = clock.now()
