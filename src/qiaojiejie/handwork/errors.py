"""What the piece-work board refuses."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class HandworkNotFound(NotFound):
    """没有找到该手工订单。
    There is no such order of piece-work."""


class TakeNotFound(NotFound):
    """没有找到该领料记录。
    There is no such record of pieces taken."""


class HandworkOver(Conflict):
    """该手工订单已停止领料。
    Nothing can be taken of this order any more."""


class PiecesTooMany(Conflict):
    """只剩 {left} 件可领。
    Only {left} pieces are left."""


class HandworkDaysDoNotFit(Invalid):
    """交货日期须在今天或以后，{most} 天之内。
    The day of delivery is today or later, {most} days from now at most."""


class PiecesDoNotFit(Invalid):
    """合格件数须写明，且不超过领取的 {taken} 件；少于领取件数时须说明原因。
    Say how many pieces are good, at most the {taken} taken, and why when it is fewer."""


class PaymentReferenceMissing(Invalid):
    """支付须写明转账流水号或签收单号。
    To record a payment, give the transfer's or the receipt's number."""
