"""What courses write in the ledger."""

#: subject ``course:id``
PUBLISHED = "course.published"            # {occupation, level}
RETIRED = "course.retired"                # {}

#: subject ``course_session:id``; each with {course}
PLANNED = "session.planned"               # {seats, starts}
OPENED = "session.opened"                 # {seats}
SEATS_CHANGED = "session.seats_changed"   # {seats, before}
BEGUN = "session.begun"                   # {taken}
FINISHED = "session.finished"             # {completed, passed}
CANCELLED = "session.cancelled"           # {}

#: subject ``worker:id``; each with {session, place}
WAITING = "place.waiting"                 # {position, via}
ENROLLED = "place.enrolled"               # {position, via}
OFFERED = "place.offered"                 # {until}
DECLINED = "place.declined"               # {}
LAPSED = "place.lapsed"                   # {}
LEFT = "place.left"                       # {}
CALLED_OFF = "place.called_off"           # {}: the session was cancelled, or began without her
MARKED = "place.marked"                   # {part, attempt, points, passed}
PASSED = "place.passed"                   # {}
FAILED = "place.failed"                   # {}

#: subject ``claim:id``
CLAIMED = "claim.submitted"               # {programme, year, amount_fen, worker}
APPROVED = "claim.approved"               # {programme, year, amount_fen, worker}
REFUSED = "claim.refused"                 # {worker}
PAID = "claim.paid"                       # {amount_fen, reference, worker}
