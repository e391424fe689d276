"""What contracts write in the ledger (subject ``booking:id``).

Every entry's data holds {contract: its id, version, sha256: of the paper}.
"""

DRAFTED = "contract.drafted"          # {variant, by: household|firm, changes: [codes of the fields that changed]}
ENDORSED = "contract.endorsed"        # {by: household|firm|worker}; one side has signed
SIGNED = "contract.signed"            # every side has
SUPERSEDED = "contract.superseded"    # {by: version of the contract that stands in its place}
VOIDED = "contract.voided"            # the booking was cancelled
