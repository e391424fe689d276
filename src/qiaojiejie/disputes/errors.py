"""How disputes refuse."""

from qiaojiejie.core.errors import Conflict, NotFound


class DisputeNotFound(NotFound):
    """没有找到这笔争议。
    There is no such dispute."""


class WrongDispute(Conflict):
    """支付渠道的争议与订单不符。
    The provider's dispute does not fit the payment."""


class MoreThanOwed(Conflict):
    """核销金额不能超过企业的欠款（{owed_display}）。
    No more can be written off than the firm owes ({owed_display})."""
