"""States of a reservation. Parties: ``holder`` (who reserved it), ``station`` (its clerk), ``officer``, ``system``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.stations import facts

RESERVATION = Lifecycle("room_reservation", "reserved", {"reserved": "已预订", "released": "已释放"}, [
    step("release", "reserved", "released", "holder station officer system", facts.ROOM_RELEASED),
])
