"""A cancellation policy, and a firm's time to answer, as a family reads them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any


def tier_words(policy: Mapping[str, Any], bound: timedelta | None) -> tuple[str, str]:
    """A tier of a policy as a family reads it, in Chinese and English; None: after the start."""
    if bound is None:
        permille = policy["no_show_permille"]
        return f"服务开始后取消，收取 {_percent(permille)}", f"after the start: {_percent(permille)}"
    tiers = policy["tiers"]
    place = next(i for i, tier in enumerate(tiers) if timedelta(minutes=tier["from_minutes"]) == bound)
    permille, least = tiers[place]["permille"], tiers[place]["from_minutes"]
    charge = (f"收取 {_percent(permille)}", _percent(permille)) if permille else ("免费", "free")
    if place == 0:
        return (f"开始前 {_span(least, ' 小时', ' 分钟')}以上取消，{charge[0]}",
                f"{_span(least, ' h', ' min')} or more before the start: {charge[1]}")
    most = tiers[place - 1]["from_minutes"]
    if least == 0:
        return (f"开始前不足 {_span(most, ' 小时', ' 分钟')}取消，{charge[0]}",
                f"less than {_span(most, ' h', ' min')} before the start: {charge[1]}")
    return (f"开始前 {_span(least, ' 小时', ' 分钟')}至 {_span(most, ' 小时', ' 分钟')}取消，{charge[0]}",
            f"{_span(least, ' h', ' min')} to {_span(most, ' h', ' min')} before the start: {charge[1]}")


def grace_words(minutes: int, accepted: bool) -> tuple[str, str]:
    """That cancelling is free for a while after paying, or after the firm accepted, in Chinese and English."""
    since, since_en = ("企业接单", "the firm's accepting") if accepted else ("付款", "paying")
    return f"{since}后 {minutes} 分钟内取消，免费", f"within {minutes} minutes of {since_en}: free"


def answer_words(minutes: int) -> tuple[str, str]:
    """How long a firm has to answer as a family reads it, in Chinese and English."""
    return (f"企业须在 {_span(minutes, ' 小时', ' 分钟')}内答复，婉拒或逾期全额退款",
            f"the firm answers within {_span(minutes, ' h', ' min')}; declined or unanswered, everything is refunded")


def _percent(permille: int) -> str:
    return f"{permille / 10:g} %"


def _span(minutes: int, hours_word: str, minutes_word: str) -> str:
    return f"{minutes}{minutes_word}" if minutes % 60 else f"{minutes // 60}{hours_word}"
