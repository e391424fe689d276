"""Refusals of credit."""

from qiaojiejie.core.errors import NotFound


class RuleNotFound(NotFound):
    """没有这个版本的评分规则。
    There is no such version of the rule."""


class CalibrationNotFound(NotFound):
    """该月没有发布校准数据。
    No calibration was published for that month."""
