"""What chat writes in the ledger (subject ``chat:booking id``). Never a word of what was said."""

SAID = "chat.said"        # {booking, number, party, flags, images: how many}
ERASED = "chat.erased"    # {booking, messages: how many, images: how many}
