"""What feeds refuse."""

from qiaojiejie.core.errors import NotFound, TooMany


class CalendarFeedNotFound(NotFound):
    """没有这个日历订阅，或它已停用。
    There is no such calendar feed, or it was revoked."""


class FetchedTooOften(TooMany):
    """日历订阅刷新过于频繁，请稍后再试。
    This calendar feed is fetched too often; try again later."""
