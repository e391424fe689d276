"""The accounts, and which lines each kind of movement has. Fen; debit positive, credit negative; lines sum to zero."""

from uuid import UUID

STRIPE_CLEARING = "stripe_clearing"
PLATFORM_FEE = "platform_fee"

Lines = dict[str, int]


def escrow(booking_id: UUID) -> str:
    """What is held for a booking: neither the firm's nor the platform's yet."""
    return f"escrow:{booking_id}"


def firm_payable(firm_id: UUID) -> str:
    """What the platform owes a firm."""
    return f"firm_payable:{firm_id}"


def charged(booking_id: UUID, amount: int) -> Lines:
    """The family paid."""
    return {STRIPE_CLEARING: amount, escrow(booking_id): -amount}


def released(booking_id: UUID, firm_id: UUID, amount: int, fee: int) -> Lines:
    """Held money becomes the firm's, less the platform's fee."""
    return {escrow(booking_id): amount, firm_payable(firm_id): fee - amount, PLATFORM_FEE: -fee}


def refunded(booking_id: UUID, amount: int) -> Lines:
    """Held money goes back to the family."""
    return {escrow(booking_id): amount, STRIPE_CLEARING: -amount}


def reverse(lines: Lines) -> Lines:
    """The same movement backwards."""
    return {account: -amount for account, amount in lines.items()}
