"""How needs refuse."""

from qiaojiejie.core.errors import Conflict, NotFound, TooMany


class NeedNotFound(NotFound):
    """没有找到这条需求。
    There is no such need."""


class NeedQuoteNotFound(NotFound):
    """没有找到这份报价。
    There is no such quote."""


class TooManyNeeds(TooMany):
    """您已有 {most} 条需求在征集中或已选定待付款，请先付款或关闭一条。
    You have {most} needs that are open or ordered and not paid; pay for one or close it first."""

    keep = False


class NeedClosesTooLate(Conflict):
    """征集须在 {days} 天之内、服务开始 {minutes} 分钟之前结束，且晚于现在。
    A need closes from now on, within {days} days, and {minutes} minutes before the work can begin at the latest."""


class NeedDaysDoNotFit(Conflict):
    """日期须从今天起，先后相接，跨度不超过 {span} 天，并在 {days} 天以内。
    The days begin today or later, in order, span at most {span} and lie within {days}."""


class NeedNotOpen(Conflict):
    """这条需求已结束征集。
    This need is not open any more."""


class StartNotAsked(Conflict):
    """家庭要的是{words}，请按此报价。
    The family asks for {asked}; quote for that."""


class QuotesUsedUp(Conflict):
    """贵企业对这条需求最多报价 {most} 次。
    A firm quotes at most {most} times for one need."""


class AlreadyQuoted(Conflict):
    """这位服务人员已有一份有效的报价，请先撤回。
    A quote with this worker stands already; withdraw it first."""


class GoodUntilDoesNotFit(Conflict):
    """报价有效期须晚于现在，且不晚于服务开始前 {minutes} 分钟。
    A quote is good from now on until {minutes} minutes before the work begins at the latest."""


class NeedQuoteOver(Conflict):
    """这份报价已过有效期，请另选一份。
    This quote is not good any more; choose another."""
