"""What refunds write in the ledger (subject ``booking:id``); data: {payment, refund, amount} and what is named."""

REQUESTED = "refund.requested"   # {because}
SUCCEEDED = "refund.succeeded"
FAILED = "refund.failed"         # {failure}; the money is held in the books again
