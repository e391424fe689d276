"""Publications over HTTP: open to everybody, corrected by the federation's administrator."""

from typing import Any

from flask import Response

from qiaojiejie.core import sheets
from qiaojiejie.core.access import Role, actor, allow, public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import page_of
from qiaojiejie.publications import queries, service as publications
from qiaojiejie.publications.errors import NothingToCorrect, PublicationNotFound
from qiaojiejie.publications.models import Publication
from qiaojiejie.publications.schemas import (EditionFilter, PublicationCardOut, PublicationFilter, PublicationIn,
                                             PublicationOut)

blp = Blueprint("publications", description="公报 · What the federation publishes every month and quarter")

_FILE = {"type": "string", "format": "binary"}
_PDF = "application/pdf"


@blp.route("/publications", methods=["GET"])
@public
@blp.arguments(PublicationFilter, location="query")
@blp.response(200, page_of(PublicationCardOut))
def list_publications(args: dict[str, Any]) -> Page:
    """公报列表 · Every edition of every month and quarter, newest period first

    Open to everybody.
    """
    return queries.page(**{"cursor": None, **args})


@blp.route("/publications/<publication_kind>/<period>", methods=["GET"])
@public
@refuses(PublicationNotFound)
@blp.arguments(EditionFilter, location="query")
@blp.response(200, PublicationOut)
def show_publication(args: dict[str, Any], publication_kind: str, period: str) -> Response:
    """公报 · A period's figures

    The bytes are the RFC 8785 form whose SHA-256 stands in the public log (leaf `publication`). The newest edition
    unless one is named. Open to everybody.
    """
    return Response(queries.get(publication_kind, period, args.get("edition")).body, mimetype="application/json")


@blp.route("/publications/<publication_kind>/<period>.xlsx", methods=["GET"])
@public
@refuses(PublicationNotFound)
@blp.arguments(EditionFilter, location="query")
@blp.response(200, _FILE, content_type=sheets.XLSX)
def show_workbook(args: dict[str, Any], publication_kind: str, period: str) -> Response:
    """公报表格 · A period's figures as a workbook with charts

    Made of the JSON; the same edition is always the same bytes. Open to everybody.
    """
    content = publications.workbook(kind=publication_kind, period=period, edition=args.get("edition"))
    return Response(content, mimetype=sheets.XLSX, headers={
        "Content-Disposition": f'attachment; filename="{publication_kind}-{period}.xlsx"'})


@blp.route("/publications/<publication_kind>/<period>.pdf", methods=["GET"])
@public
@refuses(PublicationNotFound)
@blp.arguments(EditionFilter, location="query")
@blp.response(200, _FILE, content_type=_PDF)
def show_paper(args: dict[str, Any], publication_kind: str, period: str) -> Response:
    """公报文件 · A period's figures as a PDF with charts

    Made of the JSON; the same edition is always the same bytes. Open to everybody.
    """
    content = publications.paper(kind=publication_kind, period=period, edition=args.get("edition"))
    return Response(content, mimetype=_PDF, headers={
        "Content-Disposition": f'inline; filename="{publication_kind}-{period}.pdf"'})


@blp.route("/publications/<publication_kind>/<period>/editions", methods=["POST"])
@allow(Role.FEDERATION_ADMIN)
@refuses(PublicationNotFound, NothingToCorrect)
@blp.arguments(PublicationIn)
@blp.response(201, PublicationCardOut)
def correct(body: dict[str, Any], publication_kind: str, period: str) -> Publication:
    """更正公报 · Count a period again and publish it as a further edition

    From everything known now; the editions before stay.
    """
    return publications.correct(actor=actor(), kind=publication_kind, period=period, **body)
