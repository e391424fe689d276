"""How stations refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class StationNotFound(NotFound):
    """没有找到该工作站。
    There is no such station."""


class RoomNotFound(NotFound):
    """没有找到该场地。
    There is no such room."""


class ReservationNotFound(NotFound):
    """没有找到该场地预订。
    There is no such reservation of yours."""


class RoomExists(Conflict):
    """该工作站已有名为 {name} 的场地。
    The station has a room called {name} already."""


class RoomTaken(Conflict):
    """该场地在 {starts} 至 {ends} 之间已有预订，请换时间或场地。
    The room is taken between {starts} and {ends}; choose another time or room."""


class RoomTimesDoNotFit(Invalid):
    """预订须从现在以后开始、180 天之内，时长 15 分钟至 12 小时。
    A reservation begins from now on, within 180 days, and is 15 minutes to 12 hours long."""


class VisitorUnknown(Invalid):
    """代为办理须写明本人手机号和同意的方式。
    To act for somebody, give her phone and say how she agreed."""
