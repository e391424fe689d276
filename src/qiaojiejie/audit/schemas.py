"""Shapes of audits."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from qiaojiejie.audit import rules
from qiaojiejie.audit.lifecycle import AUDIT, FLAG, TASK
from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text

ACCOUNT = {"description": "account of the federation"}
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FIRST = date(2000, 1, 1)
WHOM = ["household", "worker"]
SAID = {"description": "sealed at rest; never in the report", "example": "与家庭核对，服务时间和金额均一致。"}


class Bytes32(fields.String):
    """32 bytes in lower-case hex."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) != 64 or set(text) - set("0123456789abcdef"):
            raise ValidationError("须为 64 位小写十六进制|64 lower-case hex digits, please")
        return bytes.fromhex(text)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.hex()


def _names(names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {"description": "; ".join(f"{code} {zh}" for code, (zh, _) in names.items())}


class AuditIn(Schema):
    """What is to be audited, and the commitment."""

    population = fields.String(required=True, validate=validate.OneOf(list(rules.POPULATIONS)), metadata={
        **_names(rules.POPULATIONS), "example": "order_completed"})
    from_day = fields.Date(required=True, validate=validate.Range(min=FIRST), metadata={"example": "2026-10-01"})
    to_day = fields.Date(required=True, metadata={"description": "inclusive; before the draw", "example": "2026-10-31"})
    rate = fields.Integer(required=True, strict=True, validate=validate.OneOf(list(rules.RATES)), metadata={
        "description": "defect rate to be found with 95 % certainty, in 1/10000 → sample: " + ", ".join(
            f"{rate} → {size}" for rate, size in rules.RATES.items()), "example": 500})
    commitment = Bytes32(required=True, metadata={
        "description": "hex SHA-256 of 32 random bytes that you keep to yourself until the draw", "example": DIGEST})
    source = Text(required=True, most=300, metadata={
        "description": "which public draw it will be and in which order its parts are written; without names",
        "example": "中国福利彩票双色球 2026-12-10 开奖号码：六个红球由小到大，再写蓝球，各两位数字"})
    draw_on = fields.Date(required=True, metadata={"description": "at least 7 days from now", "example": "2026-12-10"})


class AuditDrawIn(Schema):
    """What was secret, and what nobody could know."""

    nonce = Bytes32(required=True, metadata={"description": "the 32 bytes the commitment was made from",
                                             "example": "00" * 31 + "2a"})
    public_draw = fields.String(required=True, validate=validate.Regexp(
        "^(?:" + rules.PUBLIC_DRAW.pattern + r")\Z"), metadata={
        "description": "its parts in the order the plan says, one blank between them",
        "example": "03 07 12 19 25 31 08"})


class AuditCancelIn(Schema):
    """Why an audit is given up."""

    reason = Text(required=True, most=500, metadata={"description": "everybody can read it; without names",
                                                     "example": "当期开奖推迟，另行安排。"})


class AuditFilter(PageFilter):
    """Which audits to list."""

    state = fields.String(validate=validate.OneOf(list(AUDIT.states)), metadata={"example": "planned"})


class AuditCardOut(Schema):
    """An audit in a list; what the draw adds is null until then."""

    id = fields.UUID(required=True)
    key = fields.String(required=True, metadata={"description": "in the log", "example": "a_1d5b0c7e9f3a24681d5b0c7e"})
    state = fields.String(required=True, metadata={"example": "drawn"})
    state_name = fields.String(required=True, metadata={"example": "已抽样"})
    population = fields.String(required=True, metadata={"example": "order_completed"})
    from_day, to_day = fields.Date(required=True), fields.Date(required=True)
    rate = fields.Integer(required=True, metadata={"example": 500})
    commitment = Bytes32(required=True, metadata={"example": DIGEST})
    source = fields.String(required=True, metadata={"example": "中国福利彩票双色球 2026-12-10 开奖号码"})
    draw_on = fields.Date(required=True, metadata={"example": "2026-12-10"})
    planned_at = Moment(required=True)
    log_size = fields.Integer(required=True, allow_none=True, metadata={"example": 104_233})
    root = Bytes32(required=True, allow_none=True, metadata={"example": DIGEST})
    nonce = Bytes32(required=True, allow_none=True, metadata={"example": "00" * 31 + "2a"})
    public_draw = fields.String(required=True, allow_none=True, metadata={"example": "03 07 12 19 25 31 08"})
    frame = fields.Integer(required=True, allow_none=True, metadata={"example": 2481})
    drawn_at = Moment(required=True, allow_none=True)
    report_sha256 = fields.String(required=True, allow_none=True, metadata={"example": DIGEST})
    reported_at = Moment(required=True, allow_none=True)
    cancelled_because = fields.String(required=True, allow_none=True, metadata={"example": "当期开奖推迟，另行安排。"})
    cancelled_at = Moment(required=True, allow_none=True)


class AuditOut(AuditCardOut):
    """An audit as everybody sees it."""

    sample = fields.List(fields.Integer(), required=True, allow_none=True, metadata={
        "description": "indices in the log, in order", "example": [17, 204, 390]})
    tasks = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "how many are in each state", "example": {"accepted": 41, "assigned": 18}})


