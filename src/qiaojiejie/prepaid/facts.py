"""What prepaid cards write in the ledger (subject ``prepaid:id``, of offers ``prepaid_offer:id``); money in fen."""

OFFERED = "prepaid.offered"        # {firm, service, price}
WITHDRAWN = "prepaid.withdrawn"    # {firm}
BOUGHT = "prepaid.bought"          # {firm, household, offer, value}: the money came
USED = "prepaid.used"              # {booking, payment, amount}
LAPSED = "prepaid.lapsed"          # {}: it was not paid in time
CLOSED = "prepaid.closed"          # {amount, recovered}: so much of it goes back to the family
RETURNED = "prepaid.returned"      # {amount, recovered}: came back to a card that is no more and goes on to the family;
#                                    what a bank had given the family before makes good that loss
