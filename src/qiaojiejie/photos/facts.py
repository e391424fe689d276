"""What photos write in the ledger (subject ``photos:booking id``)."""

ADDED = "photos.added"        # {booking, photo, phase, party}
REMOVED = "photos.removed"    # {booking, photo, phase, party}
ERASED = "photos.erased"      # {booking, photos: how many}
