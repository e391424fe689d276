"""What disputes write in the ledger (subject ``booking:id``, or ``prepaid:id`` of a card that was bought).

Every entry's data holds {payment, dispute, amount, firm} and what is named; money in fen, ``firm`` null of a card.
"""

OPENED = "dispute.opened"        # {reason, due}
ANSWERED = "dispute.answered"    # {by: firm|federation|system}; system: handed in at Stripe itself
CONCEDED = "dispute.conceded"    # the federation gives in; lost once Stripe says so
REOPENED = "dispute.reopened"    # {failure, due}; Stripe did not take the answer, or the bank asks anew
WON = "dispute.won"              # {held}: came back
LOST = "dispute.lost"            # {held, recalled, loss}: gone; recalled of it from the firm and the platform's fee
CLOSED = "dispute.closed"        # the bank let it be; {held}: came back

WRITTEN_OFF = "receivable.written_off"   # subject firm:id; {amount, write_off}: what it owes no more
