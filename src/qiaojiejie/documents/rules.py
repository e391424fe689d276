"""What is verified of a worker, worked out from her papers. Pure."""

DOCUMENT_KINDS = ("identity", "health", "insurance", "background", "certificate")
