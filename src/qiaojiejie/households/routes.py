"""The address book over HTTP. It answers a family its own data in full; nobody else has a way in here."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion
from qiaojiejie.core.access import Role, actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.households import queries, service as households
from qiaojiejie.households.errors import AddressBookFull, AddressNotFound, PlaceElsewhere
from qiaojiejie.households.models import Address
from qiaojiejie.households.schemas import AddressIn, AddressOut, AddressPageOut, AddressPatchIn

blp = Blueprint("households", description="家庭地址簿 · A family's address book")


@blp.route("/me/addresses", methods=["GET"])
@allow(Role.HOUSEHOLD)
@blp.arguments(PageFilter, location="query")
@blp.response(200, AddressPageOut)
def list_addresses(filters: dict[str, Any]) -> Page:
    """我的地址簿 · List the addresses in my book

    Newest first, in full: it is the family's own data, so no look is recorded.
    """
    return queries.addresses(actor().account_id, **filters)


@blp.route("/me/addresses", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(UnknownRegion, PlaceElsewhere, AddressBookFull)
@blp.arguments(AddressIn)
@blp.response(201, AddressOut)
def add_address(body: dict[str, Any]) -> Address:
    """新增地址 · Add an address to my book

    Without `lng` and `lat` the region's centre stands for the place. At most 20 addresses.
    """
    return households.add_address(actor=actor(), **body)


@blp.route("/me/addresses/<uuid:address_id>", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(AddressNotFound)
@blp.response(200, AddressOut)
def show_address(address_id: UUID) -> Address:
    """查看地址 · Show an address in my book

    In full: it is the family's own data, so no look is recorded.
    """
    return queries.own_address(actor().account_id, address_id)


@blp.route("/me/addresses/<uuid:address_id>", methods=["PATCH"])
@allow(Role.HOUSEHOLD)
@refuses(AddressNotFound, UnknownRegion, PlaceElsewhere)
@blp.arguments(AddressPatchIn)
@blp.response(200, AddressOut)
def change_address(body: dict[str, Any], address_id: UUID) -> Address:
    """修改地址 · Change an address in my book

    An address never changes once written, so that bookings keep the place they were made for. The answer is a new
    address with a **new id**; the old id is gone from the book. A changed region without `lng` and `lat` moves the
    place to that region's centre.
    """
    return households.change_address(actor=actor(), address_id=address_id, **body)


@blp.route("/me/addresses/<uuid:address_id>", methods=["DELETE"])
@allow(Role.HOUSEHOLD)
@refuses(AddressNotFound)
@blp.response(204)
def remove_address(address_id: UUID) -> None:
    """删除地址 · Remove an address from my book

    Bookings made for it keep it.
    """
    households.remove_address(actor=actor(), address_id=address_id)
