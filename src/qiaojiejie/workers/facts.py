"""What workers write in the ledger (subject ``worker:id``)."""

JOINED = "worker.joined"                    # {firm}
LEFT = "worker.left"                        # {firm}
CHANGED = "worker.changed"                  # {fields: [names]}
DOCUMENT_RECORDED = "document.recorded"     # {document, kind, valid_until}
#: {document, kind, valid_until, level, insurance_class, conclusion, firm}
DOCUMENT_VERIFIED = "document.verified"
DOCUMENT_REJECTED = "document.rejected"     # {document, kind, reason}
DOCUMENT_WITHDRAWN = "document.withdrawn"   # {document, kind, reason}
