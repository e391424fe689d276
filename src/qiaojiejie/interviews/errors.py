"""How interviews refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class InterviewNotFound(NotFound):
    """没有找到这次面谈。
    There is no such interview."""


class NotInterviewed(Conflict):
    """“{service}”按次预约，无需到站面谈，可直接下单。
    {service} is booked by the visit; no interview is needed."""


class NotAtStationHours(Invalid):
    """面谈须安排在 {opens} 至 {closes} 之间。
    An interview takes place between {opens} and {closes}."""


class NoRoomFree(Conflict):
    """该工作站这个时间没有空闲场地，请换一个时间或工作站。
    The station has no free room then; choose another time or station."""


class InterviewStands(Conflict):
    """您与这位服务人员已约好一次面谈，请先完成或取消。
    You have an interview with this worker already; hold or cancel it first."""


class InterviewsFull(Conflict):
    """最多同时约 {most} 次面谈，请先完成或取消已有的。
    You have {most} interviews ahead, which is the most; hold or cancel one first."""


class InterviewBegun(Conflict):
    """面谈时间已到，不能再取消；对方未到可在开始 15 分钟后登记。
    It has begun and can't be cancelled; if the other side is not there, say so 15 minutes after the start."""


class InterviewNotYet(Conflict):
    """面谈尚未到这一步，{since} 起可登记。
    It is too early for that: from {since} on."""


class InterviewTooLate(Conflict):
    """面谈结果须在面谈后 {days} 天内登记。
    What came of an interview is said within {days} days of it."""
