"""The books, as the federation may look at them."""

from typing import Any

from qiaojiejie.books import queries as books
from qiaojiejie.books.schemas import LedgerHealthOut, MoneyReportFilter, MoneyReportOut
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


@blp.route("/federation/money-report", methods=["GET"])
@allow(*FEDERATION)
@blp.arguments(MoneyReportFilter, location="query")
@blp.response(200, MoneyReportOut)
def report(query: dict[str, Any]) -> dict[str, Any]:
    """资金月报 · A month of money

    To the federation: taken, held, released, refunded, paid out and fees of a month, and every account from its
    opening to its closing. Sums of the books' own lines, so it is equal to them to the fen.
    """
    return books.report(**query)
