"""What the clearing writes in the ledger (subject ``clearing_run:id``)."""

COMPARED = "clearing.compared"   # {movements, differences}
