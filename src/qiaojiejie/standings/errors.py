"""Refusals of standings."""

from qiaojiejie.core.errors import Invalid, TooMany


class LineNotReadable(Invalid):
    """账本数据无法重算：{reason}。
    These lines can't be replayed: {reason}."""


class TooManyReplays(TooMany):
    """重算过于频繁，请一分钟后再试，或在自己的电脑上运行重算程序。
    Too many replays: try again in a minute, or run the replay on your own computer."""
