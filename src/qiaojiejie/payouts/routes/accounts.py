"""Where firms are paid, over HTTP."""

from typing import Any
from uuid import UUID

from qiaojiejie.core.access import FEDERATION, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.payouts.errors import PayoutAccountIncomplete, PayoutAccountNotFound
from qiaojiejie.payouts.models import PayoutAccount
from qiaojiejie.payouts.queries import accounts as queries
from qiaojiejie.payouts.routes import blp
from qiaojiejie.payouts.schemas.accounts import (
    PayoutAccountDecisionIn, PayoutAccountIn, PayoutAccountLookIn, PayoutAccountLookOut, PayoutAccountOut,
    PayoutAccountPageOut)
from qiaojiejie.payouts.service import accounts


@blp.route("/firms/<uuid:firm_id>/payout-accounts", methods=["GET"])
@allow(Role.FIRM_MANAGER, *FEDERATION)
@refuses(FirmNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PayoutAccountPageOut)
def list_accounts(filters: dict[str, Any], firm_id: UUID) -> Page:
    """收款账户 · Where a firm is paid, and was, newest first

    To its manager and the federation; numbers are masked.
    """
    return queries.of_firm(actor(), firm_id, **filters)


@blp.route("/firms/<uuid:firm_id>/payout-accounts", methods=["POST"])
@allow(Role.FIRM_MANAGER)
@refuses(FirmNotFound, PayoutAccountIncomplete)
@blp.arguments(PayoutAccountIn)
@blp.response(201, PayoutAccountOut)
def set_account(body: dict[str, Any], firm_id: UUID) -> PayoutAccount:
    """登记收款账户 · Say where the firm is to be paid

    By its manager. It replaces the account before, at once; nothing is paid to it until the federation verified it.
    """
    return accounts.set_account(actor=actor(), firm_id=firm_id, **body)


@blp.route("/payout-accounts", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(PageFilter, location="query")
@blp.response(200, PayoutAccountPageOut)
def list_waiting(filters: dict[str, Any]) -> Page:
    """待核实收款账户 · Accounts that wait to be verified, oldest first"""
    return queries.waiting(**filters)


@blp.route("/payout-accounts/<uuid:payout_account_id>/decisions", methods=["POST"])
@allow(*FEDERATION)
@refuses(PayoutAccountNotFound, StepNotPossible)
@blp.arguments(PayoutAccountDecisionIn)
@blp.response(201, PayoutAccountOut)
def decide_account(body: dict[str, Any], payout_account_id: UUID) -> PayoutAccount:
    """核实收款账户 · Verify an account, or refuse it"""
    return accounts.decide(actor=actor(), account_id=payout_account_id, **body)


@blp.route("/payout-accounts/<uuid:payout_account_id>/reveals", methods=["POST"])
@allow(Role.FIRM_MANAGER, *FEDERATION)
@refuses(PayoutAccountNotFound)
@blp.arguments(PayoutAccountLookIn)
@blp.response(200, PayoutAccountLookOut)
def reveal_account(body: dict[str, Any], payout_account_id: UUID) -> dict[str, Any]:
    """查看完整账号 · See the whole number

    To the firm's manager and the federation. Who looked, and why, stays on record.
    """
    return accounts.reveal(actor=actor(), account_id=payout_account_id, **body)
