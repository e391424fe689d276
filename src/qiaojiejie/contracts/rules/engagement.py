"""How a contract words the service of an engagement by days: from when until when, which days, which hours. Pure.

While another worker is looked for, the days left have no date (``waiting`` of a plan): they are counted, and the
version that names her has their dates.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from qiaojiejie.booking.rules import days as by_days, hours
from qiaojiejie.calendars.rules import LOCAL
from qiaojiejie.contracts.rules.fields import day, last_day, moment


def content_in_words(plan: by_days.Plan, name: str, category: str) -> str:
    """What is done, and that it is for twins."""
    return f"{name}（{category}）" + ("，照护双胞胎" if plan.get("babies", 1) > 1 else "")


def starts_in_words(plan: by_days.Plan, start: datetime, awaited: bool) -> str:
    """When it begins; of a birth that is ``awaited``, on which days it may and who says so."""
    if not awaited:
        return moment(start)
    due, earliest, latest = (day(date.fromisoformat(plan["window"][name])) for name in ("due_on", "earliest", "latest"))
    return (f"预产期 {due}，自 {earliest} 至 {latest} 之间的一天开始，由甲方或乙方在宝宝出生后说明；"
            "没有说明的，自最后一天开始")


def ends_in_words(plan: by_days.Plan, end: datetime, awaited: bool) -> str:
    """When it ends; of a birth that is awaited, or another worker, counted from when it begins or she does."""
    if plan.get("waiting"):
        return f"更换的家庭服务员服务满其余 {len(plan['waiting'])} 天"
    return f"自开始之日起第 {len(plan['days'])} 天" if awaited else day(last_day(end))


def days_in_words(plan: by_days.Plan, awaited: bool = False) -> str:
    """共 26 天：2026 年 12 月 1、2、3 日；2027 年 …; of days worked before she came, that they were."""
    waiting, present = plan.get("waiting", ()), by_days.hers(plan)
    before = [each for each in plan["days"] if "worker" in each]
    count = f"共 {len(plan['days']) + len(waiting)} 天"
    if awaited:
        return f"{count}，自开始之日起连续"
    said = [f"{_dates(before)}由先前的家庭服务员服务" if before else "", _dates(present),
            f"其余 {len(waiting)} 天自更换的家庭服务员开始之日起安排" if waiting else ""]
    return f"{count}：{'；'.join(filter(None, said))}"


def holidays_in_words(plan: by_days.Plan, awaited: bool = False) -> str:
    """Which days are paid several times; of a birth that is awaited, should it come on its day."""
    waiting = plan.get("waiting", ())
    found = [f"{day(date.fromisoformat(each['day']))}（{each['times']} 倍）"
             for each in plan["days"] if each["times"] != 1]
    within = "已安排的日期" if waiting else "服务期"
    said = "、".join(found) + "，已计入总价" if found else f"{within}内没有按倍数计价的法定节假日"
    if waiting:
        return f"{said}；其余 {len(waiting)} 天在安排日期时重新计算，总价不因此提高"
    return f"自预产期开始的：{said}；自其他日期开始的重新计算，总价不因此提高" if awaited else said


def hours_in_words(plan: by_days.Plan, start: datetime) -> str:
    """When she comes, between which hours she works where it is not all of the day, and what half a day is."""
    return "；".join([
        f"首日 {start.astimezone(LOCAL):%H:%M} 到达", *_daily(plan),
        f"一天工作不超过 {plan['half_minutes'] / 60:g} 小时计半天，超过计一天"])


def _daily(plan: by_days.Plan) -> list[str]:
    """The hours of each day once where all have the same, else with the days that have them."""
    waiting = plan.get("waiting", ())
    found: dict[str, list[Mapping[str, Any]]] = {
        _between(each): [] for each in (*plan["days"], *waiting) if "hours" in each}
    if len(found) < 2:
        return [f"每天{plan.get('shift_name', '')} {between}" for between in found]
    for each in plan["days"]:
        found[_between(each)].append(each)
    return [*(f"{_dates(of)} {between}" for between, of in found.items() if of),
            *(["其余各天的时间在安排日期时确定"] if waiting else [])]


def _between(planned: Mapping[str, Any]) -> str:
    return "、".join(hours.between(*each) for each in planned["hours"])


def _dates(planned: Iterable[Mapping[str, Any]]) -> str:
    dated = [date.fromisoformat(each["day"]) for each in planned]
    return "；".join(f"{year} 年 {month} 月 {'、'.join(str(each.day) for each in of)} 日"
                    for (year, month), of in groupby(dated, key=lambda each: (each.year, each.month)))
