"""Why somebody comes on a list, for how long, and when they may still object. Pure: days are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qiaojiejie.lists.errors import LevelMismatch, NoticeRunning, ObjectionOpen, ReasonNotOfList

KINDS = {"honour": ("红名单", "honour list"), "block": ("黑名单", "block list"), "sanction": ("处罚", "sanction")}
LEVELS = (1, 2, 3)
#: the last day to object is so many days after the proposal
NOTICE_DAYS = 15
#: how long a sanction of a level lasts
SANCTION_DAYS = {1: 90, 2: 180, 3: 365}
MOST_EVIDENCE = 10
BECAUSE = {"expiry": ("期满移出", "its term ended"), "repair": ("信用修复", "credit repair"),
           "objection": ("异议成立", "an objection was upheld"), "correction": ("更正", "it was corrected")}


@dataclass(frozen=True)
class Reason:
    """A typed reason: words, the basis it rests on, the lists it goes with, its term, and whether safety can't wait."""

    chinese: str
    english: str
    basis: str
    basis_english: str
    kinds: frozenset[str]
    days: int = 365
    urgent: bool = False


_OURS = ("平台自律规则（本产品自定）", "the platform's own rules")
_LAW = ("有关机关的生效决定", "an authority's decision in force")
_HONOUR, _BLOCK = frozenset({"honour"}), frozenset({"block"})
_HURTS = frozenset({"block", "sanction"})

#: reasons and terms are this product's own; those resting on a decision need it among the evidence
REASONS: dict[str, Reason] = {
    "model_worker": Reason("获评先进、技术能手或优质服务典型", "named a model or a master of the trade", *_OURS, _HONOUR),
    "long_good_service": Reason("长期服务优良、无属实投诉", "long good service without an upheld complaint", *_OURS, _HONOUR),
    "public_good": Reason("参与公益服务表现突出", "outstanding in service to the public", *_OURS, _HONOUR),
    "theft_or_fraud": Reason("盗窃、诈骗家庭财物", "theft from or fraud on a family", *_LAW, _BLOCK, 1095, True),
    "harm_to_person": Reason("伤害、虐待被服务人", "harm to or abuse of a person cared for", *_LAW, _BLOCK, 1095, True),
    "false_identity": Reason("冒用身份或伪造证件", "a false identity or forged papers", *_OURS, _BLOCK, 730, True),
    "offence_found": Reason("背景核查发现禁业情形", "an offence that bars from this work", *_LAW, _BLOCK, 1095, True),
    "grave_breach": Reason("严重违约、拒不改正", "a grave breach, not made good", *_OURS, _BLOCK, 365),
    "complaints_unanswered": Reason("多次不答复投诉", "complaints left unanswered again and again", *_OURS, _HURTS, 365),
    "off_platform": Reason("诱导私下交易", "luring families off the platform", *_OURS, _HURTS, 180),
    "false_records": Reason("弄虚作假、刷单刷评", "false records, bought orders or praise", *_OURS, _HURTS, 365),
    "uninsured_work": Reason("派未投保或证件过期人员上门", "sending people uninsured or with lapsed papers", *_OURS, _HURTS, 180),
    "breach": Reason("违反服务规范", "a breach of the standards of service", *_OURS, frozenset({"sanction"}), 90),
}


def check(*, kind: str, reason: str, level: int | None) -> None:
    """A reason goes with its lists, a level with a sanction. Raises ReasonNotOfList, LevelMismatch."""
    if kind not in REASONS[reason].kinds:
        raise ReasonNotOfList(reason=reason)
    if (kind == "sanction") != (level is not None):
        raise LevelMismatch()


def objection_until(*, kind: str, reason: str, today: date) -> date:
    """The last day to object before it is entered: the day itself for honours and where safety can't wait."""
    if kind == "honour" or REASONS[reason].urgent:
        return today
    return today + timedelta(days=NOTICE_DAYS)


def check_entry(*, waits: bool, objection_until: date, contested: bool, today: date) -> None:
    """May it be entered today? Raises NoticeRunning, ObjectionOpen."""
    if not waits:
        return
    if today <= objection_until:
        raise NoticeRunning(until=objection_until)
    if contested:
        raise ObjectionOpen()


def exit_date(*, reason: str, level: int | None, today: date) -> date:
    """Its last day, when it is entered today."""
    return today + timedelta(days=REASONS[reason].days if level is None else SANCTION_DAYS[level])


def told() -> Sequence[dict[str, object]]:
    """Every reason as it is shown."""
    return [{"code": code, "zh": each.chinese, "en": each.english, "basis_zh": each.basis,
             "basis_en": each.basis_english, "kinds": sorted(each.kinds), "days": each.days, "urgent": each.urgent}
            for code, each in REASONS.items()]
