"""What payments write in the ledger (subject ``booking:id``); data: {payment, amount} and what is named below."""

SUCCEEDED = "payment.succeeded"
FAILED = "payment.failed"
REFUND_REQUESTED = "refund.requested"   # {refund, amount, because}
REFUND_SUCCEEDED = "refund.succeeded"   # {refund, amount}
REFUND_FAILED = "refund.failed"         # {refund, amount}
RELEASED = "money.released"             # {firm, net, fee}
