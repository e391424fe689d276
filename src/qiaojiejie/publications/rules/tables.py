"""One period's figures as tables: what the workbook and the paper print, so that both say what the JSON says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qiaojiejie.credit.rules import GRADES

#: a sum of five marks (5 to 25) up to which a job was bad
LOW_MARK = 12

#: what the figures mean: (Chinese, English), in the file itself
DEFINITIONS = {
    "period": ("统计期按北京时间自然月或自然季度，首末日均含。订单、评价、投诉等按记入账本的时间计。"
               "期末后 15 天统计：此前入账的全部计入，此后的变化只见于更正版。",
               "A calendar month or quarter in China's time, first and last day included; whatever happened counts by "
               "the time it was recorded. Counted 15 days after the last day from all that was recorded before; what "
               "changes later is seen in a corrected edition only."),
    "order": ("订单指已付款（含定金）的预约；付款前取消、撤回或婉拒的不计。",
              "An order is a booking that was paid, all of it or its deposit; what was given up before that counts "
              "nowhere."),
    "bad_job": ("不合格订单：服务人员未到场、投诉经查属实（申诉撤销的除外）、或家庭五项评分合计不超过 12 分（满分 25），"
                "有其一即是，每单只计一次。分母为本期完成的订单与服务人员未到场的订单之和，申诉撤销的不计。",
                "A bad job: the worker did not come, a complaint was substantiated (and not voided on appeal), or the "
                "family's five marks sum to 12 or less of 25; each order counts once. Out of all orders completed in "
                "the period and those the worker did not come to, without what an appeal voided."),
    "grade": ("等级为下单时已公布的最近一次信用等级；“尚无”指下单时尚未公布等级。",
              "The grade is the last one published before the order; “none” had none published by then."),
    "interval": ("比率均附样本量 n 和 95% 威尔逊置信区间，以万分之一为单位，区间两端向外取整。",
                 "Rates come with n and Wilson's interval at 95 %, in 1/10000, its ends rounded outward."),
    "days": ("申诉用时为工作日；中位数和第 90 百分位数按最近秩法取值。",
             "Days to a decision are working days; median and 90th percentile by nearest rank."),
    "cells": ("为保护隐私，不足 5 人的单元格不公布（以 * 表示）；为防止推算，另有个别单元格一并不公布。",
              "Cells under 5 people are not told (*), and some others with them, so that none can be worked out."),
}


@dataclass(frozen=True)
class Column:
    """A column: its name in both languages, and how its values read: text, count (None: left out for privacy), days or
    permyriad (None: there is none)."""

    zh: str
    en: str
    reads: str = "count"


@dataclass(frozen=True)
class Table:
    """A table. ``chart``: the columns drawn as bars over the first one, of the rows that are not sums."""

    name: str
    zh: str
    en: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    chart: Sequence[int] = ()

    @property
    def drawn(self) -> list[Sequence[Any]]:
        """The rows of the chart."""
        return [row for row in self.rows if row[0] != ALL and row[self.chart[0]] is not None]


ALL = "合计 all"
_ORDERS = ("paid", "completed", "cancelled_by_household", "cancelled_by_worker", "declined_by_firm", "worker_absent",
           "household_absent")
_COMPLAINTS = ("opened", "answered", "dismissed", "reopened", "severity_1", "severity_2", "severity_3", "severity_4",
               "voided")
_AUDITS, _LOG = ("reported", "sampled", "defects", "unverifiable"), ("size", "checkpoints", "cosignatures")
_PETITIONS, _LISTS = ("appeal", "repair", "objection", "all"), ("honour", "block", "sanction")
_WORDS = {
    "paid": "已付款 paid", "completed": "已完成 completed", "cancelled_by_household": "家庭取消 cancelled by the family",
    "cancelled_by_worker": "服务人员取消 cancelled by the worker", "declined_by_firm": "企业取消 cancelled by the firm",
    "worker_absent": "服务人员未到场 worker absent", "household_absent": "家庭不在 family absent",
    "appeal": "申诉 appeals", "repair": "信用修复 credit repairs", "objection": "名单异议 objections to lists",
    "honour": "红名单 honour list", "block": "黑名单 block list", "sanction": "处罚 sanctions", "all": ALL, "none": "尚无 none",
    "opened": "受理 opened", "answered": "企业已答复 answered", "dismissed": "不成立 dismissed", "reopened": "重新处理 reopened",
    "severity_1": "属实（轻微） severity 1", "severity_2": "属实（一般） severity 2", "severity_3": "属实（严重） severity 3",
    "severity_4": "属实（特别严重） severity 4", "voided": "申诉撤销 voided on appeal",
    "reported": "已公布核查 audits reported", "sampled": "抽查条数 sampled", "defects": "发现问题 defects",
    "unverifiable": "无法核实 unverifiable", "size": "日志条数 log size", "checkpoints": "检查点 checkpoints",
    "cosignatures": "联署 cosignatures",
}
_WHAT, _NUMBER = Column("项目", "what", "text"), Column("数量", "number")


def title(data: Mapping[str, Any]) -> tuple[str, str]:
    """What a publication is called, in both languages."""
    zh, en = {"monthly": ("月报", "Monthly report"), "quarterly": ("季报", "Quarterly report")}[data["kind"]]
    return f"巧姐姐信用平台{zh} {data['period']}", f"{en} of the credit platform, {data['period']}"


def tables(data: Mapping[str, Any]) -> list[Table]:
    """The tables of a period's figures, in the order they are read."""
    return [
        Table("orders", "订单", "Orders", [_WHAT, _NUMBER], _listed(data["orders"], _ORDERS), chart=[1]),
        _bad_jobs(data["bad_jobs"]),
        Table("ratings", "家庭评价", "Families' ratings", [Column("星级", "stars", "text"), _NUMBER],
              [*([stars, data["ratings"]["by_stars"][stars]] for stars in "54321"), [ALL, data["ratings"]["number"]]],
              chart=[1]),
        Table("complaints", "投诉", "Complaints", [_WHAT, _NUMBER], _listed(data["complaints"], _COMPLAINTS), chart=[1]),
        _petitions(data["petitions"]),
        _spread(data["grades"]),
        Table("lists", "名单", "Lists", [Column("名单", "list", "text"), Column("列入", "entered"), Column("移出", "left"),
                                       Column("期末在列", "standing at the end")],
              [[_WORDS[name], *(data["lists"][name][what] for what in ("entered", "left", "standing"))]
               for name in _LISTS]),
        Table("audits", "核查与公开日志", "Audits and the public log", [_WHAT, _NUMBER],
              [*_listed(data["audits"], _AUDITS), *_listed(data["log"], _LOG)]),
        _by_firm(data["grades"]),
    ]


