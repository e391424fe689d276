"""How payments refuse."""

from qiaojiejie.core.errors import BadRequest, Conflict, NotFound, TooLarge, Unavailable


class PaymentNotFound(NotFound):
    """这笔预约还没有支付。
    There is no payment of this booking."""


class PaymentRefused(Conflict):
    """支付渠道不接受这笔支付（{code}），请换一种方式或联系客服。
    The payment provider refuses this payment ({code}); use another method or ask us."""

    keep = True


class PaymentUnderWay(Conflict):
    """这笔预约另有一笔支付正在处理，请稍候片刻再试。
    Another payment of this booking is under way; wait a moment and try again."""


class StripeDown(Unavailable):
    """支付渠道暂时连不上，请稍后再试，不会重复扣款。
    The payment provider can't be reached just now; try again, nothing is charged twice."""


class StripeBroke(Unavailable):
    """支付渠道出错了，正在确认，请稍后再试，不会重复扣款。
    The payment provider answered with a fault; it is being confirmed, try again, nothing is charged twice."""

    keep = True


class BadSignature(BadRequest):
    """签名无效。
    The signature is missing, wrong, too old or dated in the future."""


class BadEvent(BadRequest):
    """事件格式不正确。
    The event can't be read."""


class EventTooLarge(TooLarge):
    """事件超过 1 MiB。
    The event is larger than 1 MiB."""


class WrongIntent(Conflict):
    """支付渠道的金额、币种或编号与订单不符。
    The provider's amount, currency or id differ from the payment's."""
