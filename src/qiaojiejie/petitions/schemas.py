"""Shapes of petitions."""

from marshmallow import fields, validate

from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, Whole, page_of
from qiaojiejie.petitions import rules
from qiaojiejie.petitions.lifecycle import PETITION

_SAID = {"description": "sealed at rest", "example": "当天是系统记录有误，有到岗照片为证。"}
_WRITTEN = {"description": "without names, phones or addresses", "example": "到岗记录与照片一致，原认定有误。"}
_FILES = {"description": "evidence you uploaded (POST /media, kind evidence)"}
_ENTRIES = {"description": "ledger numbers of the credit events", "example": [48211]}


def _ground() -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(list(rules.GROUNDS)), metadata={
        "description": "see `GET /petitions/grounds`", "example": "not_true"})


def _files() -> fields.List:
    return fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, rules.MOST_EVIDENCE),
                       metadata=_FILES)


def _entries(least: int) -> fields.List:
    more = {"required": True} if least else {"load_default": list}
    return fields.List(Whole(least=1), validate=validate.Length(least, rules.MOST_EVENTS), metadata=_ENTRIES, **more)


class AppealIn(Schema):
    """What a worker, her firm or a family appeals against."""

    entry_ids = _entries(0)
    ground = _ground()
    words = Text(required=True, most=2000, metadata=_SAID)
    media_ids = _files()


class CreditRepairIn(Schema):
    """What was made good."""

    entry_ids = _entries(1)
    words = Text(required=True, most=2000, metadata={"description": "how it was made good; sealed at rest",
                                                     "example": "已赔偿家庭并取得谅解。"})
    promise = fields.Boolean(required=True, metadata={"description": "the promise to keep one's word, signed",
                                                      "example": True})
    media_ids = _files()
    authority_media_id = fields.UUID(metadata={"description": "the authority's document, for the gravest tier"})


class ObjectionIn(Schema):
    """Why somebody should not be on a list."""

    ground = _ground()
    words = Text(required=True, most=2000, metadata=_SAID)
    media_ids = _files()


class EvidenceIn(Schema):
    """More files."""

    media_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, rules.MOST_EVIDENCE),
                            metadata=_FILES)


class ResubmissionIn(Schema):
    """The petition, completed."""

    words = Text(required=True, most=2000, metadata=_SAID)


class PetitionReturnIn(Schema):
    """What a petition lacks."""

    words = Text(required=True, most=1000, metadata={"description": "without names, phones or addresses",
                                                     "example": "请补充当日到岗照片。"})


class ProposalIn(Schema):
    """What an officer proposes to decide."""

    upheld = fields.List(Whole(least=1), load_default=list, validate=validate.Length(0, rules.MOST_EVENTS),
                         metadata={"description": "of its events those to uphold; none: dismiss", "example": [48211]})
    whole = fields.Boolean(load_default=False, metadata={
        "description": "uphold a petition that names no event (an objection, a rater's weight)", "example": False})
    reason = fields.String(required=True, validate=validate.OneOf(list(rules.REASONS)), metadata={
        "description": "see `GET /petitions/grounds`", "example": "facts_wrong"})
    words = Text(required=True, most=2000, metadata=_WRITTEN)


class PetitionDecisionIn(Schema):
    """Whether the second officer agrees."""

    confirm = fields.Boolean(required=True, metadata={"description": "false: send it back for another proposal",
                                                      "example": True})
    words = Text(most=1000, least=0, load_default="", metadata={"example": "同意。"})


class PetitionWordsOut(Schema):
    """Words in both languages."""

    zh = fields.String(required=True, metadata={"example": "与事实不符"})
    en = fields.String(required=True, metadata={"example": "it did not happen so"})


class PetitionEventOut(Schema):
    """One credit event it is about."""

    entry_id = fields.Integer(required=True, metadata={"example": 48211})
    type = fields.String(required=True, metadata={"example": "complaint_substantiated"})
    day = fields.Date(required=True, metadata={"example": "2026-11-20"})
    outcome = fields.String(required=True, allow_none=True, validate=validate.OneOf(["upheld", "dismissed"]),
                            metadata={"example": "upheld"})


