"""What documents write in the ledger (subject ``worker:id``)."""

RECORDED = "document.recorded"     # {document, kind, valid_until}
VERIFIED = "document.verified"     # {document, kind, valid_until, level, insurance_class, conclusion, firm},
#                                    and credential, the SHA-256 of what was signed, when it was issued here
REJECTED = "document.rejected"     # {document, kind}
WITHDRAWN = "document.withdrawn"   # {document, kind}
