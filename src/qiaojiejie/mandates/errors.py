"""How mandates refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, NotFound


class MandateNotFound(NotFound):
    """没有找到这份委托。
    There is no such mandate."""


class MandateEnded(Conflict):
    """这份委托已终止，请重新征得同意后登记。
    This mandate has ended; ask for consent again and register it."""


class NotUnderMandate(Conflict):
    """该地址或家庭成员不是凭这份委托登记的。
    This address or member was not registered under this mandate."""


class OwnWorkersOnly(Forbidden):
    """经纪人只能代订本企业的服务人员；其他企业的请到社区工作站代订。
    A broker books workers of the own firm only; a station's clerk books any."""


class ErrandNotFound(NotFound):
    """没有找到这笔代订。
    There is no such booking made on behalf of somebody."""


class UndoOver(Conflict):
    """免费撤销的时间已过（代订后 1 小时内、服务开始前）；仍可按取消规则取消。
    The time to undo free of charge is over (an hour, and before the start); it can still be cancelled by its policy."""


class UndoUnknown(NotFound):
    """撤销链接无效或已使用。
    This link is unknown or was used."""
