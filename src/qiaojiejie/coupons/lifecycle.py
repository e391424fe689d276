"""The states of a coupon and of each use of one. Parties to a coupon: issuer, federation (of a firm's), system."""

from qiaojiejie.core.lifecycle import Lifecycle, step
from qiaojiejie.coupons import facts

COUPON = Lifecycle("coupon", "live", {"live": "可用", "ended": "已停用"}, [
    #    step   from    to       who       fact
    step("end", "live", "ended", "issuer", facts.ENDED),
])

USE = Lifecycle("coupon_use", "used", {"used": "已使用", "returned": "已退回"}, [
    step("give_back", "used", "returned", "system", facts.RETURNED),
])
