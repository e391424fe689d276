"""A cancellation policy, and what is agreed of an engagement by days, as a family reads them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from qiaojiejie.booking.rules.hours import between, told


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


def engagement(plan: Mapping[str, Any], awaited: bool) -> dict[str, Any]:
    """What is frozen of an engagement by days (``rules.days``), for programs and in words; ``awaited``: nobody has said
    yet when it begins."""
    window, trial = plan.get("window"), int(plan.get("trial_days", 0))
    said = [_shift(plan), _babies(plan), _window(plan, awaited), _trial(trial, int(plan.get("replacement_days", 0)))]
    return {"shift": plan.get("shift"), "babies": plan.get("babies"), "trial_days": trial,
            "replacement_days": int(plan.get("replacement_days", 0)), "half_minutes": plan.get("half_minutes"),
            "window": window and {name: date.fromisoformat(window[name]) for name in ("due_on", "earliest", "latest")},
            "words": "；".join(zh for zh, _ in filter(None, said)),
            "words_en": "; ".join(en for _, en in filter(None, said))}


def _shift(plan: Mapping[str, Any]) -> tuple[str, str] | None:
    if "shift" not in plan:
        return None
    taken = plan["days"][0]["hours"][0]
    starts, ends = map(told, taken)
    return (f"{plan['shift_name']} {between(*taken)}",
            f"{plan['shift']} shift, {starts} to {ends.removeprefix('次日 ')}")


def _babies(plan: Mapping[str, Any]) -> tuple[str, str] | None:
    times = plan["wage_permille"] / 1000 if plan.get("babies", 1) > 1 else 0
    return (f"双胞胎，劳务费按 {times:g} 倍计", f"twins: {times:g} times the wage") if times else None


def _window(plan: Mapping[str, Any], awaited: bool) -> tuple[str, str] | None:
    if "window" not in plan:
        return None
    due, earliest, latest = (plan["window"][name] for name in ("due_on", "earliest", "latest"))
    if not awaited:
        first = plan["days"][0]["day"]
        return f"预产期 {due}，定于 {first} 开始", f"due {due}, begins on {first}"
    return (f"预产期 {due}，为您预留 {earliest} 至 {latest} 之间任一天开始；宝宝出生后请说明开始日期，总价不会因此提高",
            f"due {due}; she is held for a start on any day from {earliest} to {latest}: say when; the total never "
            "rises")


def _trial(trial: int, replacement: int) -> tuple[str, str] | None:
    if not trial:
        return None
    return (f"前 {trial} 天为试用：不合适可提前结束，只付已工作的天数；企业在 {replacement} 天内安排更换，换人后重新试用",
            f"the first {trial} days are a trial: end it and pay only days worked; the firm finds another worker "
            f"within {replacement} days, and the trial begins anew with her")
