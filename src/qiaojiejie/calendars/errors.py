"""How calendars refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class SlotTaken(Conflict):
    """这段时间（含路程）刚被别人约走了，请换一个时间。
    That time, travel included, was just taken; choose another."""


class SlotsTaken(Conflict):
    """这些时间（含路程）已被约走：{times}。请换一个时间。
    Those times, travel included, are taken: {times}; choose others."""


class TooFarBetween(SlotTaken):
    """她前后另有上门，两处之间路上约需 {minutes} 分钟，只空出 {gap} 分钟，请换一个时间。
    The way from or to another visit of hers takes about {minutes} minutes, and only {gap} are free for it; choose
    another time."""


class LeaveOverlaps(Conflict):
    """这段时间她已有预约或已请假，请先处理再登记请假。
    She is engaged or already on leave then; settle that before entering this leave."""


class LeaveNotFound(NotFound):
    """没有这条请假记录。
    There is no such leave."""


class HoursOverlap(Invalid):
    """同一天的工作时段不能重叠。
    Working hours of one day must not overlap."""


class SpecialDayNotFound(NotFound):
    """没有这一天的单独安排。
    There is no day with hours of its own by this id."""
