"""Certificates over HTTP: bodies and their keys, certificates, verification; files at addresses that standards fix."""

from flask import Blueprint as PlainBlueprint

from qiaojiejie.core.http import Blueprint

blp = Blueprint("certificates", description="证书 · Certificates anybody can verify, and who may award them")
#: DID documents and status lists stand outside the API, where did:web and credentials say
files = PlainBlueprint("certificate_files", __name__)

from qiaojiejie.certificates.routes import bodies, certificates, published  # noqa: E402, F401
