"""What piece-work comes to. Pure."""

#: an order runs so many days at most
LONGEST = 180


def fair(accepted: int | None, taken: int, reason: str | None) -> bool:
    """Whether a judgement of ``taken`` pieces says how many are good, and why when some are not."""
    return accepted is not None and 0 <= accepted <= taken and (accepted == taken or bool(reason))


def pay(accepted: int, unit_fen: int) -> int:
    """Fen for good pieces."""
    return accepted * unit_fen
