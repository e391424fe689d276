"""How payouts refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class PayoutAccountNotFound(NotFound):
    """没有找到该收款账户。
    There is no such payout account."""


class PayoutBatchNotFound(NotFound):
    """没有找到该付款批次。
    There is no such payout batch."""


class PayoutItemNotFound(NotFound):
    """没有找到该付款或对账单。
    There is no such payout or statement."""


class PayoutAccountIncomplete(Invalid):
    """请填写完整：银行账户须填开户行、支行和账号，Stripe 账户须填账户编号。
    Say all of it: bank, branch and number of a bank account; the id of a Stripe account."""


class PeriodUnclear(Invalid):
    """请写明月份或截止日期，二者选一。
    Name a month or a last day, one of the two."""


class PeriodNotOver(Conflict):
    """该期间尚未结束，最晚可结算到 {last}。
    The period is not over; the last day can be {last} at most."""


class PeriodBehind(Conflict):
    """已经结算到 {last}，不能再结算更早的期间。
    What was earned until {last} is in a batch already; name a later day."""


class BatchWaiting(Conflict):
    """还有一个批次未完成复核，请先处理该批次。
    Another batch waits for its decision; see to that one first."""


class SecondPersonRequired(Conflict):
    """付款批次须由制作人以外的另一位工作人员批准。
    A payout batch is approved by another person than the one who made it."""


class SentByItself(Conflict):
    """这笔付款由系统通过 Stripe 转账，不能手工登记。
    The service pays this one through Stripe; nothing is recorded by hand."""


class BankReferenceTaken(Conflict):
    """该银行流水号已登记在另一笔付款上，请核对。
    This bank reference is recorded with another payout; check it."""


class NothingToTransfer(Conflict):
    """该批次没有待银行转账的付款。
    No payout of this batch waits for a bank transfer."""


class WrongTransfer(Conflict):
    """支付渠道的转账金额、账户或编号与付款不符。
    The provider's transfer differs from the payout in amount, account or id."""
