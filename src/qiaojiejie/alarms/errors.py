"""How alarms refuse."""

from qiaojiejie.core.errors import Conflict, NotFound


class AlarmNotFound(NotFound):
    """没有找到这次求助。
    There is no such call for help."""


class AlarmNotNow(Conflict):
    """现在不在服务时段（开始前 1 小时至结束后 2 小时），无法在此求助；如遇危险请立即拨打 110。
    It is not the time of the service (1 hour before to 2 hours after); if you are in danger call 110 now."""


class AlarmOver(Conflict):
    """这次求助已结束，不再接收位置；如仍需帮助，请重新求助。
    This call for help is over and takes no place any more; call again if you need help."""
