"""How changes refuse."""

from qiaojiejie.core.errors import Conflict, NotFound


class ChangeNotFound(NotFound):
    """没有找到这次改期或加时。
    There is no such change."""


class NotMovedByDays(Conflict):
    """按天预约的服务暂不能在线改期或加时，请联系企业，或取消后重新预约。
    An engagement by days is not moved or extended here; ask the firm, or cancel it and book again."""


class TooLateToMove(Conflict):
    """离开始不足 2 小时，不能再改期；请电话联系服务人员，或取消预约。
    Less than 2 hours are left until it begins: call her, or cancel."""


class NothingChanges(Conflict):
    """新的时间和时长与现在相同。
    That is the time and the length it has already."""


class MoneyTakenBack(Conflict):
    """这笔预约有款项被银行收回，暂不能改期或加时。
    A bank took back money of this booking; it can't be changed."""


class OtherLengthByFirm(Conflict):
    """企业只能提议改时间，不能改时长。
    A firm may propose another time, not another length."""


class ChangeOpen(Conflict):
    """这笔预约已有一次改期或加时在处理，请先完成或撤回。
    Another change of this booking is open; finish it or withdraw it first."""


class ChangeQuoteChanged(Conflict):
    """差价已变：现在是 {difference_display}，请确认后再提交。
    The difference has changed: it is {difference_display} now; confirm that amount."""


class EngagedNext(Conflict):
    """她之后另有安排，最晚只能做到 {until_display}。
    She is engaged after that; she can stay until {until} at most."""


class ChangeExpired(Conflict):
    """已超过时限，原来的时间不变，请重新提交。
    The time for this is over and the old time stands; ask again."""


class NothingToSupplement(Conflict):
    """这笔预约没有待补的差价。
    There is no difference to be paid for this booking."""
