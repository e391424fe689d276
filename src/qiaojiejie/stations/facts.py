"""What stations write in the ledger; subject ``station:id``."""

CHANGED = "station.changed"                  # {fields}
ROOM_ADDED = "station.room_added"            # {room, seats}
ROOM_RESERVED = "station.room_reserved"      # {reservation, room, starts, ends, purpose}
ROOM_RELEASED = "station.room_released"      # {reservation, room}
