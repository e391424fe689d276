"""What needs write in the ledger (subject ``need:id``). Money is in fen."""

POSTED = "need.posted"                # {household, service, district}
ORDERED = "need.ordered"              # {household, service, quote, firm, worker, booking, total}
REOPENED = "need.reopened"            # {household, service, booking}: what was ordered was not paid in time
CLOSED = "need.closed"                # {household, service}
LAPSED = "need.lapsed"                # {household, service}
#: of one quote, each with {quote, firm, worker}
QUOTED = "need.quoted"                # {total}
WITHDRAWN = "need.quote_withdrawn"
CHOSEN = "need.quote_chosen"
PASSED_OVER = "need.quote_passed_over"
QUOTE_LAPSED = "need.quote_lapsed"
