"""What workers write in the ledger (subject ``worker:id``)."""

JOINED = "worker.joined"                    # {firm}
LEFT = "worker.left"                        # {firm, left_on}
CHANGED = "worker.changed"                  # {fields: [names]}
