"""Shapes of complaints."""

from marshmallow import fields, validate

from qiaojiejie.casework import rules
from qiaojiejie.casework.lifecycle import COMPLAINT
from qiaojiejie.core.schema import Moment, PageFilter, Schema, Text, Whole

WORDS = {"description": "sealed at rest", "example": "厨房台面被划伤，沟通后未处理。"}


class ComplaintIn(Schema):
    """What a family complains of."""

    kind = fields.String(required=True, validate=validate.OneOf(rules.KINDS), metadata={"example": "damage"})
    words = Text(required=True, most=1000, metadata=WORDS)


class ComplaintAnswerIn(Schema):
    """What the firm says to it."""

    words = Text(required=True, most=1000, metadata={"example": "已联系家庭，三日内上门修复。"})


class ComplaintDecisionIn(Schema):
    """What the mediator finds."""

    outcome = fields.String(required=True, validate=validate.OneOf(rules.OUTCOMES),
                            metadata={"example": "substantiated"})
    severity = Whole(least=1, most=4, metadata={
        "description": "1 slight … 4 grave; with `substantiated`, and only with it", "example": 2})
    finding = Text(required=True, most=1000, metadata={
        "description": "without names, phones or addresses", "example": "台面划伤属实，应予修复。"})


class MediationIn(Schema):
    """How mediation between the two sides ended."""

    outcome = fields.String(required=True, validate=validate.OneOf(rules.MEDIATIONS), metadata={
        "description": "settled 达成和解, failed 未达成, refused 企业拒绝调解", "example": "settled"})
    words = Text(required=True, most=1000, metadata={"description": "sealed at rest",
                                                     "example": "双方同意由企业修复台面并致歉。"})


class ComplaintFilter(PageFilter):
    """Which complaints to list."""

    state = fields.String(validate=validate.OneOf(list(COMPLAINT.states)), metadata={"example": "open"})


class ComplaintOut(Schema):
    """A complaint in a list, without its words."""

    id = fields.UUID(required=True)
    booking_id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True)
    firm_id = fields.UUID(required=True)
    service_name = fields.String(required=True, attribute="booking.service.name", metadata={"example": "日常保洁"})
    worker_called = fields.String(required=True, attribute="booking.worker.called", metadata={"example": "王阿姨"})
    state = fields.String(required=True, validate=validate.OneOf(list(COMPLAINT.states)), metadata={"example": "open"})
    state_name = fields.String(required=True, metadata={"example": "待企业答复"})
    kind = fields.String(required=True, validate=validate.OneOf(rules.KINDS), metadata={"example": "damage"})
    severity = fields.Integer(required=True, allow_none=True, metadata={"example": 2})
    mediation = fields.String(required=True, allow_none=True, validate=validate.OneOf(rules.MEDIATIONS), metadata={
        "description": "how mediation ended; null while none was tried", "example": "settled"})
    opened_at = Moment(required=True)
    answered_at = Moment(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)


class ComplaintFileOut(ComplaintOut):
    """A complaint with what was said and found."""

    words = fields.String(required=True, attribute="said", metadata=WORDS)
    answer = fields.String(required=True, allow_none=True, attribute="answered", metadata={
        "example": "已联系家庭，三日内上门修复。"})
    finding = fields.String(required=True, allow_none=True, metadata={"example": "台面划伤属实，应予修复。"})
    mediation_words = fields.String(required=True, allow_none=True, attribute="mediated", metadata={
        "example": "双方同意由企业修复台面并致歉。"})
