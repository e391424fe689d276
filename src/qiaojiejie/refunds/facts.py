"""What refunds write in the ledger (subject ``booking:id``); data: {payment, refund, amount} and what is named."""

REQUESTED = "refund.requested"   # {because}
SUCCEEDED = "refund.succeeded"
FAILED = "refund.failed"         # {failure}; the money is held in the books again
ASKED_AGAIN = "refund.asked_again"   # the federation has a failed refund tried once more, as another one
DISPUTED = "refund.disputed"     # {part}; the family's bank gave ``part`` of it back, a dispute being lost
REPAID = "refund.repaid"         # the federation paid it back by bank transfer
