"""The accounts, and which lines each kind of movement has. Fen; debit positive, credit negative; lines sum to zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

STRIPE_CLEARING = "stripe_clearing"
STRIPE_FEES = "stripe_fees"
PLATFORM_FEE = "platform_fee"
#: what the platform gives away: coupons it pays for itself
PROMOTION = "promotion"
BANK = "bank"
DISPUTE_HOLD = "dispute_hold"
LOSS = "loss"

#: which balance an account may never have: 1 may not be in debit, -1 may not be in credit, 0 may be either
SIGNS = {"escrow": -1, "prepaid": -1, "firm_payable": -1, "payout": -1, "platform_fee": -1, "firm_receivable": 1,
         "stripe_fees": 1, "dispute_hold": 1, "loss": 1, "promotion": 1, "stripe_clearing": 0, "bank": 0}

Lines = dict[str, int]


def escrow(booking_id: UUID) -> str:
    """What is held for a booking: neither the firm's nor the platform's yet."""
    return f"escrow:{booking_id}"


def prepaid(card_id: UUID) -> str:
    """What is left of a family's prepaid card: the family's, until a visit is paid with it."""
    return f"prepaid:{card_id}"


def firm_payable(firm_id: UUID) -> str:
    """What the platform owes a firm."""
    return f"firm_payable:{firm_id}"


def firm_receivable(firm_id: UUID) -> str:
    """What a firm owes the platform: given back to families after it was paid out."""
    return f"firm_receivable:{firm_id}"


def payout(item_id: UUID) -> str:
    """What a payout has set aside and has not sent yet."""
    return f"payout:{item_id}"


@dataclass(frozen=True)
class Share:
    """Fen of a booking and whose they are: the platform's fee of it, and what the platform adds for its coupon."""

    amount: int
    fee: int
    promotion: int = 0

    @property
    def net(self) -> int:
        """The firm's part."""
        return self.amount - self.fee + self.promotion


def charged(held: str, amount: int) -> Lines:
    """The family paid; ``held``: the account that holds it."""
    return {STRIPE_CLEARING: amount, held: -amount}


def redeemed(card_id: UUID, held: str, amount: int) -> Lines:
    """A booking is paid from a prepaid card; ``held``: the account that holds the booking's money."""
    return {prepaid(card_id): amount, held: -amount}


def returned(held: str, card_id: UUID, amount: int) -> Lines:
    """What was paid from a prepaid card goes back to it."""
    return {held: amount, prepaid(card_id): -amount}


def recovered(held: str, amount: int) -> Lines:
    """What came back after a bank had given it to the family already makes good the loss that was booked then."""
    return {held: amount, LOSS: -amount}


def released(booking_id: UUID, firm_id: UUID, part: Share) -> Lines:
    """Held money becomes the firm's, less the platform's fee, with what the platform's coupon adds."""
    return {escrow(booking_id): part.amount, firm_payable(firm_id): -part.net, PLATFORM_FEE: -part.fee,
            PROMOTION: part.promotion}


def recalled(booking_id: UUID, firm_id: UUID, part: Share, payable: int) -> Lines:
    """Released money is held again, to be given back: the firm's part from the ``payable`` fen the platform owes it,
    the rest as its debt."""
    taken = max(0, min(part.net, payable))
    return {escrow(booking_id): -part.amount, PLATFORM_FEE: part.fee, PROMOTION: -part.promotion,
            firm_payable(firm_id): taken, firm_receivable(firm_id): part.net - taken}


def refunded(held: str, amount: int) -> Lines:
    """Held money goes back to the family; ``held``: the account that holds it."""
    return {held: amount, STRIPE_CLEARING: -amount}


def repaid(held: str, amount: int) -> Lines:
    """Held money goes back to the family by bank transfer, Stripe having refused."""
    return {held: amount, BANK: -amount}


def stripe_fee(fee: int) -> Lines:
    """Stripe kept ``fee`` fen of what it holds for us; less than nothing when it gave a fee back."""
    return {STRIPE_FEES: fee, STRIPE_CLEARING: -fee}


def swept(amount: int) -> Lines:
    """``amount`` fen of what Stripe held for us came to our bank; less than nothing when they went back."""
    return {BANK: amount, STRIPE_CLEARING: -amount}


def disputed(amount: int) -> Lines:
    """A cardholder's bank took money back and Stripe took it from us, until the bank decides."""
    return {DISPUTE_HOLD: amount, STRIPE_CLEARING: -amount}


def dispute_lost(held: str, amount: int, short: int = 0) -> Lines:
    """What the bank took stays taken: out of what the account ``held`` holds, all but ``short`` fen nobody holds."""
    return {held: amount - short, LOSS: short, DISPUTE_HOLD: -amount}


def written_off(firm_id: UUID, amount: int) -> Lines:
    """What a firm owes will never be paid."""
    return {LOSS: amount, firm_receivable(firm_id): -amount}


def offset(firm_id: UUID, amount: int) -> Lines:
    """What the platform owes a firm and what the firm owes it cancel out."""
    return {firm_payable(firm_id): amount, firm_receivable(firm_id): -amount}


def set_aside(item_id: UUID, firm_id: UUID, amount: int) -> Lines:
    """What a payout takes out of the firm's balance before it is sent; backwards when it is not sent after all."""
    return {firm_payable(firm_id): amount, payout(item_id): -amount}


def paid_out(item_id: UUID, amount: int, through: str) -> Lines:
    """A payout left, ``through`` the bank or Stripe's balance."""
    return {payout(item_id): amount, through: -amount}


def sent_back(firm_id: UUID, amount: int, through: str) -> Lines:
    """A payout that had arrived came back, whole or in part: the platform owes it again."""
    return {through: amount, firm_payable(firm_id): -amount}


def reverse(lines: Lines) -> Lines:
    """The same movement backwards."""
    return {account: -amount for account, amount in lines.items()}


#: a figure of the report → the kinds of movement it counts, the account it reads there, and the sign of that account
FIGURES = {
    "taken": (("charged",), ("stripe_clearing",), 1),
    "redeemed": (("redeemed",), ("escrow",), -1),
    "returned": (("returned",), ("prepaid",), -1),
    "released": (("released",), ("escrow",), 1),
    "recalled": (("recalled",), ("escrow",), -1),
    "firms": (("released", "recalled"), ("firm_payable", "firm_receivable"), -1),
    "platform_fees": (("released", "recalled"), ("platform_fee",), -1),
    "promotions": (("released", "recalled"), ("promotion",), 1),
    "refunded": (("refunded", "refund_failed", "repaid"), ("stripe_clearing", "bank"), -1),
    "paid_out": (("paid_out", "payout_reversed", "transferred", "transfer_reversed"), ("stripe_clearing", "bank"), -1),
    "stripe_fees": (("stripe_fee",), ("stripe_fees",), 1),
    "swept": (("swept",), ("bank",), 1),
}


def figures(moved: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """The figures of a report from what each kind of movement left on each account: (kind, account, fen)."""
    by = {(kind, account): fen for kind, account, fen in moved}
    return {name: sign * sum(by.get((kind, account), 0) for kind in kinds for account in accounts)
            for name, (kinds, accounts, sign) in FIGURES.items()}