def _listed(numbers: Mapping[str, Any], names: Sequence[str]) -> list[list[Any]]:
    return [[_WORDS[name], numbers[name]] for name in names]


def _bad_jobs(rows: Iterable[Mapping[str, Any]]) -> Table:
    names = ("grade", "n", "bad", "permyriad", "low_permyriad", "high_permyriad", "worker_absent", "complaint",
             "low_marks")
    columns = [Column("等级", "grade", "text"), Column("订单", "n"), Column("不合格", "bad"),
               Column("不合格率", "rate", "permyriad"), Column("下限", "from", "permyriad"),
               Column("上限", "to", "permyriad"), Column("未到场", "absent"), Column("投诉属实", "complaint"),
               Column("低分", "low marks")]
    return Table("bad_jobs", "按等级的不合格订单率", "Bad jobs by grade", columns,
                 [[_WORDS.get(row["grade"], row["grade"]), *(row[name] for name in names[1:])] for row in rows],
                 chart=[3])


def _petitions(rows: Mapping[str, Mapping[str, Any]]) -> Table:
    names = ("opened", "decided", "upheld", "partly_upheld", "dismissed", "withdrawn", "days_median", "days_90th")
    columns = [Column("类别", "kind", "text"), Column("受理", "opened"), Column("已决定", "decided"), Column("成立", "upheld"),
               Column("部分成立", "partly"), Column("不成立", "dismissed"), Column("撤回", "withdrawn"),
               Column("中位天数", "median days", "days"), Column("九成天数", "90 % within", "days")]
    return Table("petitions", "申诉、修复与异议", "Petitions", columns,
                 [[_WORDS[kind], *(rows[kind][name] for name in names)] for kind in _PETITIONS])


def _spread(found: Mapping[str, Any]) -> Table:
    return Table("grades", "期末等级分布", "Grades at the end of the period",
                 [Column("等级", "grade", "text"), Column("人数", "workers")],
                 [*([grade, found["all"][grade]] for grade in GRADES), [ALL, found["all"]["total"]]], chart=[1])


def _by_firm(found: Mapping[str, Any]) -> Table:
    columns = [Column("企业", "firm", "text"), *(Column(grade, grade) for grade in GRADES), Column("合计", "all")]
    return Table("firms", "各企业的等级分布", "Grades by firm", columns,
                 [[row["name"], *(row[grade] for grade in GRADES), row["total"]] for row in found["firms"]])
