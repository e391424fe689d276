"""States of an awarding body and of a certificate it issued. Parties: ``officer`` (federation), ``second``, ``body``.

A certificate has no state "expired": that follows from its last day.
"""

from qiaojiejie.certificates import facts
from qiaojiejie.core.lifecycle import Lifecycle, step

BODY = Lifecycle("awarding_body", "proposed", {
    "proposed": "待认可", "accredited": "已认可", "declined": "未认可", "suspended": "已暂停",
}, [
    #    step         from         to            who        fact
    step("accredit",  "proposed",   "accredited", "second",  facts.ACCREDITED),
    step("decline",   "proposed",   "declined",   "second",  facts.DECLINED),
    step("suspend",   "accredited", "suspended",  "officer", facts.SUSPENDED),
    step("resume",    "suspended",  "accredited", "officer", facts.RESUMED),
])

CERTIFICATE = Lifecycle("certificate", "issued", {"issued": "已颁发", "revoked": "已吊销"}, [
    step("revoke", "issued", "revoked", "officer", facts.REVOKED),
])
