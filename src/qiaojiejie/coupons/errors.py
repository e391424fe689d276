"""Why a coupon is not to be had."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class CouponNotFound(NotFound):
    """没有找到这张优惠券。
    There is no such coupon."""


class CouponCodeUnknown(NotFound):
    """没有这个优惠码，请核对后再输入（8 位，不含 0、O、1、I）。
    There is no coupon with this code; check it (8 characters, never 0, O, 1 or I)."""


class CouponEnded(Conflict):
    """这张优惠券已停用，请换一张，或不用优惠券询价。
    This coupon was ended by who issued it; use another, or none."""


class CouponNotYet(Conflict):
    """这张优惠券从 {valid_from} 起才能用。
    This coupon is good from {valid_from} on."""


class CouponOver(Conflict):
    """这张优惠券已于 {valid_until} 到期。
    This coupon was good until the end of {valid_until}."""


class CouponUsedUp(Conflict):
    """这张优惠券已被领用完；若有人退订，可稍后再试。
    This coupon is used up; if somebody gives a booking up it may be free again later."""


class CouponUsedByYou(Conflict):
    """这张优惠券每个家庭最多用 {most} 次，您已用完。
    A family uses this coupon {most} times at most, and you have."""


class CouponNotYours(Conflict):
    """这张优惠券是发给指定家庭的，请用收到它的手机号登录。
    This coupon was given to certain families; sign in with the phone number it was given to."""


class CouponOfAnotherFirm(Conflict):
    """这张优惠券只能用于{firm}的服务，请选该企业的服务人员。
    This coupon is for services of {firm}; choose one of its workers."""


class CouponNotForService(Conflict):
    """这张优惠券不适用于“{service}”，请换一张，或选它适用的服务。
    This coupon is not for {service}; use another, or choose a service it is for."""


class CouponSpendMore(Conflict):
    """满 {least_display} 才能用这张优惠券，还差 {short_display}。
    This coupon is good for {least_display} or more; {short_display} is missing."""


class CouponTakesNothing(Conflict):
    """这笔预约的金额太低，用不上优惠券，请不用优惠券询价。
    The price is too low for anything to be taken off; ask without a coupon."""


class CouponGone(Conflict):
    """报价之后这张优惠券已被用完或停用，预约没有成立，请重新询价。
    Since the quote the coupon was used up or ended; nothing was booked, ask for a new quote."""


class CouponDoesNotFit(Invalid):
    """优惠券设置有误：满减券须写明金额，折扣券须写明千分比和封顶金额；起止日期须在今天或以后、一年之内。
    A coupon of an amount says how many fen, one of a share its permille and cap; it ends today or later, a year after
    it begins at most."""
