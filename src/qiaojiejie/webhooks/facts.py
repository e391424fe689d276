"""What webhooks write in the ledger (subject ``webhook:id``): data holds {firm}, never a secret or an address."""

ADDED = "webhook.added"                    # {kinds}
CHANGED = "webhook.changed"                # {kinds, moved: whether its address is another now}
SECRET_ROTATED = "webhook.secret_rotated"
SWITCHED_OFF = "webhook.switched_off"      # {failing_since}
SWITCHED_ON = "webhook.switched_on"
REMOVED = "webhook.removed"
REPLAYED = "webhook.replayed"              # {delivery, event}
