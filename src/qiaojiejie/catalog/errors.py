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
