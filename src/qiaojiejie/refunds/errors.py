"""How refunds refuse."""

from qiaojiejie.core.errors import Conflict, NotFound


class RefundNotFound(NotFound):
    """没有找到这笔退款。
    There is no such refund."""


class RefundTooLarge(Conflict):
    """退款合计不能超过实付金额。
    Refunds can't exceed what was paid."""


class WrongRefund(Conflict):
    """支付渠道的退款金额与记录不符。
    The provider's refund differs from ours."""
