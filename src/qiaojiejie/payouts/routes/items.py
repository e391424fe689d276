"""What the bank said of single payouts, over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.payouts.errors import BankReferenceTaken, PayoutItemNotFound, SentByItself
from qiaojiejie.payouts.models import PayoutItem
from qiaojiejie.payouts.routes import blp
from qiaojiejie.payouts.schemas.batches import BankReferenceIn, PayoutItemOut, PayoutReasonIn
from qiaojiejie.payouts.service import sending


@blp.route("/payout-items/<uuid:payout_item_id>/bank-references", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(PayoutItemNotFound, SentByItself, StepNotPossible, BankReferenceTaken)
@blp.arguments(BankReferenceIn)
@blp.response(201, PayoutItemOut)
def record_reference(body: dict[str, Any], payout_item_id: UUID) -> PayoutItem:
    """登记银行流水号 · Record that the bank carried a transfer out"""
    return sending.record_reference(actor=actor(), item_id=payout_item_id, **body)


@blp.route("/payout-items/<uuid:payout_item_id>/failures", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(PayoutItemNotFound, SentByItself, StepNotPossible)
@blp.arguments(PayoutReasonIn)
@blp.response(201, PayoutItemOut)
def record_failure(body: dict[str, Any], payout_item_id: UUID) -> PayoutItem:
    """登记付款失败 · Record that the bank did not carry a transfer out

    It is owed to the firm again and stands on its next statement.
    """
    return sending.record_failure(actor=actor(), item_id=payout_item_id, **body)


@blp.route("/payout-items/<uuid:payout_item_id>/reversals", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(PayoutItemNotFound, SentByItself, StepNotPossible)
@blp.arguments(PayoutReasonIn)
@blp.response(201, PayoutItemOut)
def record_reversal(body: dict[str, Any], payout_item_id: UUID) -> PayoutItem:
    """登记银行退汇 · Record that the bank sent a paid transfer back

    It is owed to the firm again and stands on its next statement.
    """
    return sending.record_reversal(actor=actor(), item_id=payout_item_id, **body)
