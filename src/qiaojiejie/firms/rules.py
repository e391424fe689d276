"""What a firm's file may say, who may change what when, and why an application is returned: pure, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import phonenumbers

#: states in which a firm's file is open to everybody
PUBLIC = ("on_platform", "suspended")
#: states in which a firm waits for the federation
WAITING = ("applied", "under_review")

#: states in which a firm takes nobody on
CLOSED_TO_STAFF = ("suspended", "closed")

MODE_NAMES = {"employs": "员工制", "introduces": "中介"}

_CONTACT = frozenset({"phone", "description", "region_codes"})
_ALL = _CONTACT | {"name", "mode", "licence_media_id", "licence_valid_until", "legal_representative", "address",
                   "founded_on", "outlets"}

#: what a manager may change in each state; the USCC in none, and nothing while the federation is reading
CHANGEABLE: dict[str, frozenset[str]] = {
    "applied": _ALL, "returned": _ALL, "under_review": frozenset(), "on_platform": _CONTACT, "suspended": _CONTACT,
    "closed": frozenset(),
}

#: how the parts of a file are called in Chinese
FIELD_NAMES = {
    "phone": "联系电话", "description": "企业介绍", "region_codes": "服务区域", "name": "企业名称", "mode": "经营方式",
    "licence_media_id": "营业执照", "licence_valid_until": "营业执照有效期", "legal_representative": "法定代表人",
    "address": "地址", "founded_on": "成立日期", "outlets": "门店数",
}

#: the parts of a file a reason may point at
FIELDS = ("uscc", *sorted(_ALL))


@dataclass(frozen=True)
class Reason:
    """A typed reason: how it reads in Chinese and English, and the steps it goes with."""

    chinese: str
    english: str
    steps: frozenset[str]


_RETURN, _SUSPEND, _CLOSE = frozenset({"return"}), frozenset({"suspend"}), frozenset({"close"})
_BOTH = _RETURN | _SUSPEND

#: Reasons for returning follow the typed list in use in Guangdong (name or number mistyped, stamp missing, illegible,
#: photo unusable, authorisation undated); those about the licence and for suspending are this platform's own.
REASONS: dict[str, Reason] = {
    "name_mistyped": Reason("名称或姓名填写有误", "A name is mistyped", _RETURN),
    "number_mistyped": Reason("证件号码填写有误", "A number is mistyped", _RETURN),
    "stamp_missing": Reason("材料未盖章", "The paper bears no stamp", _RETURN),
    "illegible": Reason("材料模糊无法辨认", "The paper can't be read", _RETURN),
    "photo_unusable": Reason("照片不符合要求", "The photo can't be used", _RETURN),
    "authorisation_undated": Reason("授权书未写日期", "The authorisation bears no date", _RETURN),
    "licence_mismatch": Reason("填报内容与营业执照不一致", "The application differs from the licence", _RETURN),
    "licence_lapsed": Reason("营业执照已过期", "The licence has run out", _BOTH),
    "scope_lacks_housekeeping": Reason("经营范围不含家政服务", "The licence does not cover housekeeping",
                                       _RETURN | _CLOSE),
    "contact_unreachable": Reason("联系电话无法接通", "Nobody can be reached at the phone given",
                                  _BOTH | _CLOSE),
    "left_unmended": Reason("退回后长期未补正", "It was returned and never mended", _CLOSE),
    "not_the_firm": Reason("申请并非企业本身提出", "The firm itself did not apply", _CLOSE),
    "complaints_unanswered": Reason("投诉长期不答复", "Complaints are left unanswered", _SUSPEND),
    "rules_breached": Reason("违反平台规则", "The platform's rules were broken", _SUSPEND),
    "requested": Reason("企业自行提出", "The firm asked for it", _SUSPEND | _CLOSE),
    "other": Reason("其他（见说明）", "Something else; see the note", _BOTH | _CLOSE),
}

#: steps that are never taken without saying why
NEEDS_REASONS = frozenset({"return", "suspend", "close"})


def frozen_fields(state: str, fields: Collection[str]) -> list[str]:
    """Of the fields to change, those that may not be changed in a state, sorted."""
    return sorted(set(fields) - CHANGEABLE[state])


def misfit(step: str, codes: Collection[str]) -> str | None:
    """The first of some reasons that does not go with a step, or None."""
    return next((code for code in codes if step not in REASONS[code].steps), None)


def telephone(text: str) -> str | None:
    """A mainland fixed, mobile or 400 number as it is usually written; None when it is none."""
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 86 or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def in_date(valid_until: date | None, on: date) -> bool:
    """Whether a licence counts on a day; one without an end (长期) always does. Its last day still counts."""
    return valid_until is None or on <= valid_until


def years(founded_on: date | None, on: date) -> int | None:
    """Whole years since a firm was founded; None when nobody said when."""
    if founded_on is None:
        return None
    return on.year - founded_on.year - ((on.month, on.day) < (founded_on.month, founded_on.day))
