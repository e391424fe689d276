"""How households refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class HouseholdNotFound(NotFound):
    """没有找到该家庭。
    There is no such household."""


class AddressNotFound(NotFound):
    """地址簿里没有这个地址。
    There is no such address in your address book."""


class AddressBookFull(Conflict):
    """地址簿最多存 {most} 个地址，请先删除不用的。
    The address book holds {most} addresses; remove one first."""


class PlaceElsewhere(Invalid):
    """所给位置不在“{region}”附近，请核对经纬度（先经度后纬度）。
    The place given is nowhere near {region}; check longitude and latitude."""


class MemberNotFound(NotFound):
    """没有找到这位家庭成员。
    There is no such member of your household."""


class MembersFull(Conflict):
    """最多登记 {most} 位家庭成员，请先删除不需要的。
    You keep {most} members, which is the most; remove one first."""
