"""How the catalogue refuses."""

from qiaojiejie.core.errors import Invalid, NotFound


class UnknownService(Invalid):
    """服务目录里没有“{service}”。
    The catalogue has no service {service}."""


class UnknownRegion(Invalid):
    """平台尚未覆盖地区“{region}”。
    The region {region} is not one we serve."""


class UnknownOccupation(Invalid):
    """没有“{occupation}”这一职业，可选职业见 GET /occupations。
    There is no occupation {occupation}; GET /occupations lists them."""


class LevelNotOfOccupation(Invalid):
    """{occupation}没有 {level} 级。
    The occupation {occupation} has no level {level}."""


class ServiceNotFound(NotFound):
    """服务目录里没有这项服务。
    The catalogue has no such service."""


class PolicyNotFound(NotFound):
    """当日没有适用的取消规则。
    No cancellation policy was in force on that day."""


class FeeRulesNotFound(NotFound):
    """没有找到该企业的收费规则。
    There are no fee rules of such a firm here."""


class UnknownFirm(Invalid):
    """没有这家企业。
    There is no such firm."""


class FeeRuleTooSoon(Invalid):
    """收费规则只能从明天（{earliest}）或以后的日子起生效或停止，今天和过去的不能改。
    A fee rule begins or ends tomorrow ({earliest}) or later; what holds today or held before is not changed."""


class FeeRuleDaysDoNotFit(Invalid):
    """停止日期须晚于生效日期。
    The day a rule ends must come after the day it begins."""


class GeneralFeeStays(Invalid):
    """适用于所有企业和服务的收费规则不能停止，只能改为新的数额。
    The rule for all firms and services can't end; set other figures instead."""


class NoFeeRuleOfItsOwn(NotFound):
    """届时该企业或服务没有自己的收费规则。
    There is no rule of its own to end from that day on."""
