"""What publications write in the ledger (subject ``publication:kind:period``)."""

PUBLISHED = "publication.published"      # {kind, period, edition, sha256}
