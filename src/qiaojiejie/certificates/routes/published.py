"""DID documents and status lists, at the addresses that credentials name."""

from typing import Any

from flask import Response

from qiaojiejie.certificates.queries import bodies, certificates
from qiaojiejie.certificates.routes import files
from qiaojiejie.core.access import fresh, public


@files.get("/bodies/<slug>/did.json")
@public
@fresh
def did_document(slug: str) -> dict[str, Any]:
    """A body's DID document (did:web): its public keys."""
    return bodies.did_document(slug)


@files.get("/bodies/<slug>/status/<int:number>")
@public
@fresh
def status_list(slug: str, number: int) -> Response:
    """A body's status list (Bitstring Status List 1.0), signed as it is now."""
    return Response(certificates.status_list(slug, number), mimetype="application/vc+jwt",
                    headers={"Cache-Control": "no-cache"})
