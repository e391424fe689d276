"""The books, as the federation may look at them."""

from typing import Any

from qiaojiejie.books import queries as books
from qiaojiejie.books.schemas import LedgerHealthOut
from qiaojiejie.core.access import FEDERATION, allow
from qiaojiejie.core.http import Blueprint

blp = Blueprint("books", description="账目 · The books: double entry, checked")


@blp.route("/federation/ledger-health", methods=["GET"])
@allow(*FEDERATION)
@blp.response(200, LedgerHealthOut)
def health() -> dict[str, Any]:
    """账目自检 · Whether the books are right

    To the federation. Checks that every movement balances, that each payment has one equal charge, that no more is
    refunded than was paid, that nothing stays held for a closed booking, and that no two engagements of a worker
    overlap. What is younger than a minute is not counted: a job may still be putting it right.
    """
    troubles = books.troubles()
    return {"healthy": not troubles, "troubles": troubles}
