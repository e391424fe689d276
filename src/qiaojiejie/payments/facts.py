"""What payments write in the ledger (subject ``booking:id``); data: {payment, amount} and what is named below."""

SUCCEEDED = "payment.succeeded"         # {method}
DECLINED = "payment.declined"           # {code}; the family may try again
OVERTAKEN = "payment.overtaken"         # it came after its booking was gone: all of it goes back
RELEASED = "payment.released"           # {firm, net, fee}
