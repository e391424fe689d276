"""The address book and the members over HTTP: a family's own data; nobody else has a way in here."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import UnknownRegion
from qiaojiejie.core.access import Role, actor, allow
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.households import queries, service as households
from qiaojiejie.households.errors import (
    AddressBookFull, AddressNotFound, MemberNotFound, MembersFull, PlaceElsewhere)
from qiaojiejie.households.models import Address, Member
from qiaojiejie.households.schemas import (
    AddressIn, AddressOut, AddressPageOut, AddressPatchIn, MemberIn, MemberPageOut, MemberPatchIn, OwnMemberOut)

blp = Blueprint("households", description="家庭地址簿与成员 · A family's address book and its members")


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


@blp.route("/me/members", methods=["GET"])
@allow(Role.HOUSEHOLD)
@blp.arguments(PageFilter, location="query")
@blp.response(200, MemberPageOut)
def list_members(filters: dict[str, Any]) -> Page:
    """家庭成员 · List the members of my household who are cared for

    Newest first, names masked; one alone is shown in full.
    """
    return queries.members(actor().account_id, **filters)


@blp.route("/me/members", methods=["POST"])
@allow(Role.HOUSEHOLD)
@refuses(MembersFull)
@blp.arguments(MemberIn)
@blp.response(201, OwnMemberOut)
def add_member(body: dict[str, Any]) -> Member:
    """登记家庭成员 · Add a member who is cared for

    Needs are words for care, not for illness. At most 20 members.
    """
    return households.add_member(actor=actor(), **body)


@blp.route("/me/members/<uuid:member_id>", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(MemberNotFound)
@blp.response(200, OwnMemberOut)
def show_member(member_id: UUID) -> Member:
    """查看家庭成员 · Show a member of my household

    In full: it is the family's own data, so no look is recorded.
    """
    return queries.own_member(actor().account_id, member_id)


@blp.route("/me/members/<uuid:member_id>", methods=["PATCH"])
@allow(Role.HOUSEHOLD)
@refuses(MemberNotFound)
@blp.arguments(MemberPatchIn)
@blp.response(200, OwnMemberOut)
def change_member(body: dict[str, Any], member_id: UUID) -> Member:
    """修改家庭成员 · Change a member of my household

    Bookings for them that are still open show what is written now.
    """
    return households.change_member(actor=actor(), member_id=member_id, **body)


@blp.route("/me/members/<uuid:member_id>", methods=["DELETE"])
@allow(Role.HOUSEHOLD)
@refuses(MemberNotFound)
@blp.response(204)
def remove_member(member_id: UUID) -> None:
    """删除家庭成员 · Remove a member from my household

    Bookings made for them keep them.
    """
    households.remove_member(actor=actor(), member_id=member_id)
