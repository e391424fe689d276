"""States of a request for an invoice. Parties: ``household``, ``firm``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.invoices import facts

INVOICE = Lifecycle("invoice_request", "requested", {
    "requested": "待开票", "issued": "已开票", "refused": "企业未开票", "withdrawn": "家庭已撤回", "voided": "已红冲",
}, [
    #    step       from         to           who          fact
    step("issue",    "requested", "issued",    "firm",      facts.ISSUED),
    step("refuse",   "requested", "refused",   "firm",      facts.REFUSED),
    step("withdraw", "requested", "withdrawn", "household", facts.WITHDRAWN),
    step("void",     "issued",    "voided",    "firm",      facts.VOIDED),
])

#: states of which a booking has one request at most; in the others it may be asked anew
LIVE = ("requested", "issued")
#: states in which an invoice was issued, whether or not it still counts
NUMBERED = ("issued", "voided")
#: states somebody gave a reason for
REASONED = ("refused", "voided")
