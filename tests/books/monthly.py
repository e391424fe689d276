"""The monthly report as a stranger with psql recomputes it."""

from pathlib import Path

import sqlalchemy as sa

from qiaojiejie.books import queries
from qiaojiejie.core.db import db

SCRIPT = Path(__file__).parents[2] / "docs" / "sql" / "monthly-report.sql"
#: accounts the script can't tell apart without the books, as it names them
TOGETHER = {"account escrow and prepaid": ("escrow", "prepaid"),
            "account firm_payable, firm_receivable and payout": ("firm_payable", "firm_receivable", "payout")}


def recomputed(month: str) -> dict[str, int]:
    """What the script answers of a month, by name, in fen."""
    script = "\n".join(line for line in SCRIPT.read_text().splitlines() if not line.startswith("--"))
    found = db.session.connection().exec_driver_sql(script.replace(":'month'", f"'{month}'").replace("%", "%%"))
    return {name: fen for name, fen in found}


def reported(month: str) -> dict[str, int]:
    """What the service answers of it, named alike."""
    told = queries.report(month)
    closing = {row["account"]: row["closing"] for row in told.pop("accounts")}
    found = {name: fen for name, fen in told.items() if name != "month"}
    for name in recomputed(month):
        if name.startswith("account "):
            accounts = TOGETHER.get(name, (name.removeprefix("account "),))
            found[name] = sum(closing.pop(account, 0) for account in accounts)
    assert closing == {}, "an account the script knows nothing of"
    return found


def kinds(*, apart_from: frozenset[str] = frozenset()) -> set[str]:
    """The kinds of movements there are in the books."""
    return set(db.session.scalars(sa.text("SELECT DISTINCT kind FROM posting_tx"))) - apart_from
