"""What identity writes in the ledger (subject ``account:id``)."""

OPENED = "account.opened"
ROLE_GRANTED = "role.granted"
ROLE_ENDED = "role.ended"
#: An old refresh token was used again: the whole family of tokens was ended.
COMPROMISED = "session.compromised"
