"""Money: integer fen of CNY, never a float."""

from typing import Any, NewType

Fen = NewType("Fen", int)

CURRENCY = "CNY"


def share(amount: int, permille: int) -> Fen:
    """``permille`` thousandths of ``amount`` fen (both ≥ 0), rounded half up once."""
    return Fen((amount * permille + 500) // 1000)


def display(amount: int) -> str:
    """``amount`` fen as a person reads it: ``¥1,234.50``, ``-¥0.05``."""
    sign = "-" if amount < 0 else ""
    yuan, fen = divmod(abs(amount), 100)
    return f"{sign}¥{yuan:,}.{fen:02d}"


def in_words(amount: int) -> dict[str, Any]:
    """``amount`` fen as every answer gives it (``schema.MoneySchema``)."""
    return {"amount": amount, "currency": CURRENCY, "display": display(amount)}
