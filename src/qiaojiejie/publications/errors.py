"""How publications refuse."""

from qiaojiejie.core.errors import Conflict, NotFound


class PublicationNotFound(NotFound):
    """没有这一期公报，或没有这一版；请从公报列表中选择。
    There is no such publication or edition: see the list of publications."""


class NothingToCorrect(Conflict):
    """重新统计的结果与最近一版相同，无需更正。
    Counted again, the figures are those of the newest edition: there is nothing to correct."""
