"""How series refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class SeriesNotFound(NotFound):
    """没有找到这组周期服务。
    There is no such series."""


class OccurrenceNotFound(NotFound):
    """这组周期服务中没有 {day} 这一次。
    This series has no occurrence on {day}."""


class RuleNotUnderstood(Invalid):
    """重复规则须为每 1–4 周、写明星期几，并给出次数或截止日，如 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=12。
    The rule must be weekly (INTERVAL 1–4), with BYDAY and either COUNT or UNTIL, such as
    FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=12."""


class StartNotInRule(Conflict):
    """首次的日期须是重复规则里的星期几之一。
    The first visit must fall on a weekday of the rule."""


class SeriesTooShort(Conflict):
    """周期服务至少两次；只要一次请直接预约。
    A series has two visits at least; book a single one as such."""


class SeriesTooLong(Conflict):
    """周期服务最多 {most} 次、{months} 个月。
    A series has at most {most} visits within {months} months."""


class BeyondSeries(Conflict):
    """只能改到 {until} 之前。
    A visit can be moved to a time before {until}."""


class SeriesPriceChanged(Conflict):
    """价格已变：现在每次 {price_display}，请确认后再预约。
    The price has changed: a visit is {price_display} now; confirm that amount."""


class OccurrencesTaken(Conflict):
    """有 {count} 次排不上：{days}。请另选时间、略过这些次，或换一位服务人员。
    {count} visits can't be as asked: {days}. Move them, leave them out, or choose another worker."""


class NothingToBook(Conflict):
    """一次也排不上，请换一个时间或另选一位服务人员。
    Not one visit is possible; choose another time or another worker."""


class VisitsPaid(Conflict):
    """{days} 已付款或已开始：请在那笔预约里改期；要换人，请企业提出。
    The visits of {days} are paid or have begun: move such a visit by POST /bookings/{booking}/reschedules; another
    worker comes when the firm offers her by POST /bookings/{booking}/substitutions."""


class VisitsBeingPaid(Conflict):
    """{days} 正在付款，请等付款有结果后再更换服务人员。
    The visits of {days} are being paid; change the worker once that has come to an end."""


class NothingToChange(Conflict):
    """没有可以这样更改的服务。
    There is no visit ahead that this would change."""


class StillBooked(Conflict):
    """{day} 这一次还在，不需要恢复。
    The visit of {day} still stands; there is nothing to bring back."""
