"""What payments write in the ledger (subject ``booking:id``, or ``prepaid:id`` of a card that is bought).

Every entry's data holds {payment, amount} and what is named below; RELEASED is of the booking and names no payment.
"""

SUCCEEDED = "payment.succeeded"         # {method}
DECLINED = "payment.declined"           # {code}; the family may try again
OVERTAKEN = "payment.overtaken"         # it came after its booking was gone: all of it goes back
RELEASED = "payment.released"           # {amount, firm, net, fee, promotion}
