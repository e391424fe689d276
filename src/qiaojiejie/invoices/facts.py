"""What invoices write in the ledger (subject ``invoice_request:id``). Never a title: it may be a person's name.

Every entry's data holds {booking, household, firm, amount: fen on the request}.
"""

REQUESTED = "invoice.requested"            # {kind, due_on}
ISSUED = "invoice.issued"                  # {number, issued_on}
REFUSED = "invoice.refused"                # {reason}
WITHDRAWN = "invoice.withdrawn"
VOIDED = "invoice.voided"                  # {reason}
AMOUNT_CHANGED = "invoice.amount_changed"  # {state, kept: fen that are kept of the booking now}
OVERDUE = "invoice.overdue"                # {due_on}
