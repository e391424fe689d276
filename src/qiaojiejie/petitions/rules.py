"""Who may ask for what, until when and on which grounds; until when it is decided; what repair needs. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from qiaojiejie.core import workdays
from qiaojiejie.petitions.errors import (
    AuthorityRequired,
    BlamedSince,
    FiledTooLate,
    GroundDoesNotFit,
    NotAppealable,
    NotRepairable,
    OutcomeDoesNotFit,
    PromiseRequired,
    RemedyNotProven,
    TooEarlyToRepair,
)

KINDS = {"appeal": "申诉", "repair": "信用修复", "objection": "名单异议"}
FILE_DAYS = 180
DECIDE_WORKING_DAYS = 15
#: a returned petition nobody completes is over after so long
LAPSE_DAYS = 30
MOST_EVIDENCE = 10
MOST_EVENTS = 20
RATER = "rater"

#: ground → (Chinese, English, kinds it goes with)
GROUNDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "not_me": ("不是我（认错人）", "it was not me", ("appeal", "objection")),
    "not_true": ("与事实不符", "it did not happen so", ("appeal", "objection")),
    "not_my_fault": ("非本人责任", "it was not my fault", ("appeal", "objection")),
    "too_severe": ("认定过重", "it was judged too severely", ("appeal", "objection")),
    "recorded_wrongly": ("重复或记录有误", "recorded twice or wrongly", ("appeal", "objection")),
    "procedure": ("程序有误", "the procedure was not kept", ("appeal", "objection")),
    "wrongly_dismissed": ("投诉不应被驳回", "my complaint should not have been dismissed", ("appeal",)),
    RATER: ("我的评价权重有误", "my weight as a rater is wrong", ("appeal",)),
    "remedied": ("已整改并消除影响", "it was made good", ("repair",)),
}
#: reason of a decision → (Chinese, English, whether something is upheld by it)
REASONS: dict[str, tuple[str, str, bool]] = {
    "facts_wrong": ("原认定事实有误", "what was found was wrong", True),
    "evidence_insufficient": ("原认定证据不足", "the finding lacked evidence", True),
    "procedure_wrong": ("原程序有误", "the procedure was wrong", True),
    "measure_too_severe": ("原措施过重", "the measure was too severe", True),
    "remedy_proven": ("整改属实，符合修复条件", "made good as repair demands", True),
    "facts_stand": ("原认定事实清楚", "what was found stands", False),
    "no_new_evidence": ("未提供足以推翻的证据", "nothing was shown that overturns it", False),
    "remedy_not_proven": ("整改不实或不足", "it was not made good", False),
}

#: what each may appeal against
APPEALABLE: dict[str, frozenset[str]] = {
    "worker": frozenset({"rating", "order_completed", "no_show", "cancel_worker", "complaint_opened",
                         "complaint_substantiated", "mediation"}),
    "firm": frozenset({"rating", "order_completed", "no_show", "cancel_worker", "cancel_firm", "complaint_opened",
                       "complaint_answered", "complaint_substantiated", "complaint_dismissed", "mediation",
                       "blocked_worker_sent"}),
    "household": frozenset({"complaint_dismissed", "rating"}),
}
#: whose voiding takes everything about the complaint with it
WHOLE_COMPLAINT = ("complaint_opened", "complaint_substantiated")

#: from which day on a tier can be repaired; the first wears out by itself, the fourth needs the authority's document
REPAIR_AFTER = {2: 90, 3: 365, 4: 365}
_LISTED_TIERS = {"sanction": 2, "blacklist_on": 3}


def check_ground(kind: str, ground: str) -> None:
    """Does a ground go with a kind of petition? Raises GroundDoesNotFit."""
    if kind not in GROUNDS[ground][2]:
        raise GroundDoesNotFit(ground=ground)


def check_appeal(*, role: str, types: Iterable[str], days: Iterable[date], today: date) -> None:
    """May a party appeal against events of these types and days? The last day still counts.

    Raises NotAppealable, FiledTooLate.
    """
    for type_ in types:
        if type_ not in APPEALABLE[role]:
            raise NotAppealable(type=type_)
    check_in_time(days, today)


def check_in_time(days: Iterable[date], today: date) -> None:
    """May something of these days still be contested? Raises FiledTooLate."""
    if any(today > day + timedelta(days=FILE_DAYS) for day in days):
        raise FiledTooLate(days=FILE_DAYS)


def tier(type_: str, data: Mapping[str, Any]) -> int:
    """How grave an event is, 1 to 4; 0: nothing to repair."""
    if type_ == "complaint_substantiated":
        return int(data["severity"])
    return _LISTED_TIERS.get(type_, 0)


def check_repair(events: Sequence[Mapping[str, Any]], later: Iterable[Mapping[str, Any]], *, today: date) -> None:
    """May these events ({entry, type, day, tier}) be repaired on a day, with ``later`` (all that stands about the same
    subject)? Raises NotRepairable, TooEarlyToRepair, BlamedSince.
    """
    for event in events:
        if event["tier"] not in REPAIR_AFTER:
            raise NotRepairable(type=event["type"])
        first = event["day"] + timedelta(days=REPAIR_AFTER[event["tier"]])
        if today < first:
            raise TooEarlyToRepair(on=first)
    asked, since = {event["entry"] for event in events}, max(event["day"] for event in events)
    if any(event["tier"] >= 2 and event["entry"] not in asked and event["day"] >= since for event in later):
        raise BlamedSince()


def check_proof(*, tiers: Iterable[int], promise: bool, proofs: int, authority: bool) -> None:
    """Is there what repair needs? Raises PromiseRequired, RemedyNotProven, AuthorityRequired."""
    if not promise:
        raise PromiseRequired()
    if not proofs:
        raise RemedyNotProven()
    if max(tiers) == 4 and not authority:
        raise AuthorityRequired()


def due_on(today: date) -> date:
    """The last day to decide what is filed today."""
    return workdays.after(today, DECIDE_WORKING_DAYS)


def check_outcome(*, refs: Collection[int], upheld: Collection[int], whole: bool, reason: str) -> str:
    """``uphold``, ``uphold_partly`` or ``dismiss``. Without refs ``whole`` says which. Raises OutcomeDoesNotFit."""
    some = bool(upheld) if refs else whole
    if not set(upheld) <= set(refs) or REASONS[reason][2] != some:
        raise OutcomeDoesNotFit(reason=reason)
    if not some:
        return "dismiss"
    return "uphold" if len(set(upheld)) == len(refs) else "uphold_partly"


def told() -> dict[str, Any]:
    """Grounds, reasons and time limits as they are shown."""
    return {"grounds": [{"code": code, "zh": zh, "en": en, "kinds": list(kinds)}
                        for code, (zh, en, kinds) in GROUNDS.items()],
            "reasons": [{"code": code, "zh": zh, "en": en, "upholds": upholds}
                        for code, (zh, en, upholds) in REASONS.items()],
            "file_days": FILE_DAYS, "decide_working_days": DECIDE_WORKING_DAYS}