class AuditReportOut(Schema):
    """A published report."""

    report = fields.Dict(required=True, metadata={
        "description": "plan, draw, counts, bounds in 1/10000, and each leaf's verdict", "example": {
            "sample_size": 59, "frame": 2481, "counts": {"sound": 58, "defect": 1, "unverifiable": 0},
            "rate_permyriad": 169, "bound_permyriad": 780, "confidence": "0.95"}})
    sha256 = fields.String(required=True, metadata={"description": "of the report's canonical JSON (RFC 8785)",
                                                    "example": DIGEST})
    published_at = Moment(required=True)


class AuditAssignmentIn(Schema):
    """Whom an audit's open tasks go to."""

    account_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 50), metadata={
        "example": ["0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"]})
    due_on = fields.Date(allow_none=True, load_default=None, metadata={"example": "2027-01-10"})


class AuditTaskAssignmentIn(Schema):
    """Whom one task goes to."""

    auditor_id = fields.UUID(required=True, attribute="account_id", metadata=ACCOUNT)
    due_on = fields.Date(allow_none=True, load_default=None)


class AuditTaskFilter(PageFilter):
    """Which tasks of an audit to list."""

    state = fields.String(validate=validate.OneOf(list(TASK.states)), metadata={"example": "found"})
    assigned_to = fields.UUID(metadata=ACCOUNT)


class AuditTaskOut(Schema):
    """A task in a list."""

    id = fields.UUID(required=True)
    audit_id = fields.UUID(required=True)
    leaf_index = fields.Integer(required=True, metadata={"example": 17})
    entry_id = fields.Integer(required=True, metadata={"description": "`seq` of the leaf", "example": 40})
    state = fields.String(required=True, metadata={"example": "assigned"})
    state_name = fields.String(required=True, metadata={"example": "核查中"})
    due_on = fields.Date(required=True, metadata={"example": "2027-01-10"})
    assigned_to = fields.UUID(required=True, allow_none=True, metadata=ACCOUNT)


class AuditCallIn(Schema):
    """A call-back."""

    whom = fields.String(required=True, validate=validate.OneOf(WHOM), metadata={"example": "household"})
    unreached = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(rules.UNREACHED)),
                              metadata={**_names(rules.UNREACHED), "example": None})
    answers = fields.Dict(keys=Text(most=40), values=fields.String(validate=validate.OneOf(list(rules.ANSWERS))),
                          load_default=dict, metadata={
        "description": "question → yes, no or unsure; every question of the form, or none when nobody was reached",
        "example": {"happened": "yes", "same_worker": "yes", "amount_right": "unsure", "nothing_beside": "yes"}})


class AuditCallOut(Schema):
    """A call-back that was made."""

    id = fields.UUID(required=True)
    whom = fields.String(required=True, metadata={"example": "household"})
    reached = fields.Boolean(required=True, metadata={"example": True})
    unreached = fields.String(required=True, allow_none=True, metadata={"example": None})
    answers = fields.Dict(keys=fields.String(), values=fields.String(), required=True, metadata={
        "example": {"happened": "yes", "same_worker": "yes"}})
    called_by = fields.UUID(required=True, metadata=ACCOUNT)
    called_at = Moment(required=True)


class AuditFindingIn(Schema):
    """What was found."""

    verdict = fields.String(required=True, validate=validate.OneOf(list(rules.VERDICTS)), metadata={
        **_names(rules.VERDICTS), "example": "sound"})
    defect = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(list(rules.DEFECTS)), metadata={
        **_names(rules.DEFECTS), "example": None})
    words = Text(required=True, most=2000, metadata=SAID)


class AuditReviewIn(Schema):
    """What the second reviewer says to it."""

    accepted = fields.Boolean(required=True, metadata={"example": True})
    reason = Text(most=1000, allow_none=True, load_default=None, metadata={"description": "required to return it"})


