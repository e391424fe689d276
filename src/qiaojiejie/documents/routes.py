"""Documents over HTTP: a firm records and withdraws them, the federation reviews them."""

from typing import Any
from uuid import UUID

from qiaojiejie.catalog.errors import LevelNotOfOccupation, UnknownOccupation
from qiaojiejie.core.access import FEDERATION, FIRM, actor, allow
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.documents import queries, service as documents
from qiaojiejie.documents.errors import (ConclusionRequired, DocumentNotFound, ImageNotYours, InsuranceClassRequired,
                                         IssuedHere, NoCertificate, OwnDocument, ReasonRequired, ValidityRequired)
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.documents.schemas import (DocumentFilter, DocumentIn, DocumentOut, DocumentPageOut, DocumentQueueFilter,
                                          DocumentRevealIn, DocumentRevealOut, DocumentReviewIn, DocumentWithdrawalIn,
                                          WaitingDocumentPageOut)
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.errors import FirmNotFound
from qiaojiejie.workers import queries as workers
from qiaojiejie.workers.errors import WorkerNotFound

blp = Blueprint("documents", description="证件 · Documents in workers' files")


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/documents", methods=["GET"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound)
@blp.arguments(DocumentFilter, location="query")
@blp.response(200, DocumentPageOut)
def list_documents(filters: dict[str, Any], firm_id: UUID, worker_id: UUID) -> Page:
    """员工证件 · List the documents in a worker's file

    For her firm's managers and brokers, newest first.
    """
    firms.require_member(actor(), firm_id)
    return queries.page(workers.of_firm(firm_id, worker_id).id, **filters)


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/documents", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, ValidityRequired, InsuranceClassRequired, ConclusionRequired, NoCertificate,
         UnknownOccupation, LevelNotOfOccupation, ImageNotYours)
@blp.arguments(DocumentIn)
@blp.response(201, DocumentOut)
def record(body: dict[str, Any], firm_id: UUID, worker_id: UUID) -> WorkerDocument:
    """登记证件 · Record a document

    It counts for nothing until the federation has verified it.
    """
    firms.require_member(actor(), firm_id)
    return documents.record(worker=workers.of_firm(firm_id, worker_id, lock=True), actor=actor(), paper=body)


@blp.route("/firms/<uuid:firm_id>/staff/<uuid:worker_id>/documents/<uuid:document_id>/withdrawals", methods=["POST"])
@allow(*FIRM)
@refuses(FirmNotFound, WorkerNotFound, DocumentNotFound, StepNotPossible, IssuedHere)
@blp.arguments(DocumentWithdrawalIn)
@blp.response(201, DocumentOut)
def withdraw(body: dict[str, Any], firm_id: UUID, worker_id: UUID, document_id: UUID) -> WorkerDocument:
    """撤销证件 · Withdraw a document

    By her firm's managers and brokers; what was verified by it counts no more.
    """
    firms.require_member(actor(), firm_id)
    document = queries.of_worker(workers.of_firm(firm_id, worker_id, lock=True).id, document_id)
    return documents.withdraw(document=document, actor=actor(), party="firm", **body)


@blp.route("/documents/queue", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(DocumentQueueFilter, location="query")
@blp.response(200, WaitingDocumentPageOut)
def list_queue(filters: dict[str, Any]) -> Page:
    """待核验证件 · List the documents that wait for a reviewer

    For the federation's auditors and administrators, oldest first, with whose they are; name and ID number masked.
    """
    return queries.queue(**filters)


@blp.route("/documents/<uuid:document_id>/reveals", methods=["POST"])
@allow(*FEDERATION)
@refuses(DocumentNotFound)
@blp.arguments(DocumentRevealIn)
@blp.response(200, DocumentRevealOut)
def reveal(body: dict[str, Any], document_id: UUID) -> dict[str, str | None]:
    """查看核验信息 · See what a paper is checked against, in plain

    For the federation's reviewers: the worker's name, phone and ID number, the paper's own number. Who looked at what,
    and why, stays on record.
    """
    return documents.unmask(document=queries.get(document_id), actor=actor(), **body)


@blp.route("/documents/<uuid:document_id>/withdrawals", methods=["POST"])
@allow(*FEDERATION)
@refuses(DocumentNotFound, StepNotPossible, IssuedHere)
@blp.arguments(DocumentWithdrawalIn)
@blp.response(201, DocumentOut)
def revoke(body: dict[str, Any], document_id: UUID) -> WorkerDocument:
    """撤销核验 · Take a verification back

    By the federation, when a paper it verified turns out wrong: it counts no more from now on, and her firm's managers
    are told why.
    """
    return documents.withdraw(document=queries.get(document_id), actor=actor(), party="reviewer", **body)


@blp.route("/documents/<uuid:document_id>/reviews", methods=["POST"])
@allow(*FEDERATION)
@refuses(DocumentNotFound, StepNotPossible, OwnDocument, ReasonRequired, ValidityRequired, InsuranceClassRequired,
         ConclusionRequired, NoCertificate, UnknownOccupation, LevelNotOfOccupation)
@blp.arguments(DocumentReviewIn)
@blp.response(201, DocumentOut)
def review(body: dict[str, Any], document_id: UUID) -> WorkerDocument:
    """核验证件 · Verify or reject a document

    By the federation's auditors and administrators. Who reviewed it, when and against what source stays with it; her
    firm's managers are told.
    """
    return documents.review(document_id=document_id, actor=actor(), **body)
