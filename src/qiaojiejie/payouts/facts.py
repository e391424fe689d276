"""What payouts write in the ledger (subject ``firm:id``).

Those of an account hold {account, kind}; the others {item, amount} in fen and what is named.
"""

ACCOUNT_SET = "payout.account_set"            # the firm says where to pay it; nothing is paid there before …
ACCOUNT_VERIFIED = "payout.account_verified"  # … the federation verified it
ACCOUNT_REFUSED = "payout.account_refused"
BATCHED = "payout.batched"        # {batch, offset}: set aside for the firm
RETURNED = "payout.returned"      # {batch}: its batch was refused, or its account is verified no more
APPROVED = "payout.approved"      # {batch}
SENT = "payout.sent"
PAID = "payout.paid"
FAILED = "payout.failed"          # {failure}; owed to the firm again
REVERSED = "payout.reversed"      # {amount: what came back}; owed to the firm again
