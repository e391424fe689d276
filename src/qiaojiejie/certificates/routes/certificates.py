"""Certificates over HTTP."""

from typing import Any

from flask import Response

from qiaojiejie.certificates.errors import CertificateNotFound
from qiaojiejie.certificates.models import Certificate
from qiaojiejie.certificates.queries import certificates as queries
from qiaojiejie.certificates.routes import blp
from qiaojiejie.certificates.schemas.certificates import (
    CertificateFilter, CertificateOut, CertificatePageOut, CertificateRevocationIn, HeldCredentialOut, VerificationOut)
from qiaojiejie.certificates.service import certificates
from qiaojiejie.core.access import FEDERATION, FIRM, Role, actor, allow, fresh, public
from qiaojiejie.core.errors import StepNotPossible
from qiaojiejie.core.http import refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter
from qiaojiejie.workers.errors import WorkerNotFound

_FILE = {"type": "string", "format": "binary"}


@blp.route("/certificates", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(CertificateFilter, location="query")
@blp.response(200, CertificatePageOut)
def list_certificates(filters: dict[str, Any]) -> Page:
    """证书台账 · List the certificates issued here, newest first

    For the federation.
    """
    return queries.page(**filters)


@blp.route("/me/certificates", methods=["GET"])
@allow(Role.WORKER)
@refuses(WorkerNotFound)
@blp.arguments(PageFilter, location="query")
@blp.response(200, CertificatePageOut)
def list_own(filters: dict[str, Any]) -> Page:
    """我的证书 · List my certificates"""
    return queries.of_account(actor(), **filters)


@blp.route("/me/certificates/<serial>/credential", methods=["GET"])
@allow(Role.WORKER)
@refuses(CertificateNotFound)
@blp.response(200, HeldCredentialOut)
def show_credential(serial: str) -> dict[str, Any]:
    """我的电子凭证 · My signed credential

    An Open Badges 3.0 credential (VC-JWT) and what opens the hash of its holder. Whoever gets the credential alone can
    check it, and does not learn who holds it.
    """
    return queries.own(actor(), serial)


@blp.route("/certificates/<serial>", methods=["GET"])
@allow(Role.WORKER, *FIRM, *FEDERATION)
@refuses(CertificateNotFound)
@blp.response(200, CertificateOut)
def show_certificate(serial: str) -> Certificate:
    """证书详情 · Show a certificate

    To its holder, her firm and the federation.
    """
    return queries.seen(actor(), serial)


@blp.route("/certificates/<serial>/paper.pdf", methods=["GET"])
@allow(Role.WORKER, *FIRM, *FEDERATION)
@refuses(CertificateNotFound)
@blp.response(200, _FILE, content_type="application/pdf")
def show_paper(serial: str) -> Response:
    """证书 PDF · The certificate on paper, with a QR to verify it

    To its holder, her firm and the federation.
    """
    content = certificates.printed(actor=actor(), serial=serial)
    return Response(content, mimetype="application/pdf",
                    headers={"Content-Disposition": 'attachment; filename="certificate.pdf"'})


@blp.route("/certificates/<serial>/revocations", methods=["POST"])
@allow(*FEDERATION)
@refuses(CertificateNotFound, StepNotPossible)
@blp.arguments(CertificateRevocationIn)
@blp.response(201, CertificateOut)
def revoke(body: dict[str, Any], serial: str) -> Certificate:
    """吊销证书 · Revoke a certificate

    It fails for whoever verifies from this moment on, here and by the status list; the paper in her file counts no
    more. She and her firm are told.
    """
    return certificates.revoke(actor=actor(), serial=serial, **body)


@blp.route("/verify/<serial>", methods=["GET"])
@public
@fresh
@blp.response(200, VerificationOut)
def verify(serial: str) -> dict[str, Any]:
    """核验证书 · Verify a certificate by its serial

    Whether it holds now, of whom (masked), by whom; the signed credential itself is checked, with the published keys
    and status list. `not_ours` for everything else. Open to everybody.
    """
    return queries.verified(serial)
