"""Shapes of standings: a score with its reasons, the events behind it, what was published, a replay."""

from marshmallow import fields, validate

from qiaojiejie.core.paging import LIMIT
from qiaojiejie.core.schema import Moment, PageFilter, QueryWhole, Schema, Text, page_of
from qiaojiejie.credit.schemas import HASH, CreditWordsOut

ROOT = "5e7f0fb6e5f1b1c9b0a4b6b2a2a44c3dd7d9c8f3e26d2d7c58e0b1d9a6f4c310"
PROOF = {"description": "where the proof is that it stands in the public log", "example": "/api/v1/log/leaves/90211"}
WHOSE = "0190b2f4-7c1a-7e3b-9d52-3f1c8a6b4e21"
LINE = {"seq": 90211, "t": 20789, "type": "rating", "subject": "p_1f0c9a52b7c06f1d2e83a4b5", "n": 17,
        "firm": "f_0d41b2c3a4e5f60718293a4b", "category": "deep_cleaning", "order": "o_77a0c1d2e3f405162738495a",
        "household": "h_1d5b0c7e9f3a24681d5b0c7e", "overall": 5, "aspects": [5, 5, 4, 5, 5], "index": 41872,
        "salt": "9f86d081884c7d659a2feaa0c55ad015"}


class CreditFactorOut(Schema):
    """One factor of the score and its points."""

    code = fields.String(required=True, metadata={"description": "F10 to F22, see docs/credit.md", "example": "F10"})
    name = fields.Nested(CreditWordsOut, required=True)
    points = fields.Integer(required=True, metadata={"example": -37})


class CreditReasonOut(CreditFactorOut):
    """One of the heaviest reasons: what it is, in a sentence."""

    words = fields.Nested(CreditWordsOut, required=True)


class CreditGateOut(Schema):
    """What keeps the grade down, whatever the score."""

    code = fields.String(required=True, metadata={"description": "R01 to R04", "example": "R03"})
    grade = fields.String(required=True, metadata={"description": "the best grade meanwhile", "example": "B"})
    bookable = fields.String(required=True, metadata={
        "description": "what she may be booked for meanwhile: all, no_care, none", "example": "no_care"})
    words = fields.Nested(CreditWordsOut, required=True)


class CreditCapOut(Schema):
    """What keeps the score down."""

    code = fields.String(required=True, metadata={
        "description": "R05 block list, F17 complaint, scale", "example": "F17"})
    limit = fields.Integer(required=True, metadata={"example": 779})


class CreditEventOut(Schema):
    """Something that counts for or against her. Who the household is stays hidden."""

    day = fields.Date(required=True, metadata={"example": "2026-11-20"})
    seq = fields.Integer(required=True, metadata={"description": "its entry in the ledger", "example": 90211})
    kind = fields.String(required=True, metadata={"example": "rating"})
    state = fields.String(required=True, metadata={
        "description": "counts, voided (by an appeal: as if it never was), repaired, out_of_use", "example": "counts"})
    proof_url = fields.String(required=True, metadata=PROOF)
    order = fields.String(required=True, allow_none=True, metadata={
        "description": "the booking's id to its parties and the federation, an opaque reference to anybody else",
        "example": "o_5f0c1e9a7b3d2468"})
    milli_points = fields.Integer(required=True, metadata={
        "description": "thousandths of a point of the score as it stands; an order's row counts with its completion",
        "example": 11840})
    parts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True,
                        metadata={"description": "milli-points by factor", "example": {"F10": 9320, "F11": 2520}})


class CreditLedgerOut(Schema):
    """The public log under which a score is shown."""

    size = fields.Integer(required=True, metadata={"description": "how many leaves", "example": 41873})
    root = fields.String(required=True, metadata={"description": "hex", "example": ROOT})
    cosigned_at = Moment(required=True, allow_none=True)
    fresh = fields.Boolean(required=True, metadata={
        "description": "a witness cosigned it within the last 48 hours", "example": True})
    words = fields.Nested(CreditWordsOut, required=True, metadata={"description": "the same for people"})


