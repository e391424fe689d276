"""Payouts over HTTP: accounts, batches, statements, wages."""

from qiaojiejie.core.http import Blueprint

blp = Blueprint("payouts", description="结算付款 · Firms are paid: accounts, batches, statements, wages")

FILE = {"type": "string", "format": "binary"}

from qiaojiejie.payouts.routes import accounts, batches, items, statements  # noqa: E402, F401
