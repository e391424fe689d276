"""What the jobs wall refuses."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class OpeningNotFound(NotFound):
    """没有找到该岗位。
    There is no such opening."""


class ApplicationNotFound(NotFound):
    """没有找到该求职申请。
    There is no such application."""


class OpeningOver(Conflict):
    """该岗位已停止招聘（截止 {until}）。
    This opening is over; its last day was {until}."""


class OpeningFull(Conflict):
    """该岗位的 {places} 个名额都已有人。
    All {places} places of this opening are filled."""


class AlreadyApplied(Conflict):
    """已申请过该岗位，请等待答复。
    There is an application for this opening already; wait for its answer."""


class WageDoesNotFit(Invalid):
    """最低工资不能高于最高工资。
    The lower end of the wage is above the upper one."""


class OpeningDaysDoNotFit(Invalid):
    """截止日期须在今天或以后，{most} 天之内。
    The last day is today or later, {most} days from now at most."""


class PlacedOnDoesNotFit(Invalid):
    """上岗日期须在申请之后、{most} 天之内。
    The first day at work lies after the application, {most} days from now at most."""


class WorkNotBegun(Conflict):
    """{on} 上岗，当天起才能确认。
    The first day at work is {on}; it can be confirmed from then on."""
