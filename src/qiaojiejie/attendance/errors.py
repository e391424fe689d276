"""How attendance refuses."""

from qiaojiejie.core.errors import Conflict, NotFound


class WorkdayNotFound(NotFound):
    """没有找到这一天的记工。
    There is no such day of work."""


class NotByTheDay(Conflict):
    """这笔预约不是按天的服务，没有记工。
    This booking is a visit; it has no days to write down."""


class NotUnderWay(Conflict):
    """服务开始后、结束前才能记工或提前结束，现在是“{state_name}”状态。
    Days are written down, and ended early, while the engagement is under way; it is {state}."""


class DayNotPlanned(Conflict):
    """{day} 不是约定的工作日。
    {day} is not one of the days of this engagement."""


class NotHerDay(Conflict):
    """{day} 不是由您服务的，请由当天的服务人员或企业记工。
    {day} is another worker's day; she or the firm writes it down."""


class DayRecordedAlready(Conflict):
    """{day} 已经记过工，如有误请修改那一条。
    {day} was written down already; if it is wrong, amend it."""


class EndedAlready(Conflict):
    """这笔服务已提前结束，等待结算。
    This engagement was ended early already and is being settled."""


class MinutesNeeded(Conflict):
    """请给出这一天工作了多少分钟。
    Say how many minutes were worked on this day."""


class ReasonNeeded(Conflict):
    """请说明有异议的原因。
    Say why the day is contested."""


class EndingQuoteChanged(Conflict):
    """退款金额已变：现在结束退款 {refund_display}（违约金 {fee_display}），请确认后再结束。
    The refund has changed: ending now refunds {refund_display} (fee {fee_display}); confirm that amount."""
