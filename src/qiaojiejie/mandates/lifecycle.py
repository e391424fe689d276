"""States of a mandate. Parties: ``principal`` (whose household it is), ``agent`` (the station or firm), ``system``."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.mandates import facts

MANDATE = Lifecycle("mandate", "given", {"given": "有效", "ended": "已终止"}, [
    step("end", "given", "ended", "principal agent system", facts.ENDED),
])
