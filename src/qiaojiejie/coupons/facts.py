"""What coupons write in the ledger (subject ``coupon:id``). Never a code, never a phone; money in fen."""

ISSUED = "coupon.issued"        # {payer, firm, kind, amount_fen, permille, most_fen, least_fen, services, categories,
#                                  audience, from, until, most_uses, most_per_household}
GRANTED = "coupon.granted"      # {grant}
USED = "coupon.used"            # {booking, household, amount}
RETURNED = "coupon.returned"    # {booking, household, amount}: nothing was kept of its booking
ENDED = "coupon.ended"          # {used, given}: how often it is in use, and the fen taken off by that
