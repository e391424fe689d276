"""What activities refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class ActivityNotFound(NotFound):
    """没有找到该活动。
    There is no such activity."""


class ActivityPlaceNotFound(NotFound):
    """没有找到该报名。
    There is no such place at an activity."""


class ActivityPhotoNotFound(NotFound):
    """没有找到该照片。
    There is no such photo."""


class AlreadySigned(Conflict):
    """已报名该活动。
    This person has signed up already."""


class SignUpOver(Conflict):
    """该活动已停止报名。
    One can't sign up for this activity any more."""


class NotBegun(Conflict):
    """活动尚未开始，不能登记到场或总结。
    The activity has not begun; nobody was there yet."""


class ActivityTimesDoNotFit(Invalid):
    """活动须在现在以后、180 天之内开始，当天结束。
    An activity begins from now on, within 180 days, and ends within a day."""


class PhotoNotOurs(Invalid):
    """照片须由本站以「photo」类型上传，且未用过。
    The photo must be uploaded as `photo` by this station, and not be used already."""
