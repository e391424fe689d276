"""How reviews refuse."""

from qiaojiejie.core.errors import Conflict


class ReviewNotOpen(Conflict):
    """服务完成后才能评价。
    A service can be reviewed once it is completed."""


class ReviewClosed(Conflict):
    """已超过 {days} 天评价期。
    The {days} days for reviewing are over."""


class AlreadyReviewed(Conflict):
    """您已评价过这次服务。
    You have reviewed this service already."""
