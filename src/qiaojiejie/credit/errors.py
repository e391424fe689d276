"""Refusals of credit."""

from qiaojiejie.core.errors import Conflict, NotFound


class RuleNotFound(NotFound):
    """没有这个版本的评分规则。
    There is no such version of the rule."""


class CalibrationNotFound(NotFound):
    """该月没有发布校准数据。
    No calibration was published for that month."""


class VersionTaken(Conflict):
    """已有另一份名为 {version} 的评分规则，请换一个版本名。
    Another rule has the name {version}: choose another one."""
