"""What alarms write in the ledger; subject ``alarm:id`` (not the booking's: its other side reads that history).

Every entry's data holds {booking, party: worker|household}; never a place.
"""

RAISED = "alarm.raised"
ACKNOWLEDGED = "alarm.acknowledged"     # {by: firm|duty}
WITHDRAWN = "alarm.withdrawn"           # {by: caller}
RESOLVED = "alarm.resolved"             # {by: firm|duty}
