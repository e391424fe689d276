"""What feeds write in the ledger (subject ``account:id``). Never the token."""

MADE = "feed.made"          # {role, replaced: whether an older address died with it}
REVOKED = "feed.revoked"    # {role}
