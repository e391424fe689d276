"""What the piece-work board writes in the ledger."""

#: subject ``handwork_order:id``
POSTED = "handwork.posted"         # {station, pieces, unit_fen}
CLOSED = "handwork.closed"         # {left}

#: subject ``account:id`` of the maker; each with {order, take}
TAKEN = "handwork.taken"           # {pieces, via, station}
RETURNED = "handwork.returned"     # {pieces}
DELIVERED = "handwork.delivered"   # {}
JUDGED = "handwork.judged"         # {accepted, back, pay_fen}
PAID = "handwork.paid"             # {pay_fen}
RECEIVED = "handwork.received"     # {}
MISSED = "handwork.missed"         # {}