class AuditFindingOut(Schema):
    """A finding, and what was decided on it."""

    id = fields.UUID(required=True)
    verdict = fields.String(required=True, metadata={"example": "sound"})
    defect = fields.String(required=True, allow_none=True, metadata={"example": "amount_differs"})
    words = fields.String(required=True, attribute="said", metadata=SAID)
    found_by = fields.UUID(required=True, metadata=ACCOUNT)
    found_at = Moment(required=True)
    accepted = fields.Boolean(required=True, allow_none=True, metadata={"example": True})
    returned_because = fields.String(required=True, allow_none=True, attribute="returned", metadata={"example": None})
    reviewed_by = fields.UUID(required=True, allow_none=True, metadata=ACCOUNT)
    reviewed_at = Moment(required=True, allow_none=True)


class AuditTaskFileOut(Schema):
    """A task with everything beside it."""

    task = fields.Nested(AuditTaskOut, required=True)
    leaf = fields.Dict(required=True, metadata={"description": "what the log says (a line of the export)", "example": {
        "seq": 40, "t": 20756, "type": "order_completed", "subject": "p_5f1d", "punctuality": "on_time", "index": 17}})
    records = fields.Dict(required=True, metadata={
        "description": "what the platform keeps of the same, names and phones masked", "example": {
            "fact": "booking.completed", "worker": {"name": "王**", "phone": "139****0001"}}})
    questions = fields.List(fields.Dict(), required=True, metadata={
        "description": "to be asked; `yes` is as it should be",
        "example": [{"code": "happened", "whom": "household", "zh": "这次服务确实发生过吗？", "en": "Did it take place?"}]})
    calls = fields.List(fields.Nested(AuditCallOut), required=True)
    findings = fields.List(fields.Nested(AuditFindingOut), required=True)


class AuditLookIn(Schema):
    """Why names and phones are needed."""

    reason = Text(required=True, most=300, metadata={"example": "电话回访"})


class AuditPersonOut(Schema):
    """Somebody who can be called."""

    whom = fields.String(required=True, metadata={"example": "household"})
    name, phone = fields.String(required=True), fields.String(required=True, metadata={"example": "13900010001"})


class AuditPeopleOut(Schema):
    """Who can be called about a task."""

    people = fields.List(fields.Nested(AuditPersonOut), required=True)


class FlagFilter(PageFilter):
    """Which flags to list."""

    state = fields.String(load_default="raised", validate=validate.OneOf(list(FLAG.states)))
    kind = fields.String(validate=validate.OneOf(list(rules.FLAGS)), metadata={"example": "rating_burst"})


class FlagStepIn(Schema):
    """A step with a flag."""

    step = fields.String(required=True, validate=validate.OneOf(list(FLAG.steps)), metadata={
        "description": "close needs words", "example": "look"})
    words = Text(most=1000, allow_none=True, load_default=None, metadata=SAID)


class FlagOut(Schema):
    """Something odd, for auditors; no part of any score."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={**_names(rules.FLAGS), "example": "rating_burst"})
    subject = fields.String(required=True, metadata={"example": "worker:0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"})
    evidence = fields.Dict(required=True, metadata={"example": {"day": "2026-11-20", "ratings": 9, "half_year": 14}})
    state = fields.String(required=True, metadata={"example": "raised"})
    state_name = fields.String(required=True)
    raised_at = Moment(required=True)
    seen_at = Moment(required=True, metadata={"description": "when its numbers were last brought up to date"})
    words = fields.String(required=True, allow_none=True, attribute="said", metadata=SAID)
    taken_by = fields.UUID(required=True, allow_none=True, metadata=ACCOUNT)
    closed_at = Moment(required=True, allow_none=True)


class CompletenessOut(Schema):
    """Whether everything that must stand in the log does; every number should be nought."""

    log_size = fields.Integer(required=True, metadata={"example": 104_233})
    waiting = fields.Integer(required=True, metadata={
        "description": "public facts of the last minutes that are not in the log yet", "example": 3})
    paid_bookings = fields.Integer(required=True, metadata={"example": 20_811})
    checks = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "check → how many are missing", "example": {"paid_without_leaf": 0}})
    checked_at = Moment(required=True)


class MissingOut(Schema):
    """Something that should stand in the log and does not."""

    ref = fields.String(required=True, metadata={"example": "booking:0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"})
    detail = fields.String(required=True, metadata={"example": "charged, no order_paid leaf"})
    since = Moment(required=True, allow_none=True)
