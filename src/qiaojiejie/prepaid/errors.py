"""How prepaid cards refuse."""

from qiaojiejie.core.errors import Conflict, NotFound


class PrepaidOfferNotFound(NotFound):
    """没有找到这种预付卡。
    There is no such prepaid offer."""


class PrepaidCardNotFound(NotFound):
    """没有找到这张预付卡。
    There is no such prepaid card."""


class PrepaidOverLimit(Conflict):
    """单张记名预付卡不得超过 {most_display}。
    A registered prepaid card may not exceed {most_display}."""


class PrepaidOfferEnded(Conflict):
    """这种预付卡已停售，或企业现在不能售卡。
    This prepaid card is not sold any more, or its firm may not sell cards now."""


class PrepaidPurchaseOver(Conflict):
    """上一次购卡已超过付款时间，正在取消，请稍候片刻再买。
    The purchase begun before ran out of time and is being called off; wait a moment and buy again."""


class PrepaidCardPaid(Conflict):
    """购卡款已付，正在开卡，请稍候查看我的预付卡。
    The card is paid for already and is being opened; look among your cards in a moment."""


class PrepaidCardNotLive(Conflict):
    """这张预付卡现在是“{state_name}”状态，不能使用。
    This prepaid card can't be used; it is {state}."""


class PrepaidCardOfAnotherFirm(Conflict):
    """这张预付卡只能用于{firm}的服务。
    This prepaid card is for services of {firm} only."""


class PrepaidCardNotForService(Conflict):
    """这张预付卡只能用于“{service}”。
    This prepaid card is for {service} only."""


class PrepaidBalanceShort(Conflict):
    """预付卡余额 {balance_display}，还差 {short_display}，请换一种方式付款。
    {balance_display} is left on the card, {short_display} is missing; pay another way."""


class PrepaidCardFrozen(Conflict):
    """持卡人的银行正在处理购卡款的争议，银行决定之前这张预付卡不能使用。
    The bank disputes what was paid for this card; it can't be used until the bank decides."""


class PrepaidBalanceChanged(Conflict):
    """余额已变：现在退卡退回 {balance_display}，请确认后再退。
    The balance has changed: closing the card now gives {balance_display} back; confirm that amount."""