class PetitionEvidenceOut(Schema):
    """One file, at `GET /media/{id}`."""

    media_id = fields.UUID(required=True)
    authority = fields.Boolean(required=True, metadata={"description": "an authority's document", "example": False})
    added_at = Moment(required=True)


class PetitionStandingOut(Schema):
    """A score and its grade."""

    score = fields.Integer(required=True, metadata={"example": 742})
    grade = fields.String(required=True, metadata={"example": "A"})


class PetitionEffectOut(Schema):
    """The score as it was shown, and what it would be had what is upheld never been."""

    before = fields.Nested(PetitionStandingOut, required=True)
    without = fields.Nested(PetitionStandingOut, required=True)


class PetitionOut(Schema):
    """A petition in a list, without its words."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(rules.KINDS)), metadata={
        "description": "appeal 申诉, repair 信用修复, objection 名单异议", "example": "appeal"})
    state = fields.String(required=True, validate=validate.OneOf(list(PETITION.states)), metadata={
        "example": "submitted"})
    state_name = fields.String(required=True, metadata={"example": "待处理"})
    ground = fields.String(required=True, metadata={"example": "not_true"})
    ground_words = fields.Nested(PetitionWordsOut, required=True)
    role = fields.String(required=True, metadata={"description": "who filed it: worker, firm or household",
                                                  "example": "worker"})
    worker_id = fields.UUID(required=True, allow_none=True)
    firm_id = fields.UUID(required=True, allow_none=True)
    list_entry_id = fields.UUID(required=True, allow_none=True)
    filed_at = Moment(required=True)
    due_on = fields.Date(required=True, metadata={"description": "the last day to decide", "example": "2026-12-14"})
    overdue = fields.Boolean(required=True, metadata={"example": False})
    decided_at = Moment(required=True, allow_none=True)
    events = fields.List(fields.Nested(PetitionEventOut), required=True)


class PetitionFileOut(PetitionOut):
    """A petition with what was said, proven, proposed and decided."""

    words = fields.String(required=True, attribute="said", metadata=_SAID)
    promise = fields.Boolean(required=True, metadata={"example": False})
    evidence = fields.List(fields.Nested(PetitionEvidenceOut), required=True)
    returned_words = fields.String(required=True, metadata={"example": "请补充当日到岗照片。"})
    reason = fields.String(required=True, allow_none=True, metadata={"example": "facts_wrong"})
    reason_words = fields.Nested(PetitionWordsOut, required=True, allow_none=True)
    decision_words = fields.String(required=True, metadata=_WRITTEN)
    effect = fields.Nested(PetitionEffectOut, required=True, allow_none=True, metadata={
        "description": "once a decision is proposed"})


PetitionPageOut = page_of(PetitionOut)


class PetitionFilter(PageFilter):
    """Which petitions to list."""

    state = fields.String(validate=validate.OneOf(list(PETITION.states)), metadata={
        "description": "without it those that wait for an officer", "example": "submitted"})
    kind = fields.String(validate=validate.OneOf(list(rules.KINDS)), metadata={"example": "appeal"})
    overdue = fields.Boolean(load_default=False, metadata={"description": "past their last day only",
                                                           "example": False})


class PetitionGroundOut(PetitionWordsOut):
    """A ground and the petitions it goes with."""

    code = fields.String(required=True, metadata={"example": "not_true"})
    kinds = fields.List(fields.String(), required=True, metadata={"example": ["appeal", "objection"]})


class PetitionReasonOut(PetitionWordsOut):
    """A reason of decisions."""

    code = fields.String(required=True, metadata={"example": "facts_wrong"})
    upholds = fields.Boolean(required=True, metadata={"example": True})


class PetitionTermsOut(Schema):
    """Grounds, reasons and time limits."""

    grounds = fields.List(fields.Nested(PetitionGroundOut), required=True)
    reasons = fields.List(fields.Nested(PetitionReasonOut), required=True)
    file_days = fields.Integer(required=True, metadata={"description": "days to file after the event", "example": 180})
    decide_working_days = fields.Integer(required=True, metadata={"example": 15})
