"""States of a grant. Party: ``worker``. That it is over follows from its last moment."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.doorcards import facts

GRANT = Lifecycle("file_grant", "granted", {"granted": "已授权", "revoked": "已收回"}, [
    step("revoke", "granted", "revoked", "worker", facts.REVOKED),
])
