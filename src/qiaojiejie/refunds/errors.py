"""How refunds refuse."""

from qiaojiejie.core.errors import Conflict, NotFound


class RefundNotFound(NotFound):
    """没有找到这笔退款。
    There is no such refund."""


class RefundTooLarge(Conflict):
    """退款合计不能超过实付金额。
    Refunds can't exceed what was paid."""


class RefundWaits(Conflict):
    """持卡人的银行正在处理这笔支付的争议，退款须等待银行的决定。
    The cardholder's bank disputes this payment; a refund of it waits for what the bank decides."""


class WrongRefund(Conflict):
    """支付渠道的退款金额与记录不符。
    The provider's refund differs from ours."""
