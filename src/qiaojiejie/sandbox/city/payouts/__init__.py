"""A year of paying firms: where each is paid, a batch a month, what became of each payment."""

from qiaojiejie.sandbox.city.payouts.accounts import paid_out
from qiaojiejie.sandbox.city.payouts.batches import Paydays

__all__ = ["Paydays", "paid_out"]
