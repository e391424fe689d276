"""What activities write in the ledger."""

#: subject ``activity:id``
PLANNED = "activity.planned"         # {station, kind, starts}
CANCELLED = "activity.cancelled"     # {reason}
HELD = "activity.held"               # {came}
PHOTO_ADDED = "activity.photo_added"          # {photo, media}
PHOTO_WITHDRAWN = "activity.photo_withdrawn"  # {photo, reason}

#: subject ``account:id`` of who signed up; each with {activity, place}
SIGNED = "activity.signed"           # {state, via, station}
LEFT = "activity.left"               # {}
ADMITTED = "activity.admitted"       # {}
ATTENDED = "activity.attended"       # {}
ABSENT = "activity.absent"           # {}
CALLED_OFF = "activity.called_off"   # {}
