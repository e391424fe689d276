"""What door cards refuse."""

from qiaojiejie.core.errors import Invalid, NotFound


class DoorTokenInvalid(Invalid):
    """这不是有效的上门服务证二维码。
    This is no code of a door card."""


class DoorTokenOver(Invalid):
    """二维码已过期（有效 60 秒），请服务人员重新打开页面出示。
    The code is over (it lives 60 seconds); ask her to open her card again."""


class GrantNotFound(NotFound):
    """没有找到该授权，或它已过期、已收回。
    There is no such grant, or it is over or taken back."""


class GrantTooLong(Invalid):
    """授权最长 {days} 天，且须在将来。
    A grant lasts {days} days at most, and lies in the future."""


class NotYourBooking(NotFound):
    """没有找到您的该笔预约。
    There is no such booking of yours."""