class CreditPendingOut(Schema):
    """A fall that she was told of and that everybody sees only from a day on."""

    score = fields.Integer(required=True, metadata={"example": 580})
    grade = fields.String(required=True, metadata={"example": "C"})
    reasons = fields.List(fields.Nested(CreditReasonOut), required=True)
    until = fields.Date(required=True, metadata={"description": "shown from this day on", "example": "2026-12-08"})


class CreditAlarmOut(Schema):
    """Her orders lately go much worse than before; no part of the score."""

    since = fields.Date(required=True, metadata={"example": "2026-11-02"})
    bad = fields.Integer(required=True, metadata={"description": "orders that went badly since", "example": 4})
    of = fields.Integer(required=True, metadata={"description": "of so many", "example": 5})


class ShownOut(Schema):
    """What is said alike of a worker's and a firm's standing: 800 plus all factors is ``raw``."""

    score = fields.Integer(required=True, metadata={"description": "0 to 1000", "example": 812})
    grade = fields.String(required=True, metadata={"description": "AAA, AA, A, B, C, D", "example": "AA"})
    grade_name = fields.Nested(CreditWordsOut, required=True)
    new = fields.Boolean(required=True, metadata={"description": "little evidence yet", "example": False})
    raw = fields.Integer(required=True, metadata={"description": "before caps", "example": 812})
    range = fields.List(fields.Integer(), required=True, metadata={
        "description": "where the score lies two times in three, given the evidence", "example": [731, 893]})
    neff = fields.String(required=True, metadata={"description": "effective orders", "example": "9.4"})
    as_of = fields.Date(required=True, metadata={"example": "2026-11-23"})
    rule = fields.String(required=True, metadata={"example": "v1"})
    rule_hash = fields.String(required=True, metadata=HASH)
    through = fields.Integer(required=True, metadata={
        "description": "the last entry of the ledger that counted", "example": 48211})
    ledger = fields.Nested(CreditLedgerOut, required=True)
    reasons = fields.List(fields.Nested(CreditReasonOut), required=True, metadata={
        "description": "the heaviest: at most four that hurt, then at most two that help"})
    factors = fields.List(fields.Nested(CreditFactorOut), required=True, metadata={
        "description": "every factor; their points sum to raw − 800"})
    gates = fields.List(fields.Nested(CreditGateOut), required=True)
    caps = fields.List(fields.Nested(CreditCapOut), required=True)
    appeal = fields.Nested(CreditWordsOut, required=True, metadata={"description": "how to object"})
    appeal_url = fields.String(required=True, metadata={"example": "/api/v1/credit/appeals"})
    history_url = fields.String(required=True, metadata={"example": f"/api/v1/workers/{WHOSE}/credit/history"})
    events_url = fields.String(required=True, metadata={"example": f"/api/v1/workers/{WHOSE}/credit/events"})
    proof_url = fields.String(required=True, allow_none=True, metadata=PROOF)


class CreditOut(ShownOut):
    """A worker's standing, and where every point comes from. ``pending`` and ``alarm`` are there for herself, her firm
    and the federation alone."""

    person = fields.String(required=True, metadata={
        "description": "an opaque key of the person, the same for ever, whichever firm she works through",
        "example": "p_9a3c1f0e5b7d2468"})
    households = fields.Integer(required=True, metadata={"example": 11})
    latest = fields.List(fields.Nested(CreditEventOut), required=True, metadata={
        "description": "the newest events that move the score, at most five"})
    pending = fields.Nested(CreditPendingOut, allow_none=True)
    alarm = fields.Nested(CreditAlarmOut, allow_none=True)


class FirmCreditOut(ShownOut):
    """A firm's standing: its workers' evidence, and its own points."""

    firm = fields.String(required=True, metadata={"description": "an opaque key of the firm",
                                                  "example": "f_0d41b2c3a4e5f60718293a4b"})
    workers = fields.Integer(required=True, metadata={"description": "its workers with evidence", "example": 23})


class CreditHistoryOut(Schema):
    """One publication of a standing."""

    day = fields.Date(required=True, metadata={"example": "2026-11-20"})
    score = fields.Integer(required=True, metadata={"example": 812})
    grade = fields.String(required=True, metadata={"example": "AA"})
    rule = fields.String(required=True, metadata={"example": "v1"})
    seq = fields.Integer(required=True, metadata={"description": "its entry in the ledger", "example": 90214})
    proof_url = fields.String(required=True, metadata=PROOF)


