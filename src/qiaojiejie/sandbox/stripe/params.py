"""Parameters as Stripe reads them: nested form fields, checked against stripe-python's own typed params."""

import re
import types
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import typing_extensions
from stripe._request_options import RequestOptions
from stripe.params._balance_transaction_list_params import BalanceTransactionListParams
from stripe.params._balance_transaction_retrieve_params import BalanceTransactionRetrieveParams
from stripe.params._charge_retrieve_params import ChargeRetrieveParams
from stripe.params._dispute_close_params import DisputeCloseParams
from stripe.params._dispute_list_params import DisputeListParams
from stripe.params._dispute_retrieve_params import DisputeRetrieveParams
from stripe.params._dispute_update_params import DisputeUpdateParams
from stripe.params._event_list_params import EventListParams
from stripe.params._payment_intent_cancel_params import PaymentIntentCancelParams
from stripe.params._payment_intent_confirm_params import PaymentIntentConfirmParams
from stripe.params._payment_intent_create_params import PaymentIntentCreateParams
from stripe.params._payment_intent_list_params import PaymentIntentListParams
from stripe.params._payment_intent_retrieve_params import PaymentIntentRetrieveParams
from stripe.params._payout_create_params import PayoutCreateParams
from stripe.params._payout_retrieve_params import PayoutRetrieveParams
from stripe.params._refund_create_params import RefundCreateParams
from stripe.params._refund_list_params import RefundListParams
from stripe.params._refund_retrieve_params import RefundRetrieveParams
from stripe.params._transfer_create_params import TransferCreateParams
from stripe.params._transfer_list_params import TransferListParams
from stripe.params._transfer_retrieve_params import TransferRetrieveParams
from stripe.params._transfer_reversal_create_params import TransferReversalCreateParams

from qiaojiejie.sandbox.stripe.refusals import invalid

SHAPES: dict[str, Any] = {
    "intent.create": PaymentIntentCreateParams, "intent.retrieve": PaymentIntentRetrieveParams,
    "intent.confirm": PaymentIntentConfirmParams, "intent.cancel": PaymentIntentCancelParams,
    "intent.list": PaymentIntentListParams, "refund.create": RefundCreateParams,
    "refund.retrieve": RefundRetrieveParams, "refund.list": RefundListParams, "event.list": EventListParams,
    "event.retrieve": RefundRetrieveParams, "charge.retrieve": ChargeRetrieveParams,
    "balance.list": BalanceTransactionListParams, "balance.retrieve": BalanceTransactionRetrieveParams,
    "dispute.list": DisputeListParams, "dispute.retrieve": DisputeRetrieveParams,
    "dispute.update": DisputeUpdateParams, "dispute.close": DisputeCloseParams, "transfer.list": TransferListParams,
    "transfer.create": TransferCreateParams, "transfer.retrieve": TransferRetrieveParams,
    "transfer.reverse": TransferReversalCreateParams, "payout.create": PayoutCreateParams,
    "payout.retrieve": PayoutRetrieveParams,
}


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """``a[b][0]=c`` as {"a": {"b": ["c"]}}."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        path = re.findall(r"[^\[\]]+", name)
        node = tree
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return {name: _lists(value) for name, value in tree.items()}


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(name.isdecimal() for name in node):
        return [_lists(node[name]) for name in sorted(node, key=int)]
    return {name: _lists(value) for name, value in node.items()}


@cache
def _hints(shape: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(shape, localns={"StripeContext": str, "Mapping": Mapping})
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def check(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters, whole numbers and booleans read; refuses what stripe-python's types do not know or miss."""
    shape = SHAPES[kind]
    for name in sorted(shape.__required_keys__ - set(RequestOptions.__annotations__)):
        if name not in given:
            raise invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return _checked(shape, given, "")


def _checked(shape: Any, given: dict[str, Any], prefix: str) -> dict[str, Any]:
    hints = _hints(shape)
    read = {}
    for name, value in given.items():
        path = f"{prefix}[{name}]" if prefix else name
        if name not in hints:
            raise invalid(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)
        read[name] = _value(hints[name], value, path)
    return read


def _value(hint: Any, value: Any, path: str) -> Any:
    choices = _choices(hint)
    if isinstance(value, dict):
        return _mapping(choices, value, path)
    if isinstance(value, list):
        inner = next((typing.get_args(choice)[0] for choice in choices if typing.get_origin(choice) is list), None)
        if inner is None:
            raise invalid(f"Invalid array: {path}", param=path)
        return [_value(inner, item, f"{path}[{number}]") for number, item in enumerate(value)]
    return _scalar(choices, value, path)


def _mapping(choices: list[Any], value: dict[str, Any], path: str) -> Any:
    for choice in choices:
        if typing_extensions.is_typeddict(choice):
            return _checked(choice, value, path)
        if typing.get_origin(choice) is dict:
            return {name: str(item) for name, item in value.items()}
    raise invalid(f"Invalid object: {path}", param=path)


def _scalar(choices: list[Any], value: str, path: str) -> Any:
    literals = [literal for choice in choices if typing.get_origin(choice) is typing.Literal
                for literal in typing.get_args(choice)]
    named = set(literals) - {""}
    if value in literals or (str in choices and not named):
        return value
    if bool in choices and value in ("true", "false"):
        return value == "true"
    if int in choices and re.fullmatch(r"-?\d{1,15}", value):
        return int(value)
    if int in choices:
        raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
    raise invalid(f"Invalid {path}: {value}", param=path)


def _choices(hint: Any) -> list[Any]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType, typing.Required, typing.NotRequired):
        return [choice for part in typing.get_args(hint) for choice in _choices(part)]
    return [hint]
