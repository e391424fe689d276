"""What attendance writes in the ledger (subject ``booking:id``).

Every entry's data holds {workday, worker: whose day it was, day, half, fen: the price of the day, by}.
"""

RECORDED = "workday.recorded"       # {by: worker|firm}; written down, or written anew
AGREED = "workday.agreed"           # {by: household|system|mediator}
CONTESTED = "workday.contested"     # {by: household, reason}
STRUCK = "workday.struck"           # {by: worker|firm|mediator}