class WhatIfStepOut(Schema):
    """One thing that would raise score or grade, and to what."""

    code = fields.String(required=True, metadata={"description": "W01 to W07", "example": "W02"})
    words = fields.Nested(CreditWordsOut, required=True)
    params = fields.Dict(keys=fields.String(), required=True, metadata={
        "description": "what the words speak of", "example": {"orders": 3, "marks": 24}})
    score = fields.Integer(required=True, metadata={"example": 742})
    grade = fields.String(required=True, metadata={"example": "A"})


class WhatIfOut(Schema):
    """What the rule would give today if only one thing more had happened. No promise."""

    score = fields.Integer(required=True, metadata={"description": "what it gives now", "example": 705})
    grade = fields.String(required=True, metadata={"example": "B"})
    as_of = fields.Date(required=True, metadata={"example": "2026-11-23"})
    rule = fields.String(required=True, metadata={"example": "v1"})
    items = fields.List(fields.Nested(WhatIfStepOut), required=True)


class StandingReasonOut(Schema):
    """A factor and its points."""

    code = fields.String(required=True, metadata={"example": "F10"})
    points = fields.Integer(required=True, metadata={"example": 31})


class StandingLineOut(Schema):
    """A standing as it is shown, and as a replay of the exported ledger must give it to the byte."""

    subject = fields.String(required=True, metadata={
        "description": "opaque key: p_ of a worker, f_ of a firm", "example": "p_1f0c9a52b7c06f1d2e83a4b5"})
    score = fields.Integer(required=True, metadata={"example": 812})
    grade = fields.String(required=True, metadata={"example": "AA"})
    reasons = fields.List(fields.Nested(StandingReasonOut), required=True)
    neff = fields.Integer(required=True, metadata={"description": "effective orders, permille", "example": 9412})
    households = fields.Integer(required=True, allow_none=True, metadata={
        "description": "null of a firm", "example": 11})


class StandingOut(StandingLineOut):
    """A standing as it is shown, by which rule, and when it was computed."""

    as_of = fields.Date(required=True, metadata={"example": "2026-11-23"})
    rule = fields.String(required=True, metadata={"example": "v1"})


class StandingFilter(PageFilter):
    """Whose standings, and how they are paged: larger pages than elsewhere."""

    kind = Text(validate=validate.OneOf(["worker", "firm"]), metadata={
        "description": "left out: firms, then workers", "example": "worker"})
    limit = QueryWhole(least=1, most=1000, load_default=LIMIT, metadata={
        "description": "standings a page, at most 1000", "example": LIMIT})


class CreditReceiptOut(Schema):
    """A leaf of the public log about a booking, and what it opens to."""

    seq = fields.Integer(required=True, metadata={"description": "its entry in the ledger", "example": 90211})
    day = fields.Date(required=True, metadata={"example": "2026-11-20"})
    kind = fields.String(required=True, metadata={"example": "rating"})
    line = fields.Dict(keys=fields.String(), required=True, metadata={
        "description": "the export line: with its salt, whoever holds it can show what the leaf's commitment is of",
        "example": LINE})
    proof_url = fields.String(required=True, metadata=PROOF)


class ReplayIn(Schema):
    """Lines of the exported ledger, and the day as of which to score them."""

    as_of = fields.Date(required=True, metadata={"example": "2026-11-23"})
    rule = Text(most=40, metadata={"description": "left out: the one the lines say is in force", "example": "v1"})
    lines = fields.List(fields.Dict(keys=fields.String()), required=True, validate=validate.Length(max=5000), metadata={
        "description": "export lines as `/log/openings` gives them, in any order, at most 5,000", "example": [LINE]})


class ReplayOut(Schema):
    """What the rule makes of them."""

    items = fields.List(fields.Nested(StandingLineOut), required=True)


CreditEventPageOut, CreditHistoryPageOut = page_of(CreditEventOut), page_of(CreditHistoryOut)
StandingPageOut, CreditReceiptPageOut = page_of(StandingOut), page_of(CreditReceiptOut)
