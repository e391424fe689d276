"""Contracts over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, request

from qiaojiejie.booking.errors import BookingNotFound
from qiaojiejie.contracts import errors, queries, service as contracts
from qiaojiejie.contracts.models import ContractIdentity
from qiaojiejie.contracts.schemas import (
    BookingTermsOut, ContractIdentityIn, ContractIdentityOut, ContractOut, ContractPageOut, SignatureIn,
    SigningCodeOut)
from qiaojiejie.core.access import FIRM, Role, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.identity.errors import CodeLimit, TryLimit
from qiaojiejie.identity.rules import CODE_LIFE

blp = Blueprint("contracts", description="合同 · Written contracts of engagements by days, signed by one-time codes")

PARTIES = (Role.HOUSEHOLD, Role.WORKER, *FIRM)
SIGNERS = (Role.HOUSEHOLD, Role.WORKER, Role.FIRM_MANAGER)
_PDF = "application/pdf"


@blp.route("/bookings/<uuid:booking_id>/terms", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound)
@blp.response(200, BookingTermsOut)
def show_terms(booking_id: UUID) -> dict[str, Any]:
    """服务约定 · The terms of a booking in words

    Price, payment, what cancelling costs, where to complain: as frozen onto the booking. A single visit has these and
    no contract.
    """
    return queries.terms(actor(), booking_id)


@blp.route("/me/contract-identity", methods=["GET"])
@allow(Role.HOUSEHOLD)
@refuses(errors.ContractIdentityNotFound)
@blp.response(200, ContractIdentityOut)
def show_identity() -> ContractIdentity:
    """我的签约身份信息 · What I gave for contracts

    Masked.
    """
    return queries.identity_of(actor().account_id)


@blp.route("/me/contract-identity", methods=["PUT"])
@allow(Role.HOUSEHOLD)
@refuses(errors.ConsentNeeded)
@blp.arguments(ContractIdentityIn)
@blp.response(200, ContractIdentityOut)
def give_identity(body: dict[str, Any]) -> ContractIdentity:
    """填写签约身份信息 · Give my name and ID number for contracts

    A written contract must name the consumer, with ID number and home. Kept sealed, used for contracts alone.
    """
    return contracts.give_identity(actor=actor(), **body)


@blp.route("/me/contract-identity", methods=["DELETE"])
@allow(Role.HOUSEHOLD)
@refuses(errors.ContractIdentityNotFound)
@blp.response(204)
def forget_identity() -> None:
    """删除签约身份信息 · Take them back

    Contracts keep what they were drafted with.
    """
    contracts.forget_identity(actor=actor())


@blp.route("/bookings/<uuid:booking_id>/contracts", methods=["GET"])
@allow(*PARTIES)
@refuses(BookingNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, ContractPageOut)
def list_versions(filters: dict[str, Any], booking_id: UUID) -> Page:
    """合同各版本 · The versions of a booking's contract

    Newest first; to a worker, those that name her.
    """
    return queries.page(actor(), booking_id, **filters)


@blp.route("/bookings/<uuid:booking_id>/contracts", methods=["POST"])
@allow(Role.HOUSEHOLD, *FIRM)
@refuses(BookingNotFound, errors.ContractNotNeeded, errors.ContractNotNow, errors.ContractFieldMissing,
         errors.ContractUnchanged)
@blp.response(201, ContractOut)
def draft(booking_id: UUID) -> dict[str, Any]:
    """起草合同或变更 · Draft the contract, or its next version

    From the booking's data, when it is confirmed or under way; by the family or the firm. What a written contract must
    say and is not there is named in the refusal. Again: a new version that lists what changed; refused when nothing
    did. A version that is signed stands until the next one is.
    """
    return queries.shown(contracts.draft(actor=actor(), booking_id=booking_id))


@blp.route("/contracts/<uuid:contract_id>", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.ContractNotFound)
@blp.response(200, ContractOut)
def show(contract_id: UUID) -> dict[str, Any]:
    """合同详情 · Read a version of a contract

    To its parties, what is personal masked; the paper shows all but the ID numbers.
    """
    return queries.shown(queries.of_party(actor(), contract_id)[0])


@blp.route("/contracts/<uuid:contract_id>/paper", methods=["GET"])
@allow(*PARTIES)
@refuses(errors.ContractNotFound)
@blp.response(200, {"type": "string", "format": "binary"}, content_type=_PDF)
def show_paper(contract_id: UUID) -> Response:
    """合同 PDF · The paper of a version

    The bytes whose SHA-256 is signed. Every look is recorded.
    """
    return Response(contracts.open_paper(actor=actor(), contract_id=contract_id), mimetype=_PDF, headers={
        "Content-Disposition": f'attachment; filename="contract-{contract_id}.pdf"', "Cache-Control": "no-store"})


@blp.route("/contracts/<uuid:contract_id>/signing-codes", methods=["POST"])
@allow(*SIGNERS)
@refuses(errors.ContractNotFound, errors.ContractNotNeeded, errors.ContractNotNow, errors.ContractSideNotAsked,
         errors.ContractSignedAlready, StepNotPossible, CodeLimit)
@blp.response(202, SigningCodeOut)
def send_code(contract_id: UUID) -> dict[str, int]:
    """获取签署验证码 · Have the code sent one signs with

    To the phone of the signer's own account; good for this version alone, for 5 minutes and 5 tries.
    """
    contracts.send_code(actor=actor(), contract_id=contract_id, address=request.remote_addr)
    return {"expires_in": int(CODE_LIFE.total_seconds())}


@blp.route("/contracts/<uuid:contract_id>/signatures", methods=["POST"])
@allow(*SIGNERS)
@refuses(errors.ContractNotFound, errors.ContractNotNeeded, errors.ContractNotNow, errors.ContractSideNotAsked,
         errors.ContractSignedAlready, errors.ContractChanged, errors.SigningCodeWrong, StepNotPossible, TryLimit)
@blp.arguments(SignatureIn)
@blp.response(201, ContractOut)
def sign(body: dict[str, Any], contract_id: UUID) -> dict[str, Any]:
    """签署合同 · Sign a version

    With the code, for exactly the paper that was read, named by its SHA-256. The last side's signature makes it the
    contract, in place of the version before.
    """
    return queries.shown(contracts.sign(actor=actor(), contract_id=contract_id, address=request.remote_addr, **body))
