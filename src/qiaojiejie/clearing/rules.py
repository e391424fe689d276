"""What Stripe keeps by a movement, and when a night's comparison is due."""

from datetime import date, datetime, time

#: movements that are nothing but fees, and about nothing of ours
FEES_ALONE = ("stripe_fee", "stripe_fx_fee", "tax_fee")
#: movements between Stripe and our own bank: Stripe pays our balance out, it comes back, or is topped up
OWN_BANK = ("payout", "payout_failure", "payout_cancel", "topup", "topup_reversal")
#: when the night's comparison is due in Asia/Shanghai
NIGHTLY = time(3, 30)

#: how a source at Stripe and in the books may differ
DIFFERENCES = {"only_at_stripe": "Stripe 有、账上无", "only_in_books": "账上有、Stripe 无", "amounts_differ": "金额不一致",
               "other_currency": "不是人民币"}


def kept(type: str, source: str | None, amount: int, fee: int) -> int:
    """Fen that Stripe kept for itself by a movement: its fee, and all of a movement that is a fee and nothing else."""
    return fee - amount if source is None and type in FEES_ALONE else fee


def night_of(local: datetime) -> date | None:
    """The night whose comparison is due at a moment in Asia/Shanghai; None before it is."""
    return local.date() if local.time() >= NIGHTLY else None
