"""How casework refuses."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class ComplaintNotFound(NotFound):
    """没有找到这件投诉。
    There is no such complaint."""


class ComplaintAlreadyOpen(Conflict):
    """这笔预约已有一件处理中的投诉。
    A complaint about this booking is open already."""


class NothingToComplainOf(Conflict):
    """预约付款确认后才能投诉。
    A booking can be complained of once it was confirmed."""


class ComplaintTooLate(Conflict):
    """已超过服务结束后 {days} 天的投诉期。
    The {days} days after the service for complaining are over."""


class AlreadyMediated(Conflict):
    """这件投诉已登记过调解结果。
    How mediation of this complaint ended is on record already."""


class MediationNotNow(Conflict):
    """投诉{state_name}，不能登记调解结果。
    In the state {state} a complaint can't be mediated."""


class SeverityMismatch(Invalid):
    """认定属实须给出严重程度（1–4），不属实则不能有。
    A substantiated complaint needs a severity (1–4), a dismissed one has none."""


class NoOpenComplaint(Forbidden):
    """只有该订单有未结投诉时，调解员才能查看。
    A mediator may see this only while a complaint about the booking is open."""
