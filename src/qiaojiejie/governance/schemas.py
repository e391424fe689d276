"""Shapes of governance: drafts, their shadows, notices and rollbacks."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text
from qiaojiejie.credit.rules import packaged
from qiaojiejie.governance import rules
from qiaojiejie.governance.lifecycle import PROPOSAL, ROLLBACK

_HASH = "9f2c4f2c8c5e0a0d6f0d3a0f8f4f4b6c1f9d3e0c7b2a5d8e4f1a6b3c9d0e7f52"
_REASON = {"description": "published: without names", "example": "影子测算显示新到岗人员普遍降级，退回重拟。"}


def _count(example: int, **more: Any) -> fields.Integer:
    return fields.Integer(required=True, metadata={"example": example}, **more)


def _nested(messages: list[rules.Fault]) -> dict[str, Any]:
    """Faults as marshmallow nests its messages."""
    found: dict[str, Any] = {}
    for fault in messages:
        node = found
        for part in fault.path:
            node = node.setdefault(part, {})
        node.setdefault("_schema", []).append(fault.words)
    return found


class RuleProposalIn(Schema):
    """A draft: a whole rule set, or the name of one that comes with the product."""

    packaged = Text(most=20, metadata={"description": "or rule", "example": "v1.1"})
    rule = fields.Dict(keys=fields.String(), metadata={
        "description": "or packaged; same shape as a known rule (`GET /credit/rules/{version}`, constants), under a "
                       "version name of its own", "example": {"version": "v1.2"}})
    note = Text(required=True, most=2000, metadata={
        "description": "why; published: without names", "example": "对恶意差评更稳健，其余不变；模拟结果见 benchmarks/credit。"})

    @validates_schema(skip_on_field_errors=True)
    def _sensible(self, data: dict[str, Any], **_: Any) -> None:
        """Name each field of the draft that can't be."""
        if data.get("rule") is not None:
            found = rules.faults(data["rule"], packaged().values())
            if found:
                raise ValidationError({"rule": _nested(found)})


class RuleNoticeIn(Schema):
    """From which day the rule is to be in force."""

    from_day = fields.Date(required=True, metadata={"description": f"{rules.NOTICE_DAYS} days from now at the earliest",
                                                    "example": "2027-01-01"})


class RuleWithdrawalIn(Schema):
    """Why a proposal is given up."""

    reason = Text(required=True, most=1000, metadata=_REASON)


class RuleRollbackIn(Schema):
    """To which former version, and why."""

    version = Text(required=True, most=20, metadata={"example": "v1"})
    reason = Text(required=True, most=1000, metadata=_REASON)


class RuleProposalFilter(PageFilter):
    """Which proposals to list."""

    state = fields.String(validate=validate.OneOf(list(PROPOSAL.states)), metadata={"example": "noticed"})


class RuleProposalCardOut(Schema):
    """A proposal in the list."""

    id = fields.UUID(required=True)
    version = fields.String(required=True, metadata={"example": "v1.1"})
    hash = fields.String(required=True, metadata={"description": "SHA-256 of the rule set in RFC 8785 form",
                                                  "example": _HASH})
    state = fields.String(required=True, validate=validate.OneOf(list(PROPOSAL.states)), metadata={
        "example": "noticed"})
    state_name = fields.String(required=True, metadata={"example": "公告期"})
    note = fields.String(required=True, metadata={"example": "对恶意差评更稳健，其余不变。"})
    against = fields.String(required=True, metadata={"description": "the version its shadow compares with",
                                                     "example": "v1"})
    as_of = fields.Date(required=True, metadata={"description": "the day of the shadow", "example": "2026-11-23"})
    scored = _count(3100)
    to_score = _count(3100, allow_none=True)
    drafted_at = Moment(required=True)
    shadowed_at = Moment(required=True, allow_none=True)
    noticed_at = Moment(required=True, allow_none=True)
    from_day = fields.Date(required=True, allow_none=True, metadata={"example": "2027-01-01"})
    activated_at = Moment(required=True, allow_none=True)
    withdrawn_at = Moment(required=True, allow_none=True)
    withdrawn_because = fields.String(required=True, allow_none=True, metadata={"example": None})


class RuleMoveOut(Schema):
    """Somebody whom the draft moves far, by an opaque key: [score, grade] by the rule in force and by the draft."""

    key = fields.String(required=True, metadata={"example": "p_9a3c1f0e5b7d2468"})
    before = fields.List(fields.Raw(), required=True, metadata={"example": [812, "AA"]})
    after = fields.List(fields.Raw(), required=True, metadata={"example": [771, "A"]})


class RuleEffectOut(Schema):
    """What the draft does to workers, or to firms."""

    scored = _count(3000)
    displacement = fields.Dict(keys=fields.String(), required=True, metadata={
        "description": "grade by the rule in force → grade by the draft → how many; sums to `scored`",
        "example": {"AAA": {"AAA": 40, "AA": 1}}})
    up = fields.List(fields.Nested(RuleMoveOut), required=True)
    down = fields.List(fields.Nested(RuleMoveOut), required=True)


class RuleGroupOut(Schema):
    """How one group fares; all null when it is too small to be told."""

    group = fields.String(required=True, metadata={"description": "`others`: groups of under 10 together",
                                                   "example": "50–59"})
    n = _count(812, allow_none=True)
    before_tenths = fields.Integer(required=True, allow_none=True, metadata={
        "description": "mean score by the rule in force, in tenths of a point", "example": 7713})
    after_tenths = fields.Integer(required=True, allow_none=True, metadata={"example": 7729})
    lost_permyriad = fields.Integer(required=True, allow_none=True, metadata={
        "description": "the share that loses a grade, in 1/10000", "example": 123})


class RuleShadowOut(Schema):
    """What everybody would get by the draft; its RFC 8785 form has the digest in `shadow_sha256`."""

    as_of = fields.String(required=True, metadata={"example": "2026-11-23"})
    against = fields.String(required=True, metadata={"example": "v1"})
    version = fields.String(required=True, metadata={"example": "v1.1"})
    workers = fields.Nested(RuleEffectOut, required=True)
    firms = fields.Nested(RuleEffectOut, required=True)
    fairness = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(RuleGroupOut)), required=True,
                           metadata={"description": "by category (a worker counts in each she offers), age_band, "
                                                    "home_province, sex"})


class RuleProposalOut(RuleProposalCardOut):
    """A proposal with its constants and what it would do."""

    data = fields.Dict(required=True, data_key="constants", metadata={"example": {"version": "v1.1", "slow_k": 1000}})
    shadow = fields.Nested(RuleShadowOut, required=True, allow_none=True)
    shadow_sha256 = fields.String(required=True, allow_none=True, metadata={"example": _HASH})


class RuleRollbackOut(Schema):
    """Going back to a former version."""

    id = fields.UUID(required=True)
    version = fields.String(required=True, metadata={"example": "v1"})
    replaces = fields.String(required=True, metadata={"example": "v1.1"})
    reason = fields.String(required=True, metadata=_REASON)
    state = fields.String(required=True, validate=validate.OneOf(list(ROLLBACK.states)), metadata={"example": "done"})
    state_name = fields.String(required=True, metadata={"example": "已回退"})
    proposed_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)
