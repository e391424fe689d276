"""How booking refuses."""

from qiaojiejie.calendars.errors import SlotTaken, TooFarBetween
from qiaojiejie.catalog.errors import PolicyNotFound, UnknownService
from qiaojiejie.core.errors import Conflict, Forbidden, NotFound, TooMany
from qiaojiejie.households.errors import AddressNotFound
from qiaojiejie.workers.errors import WorkerNotFound


class QuoteNotFound(NotFound):
    """没有找到这份报价。
    There is no such quote."""


class BookingNotFound(NotFound):
    """没有找到这笔预约。
    There is no such booking."""


class NotAVisit(Conflict):
    """“{service}”按天预约，请给出天数（days）。
    {service} is booked by days, not as a visit; give `days`."""


class NotByDays(Conflict):
    """“{service}”按次预约，请给出时长（minutes）。
    {service} is booked as a visit, not by days; give `minutes`."""


class WorkerNotBookable(Conflict):
    """这位服务人员目前不接单。
    This worker takes no bookings at present."""


class OnBlockList(Conflict):
    """这位服务人员或其所属企业在黑名单上，不能预约；已付的款项会全额退回。
    This worker or her firm is on the block list and can't be booked; what was paid goes back in full."""


class ServiceNotOffered(Conflict):
    """这位服务人员不提供“{service}”。
    This worker does not offer {service}."""


class WorkerNotEligible(Conflict):
    """服务当日她的证件不满足这项服务的要求：{words}。请另选一位，或换一项服务。
    On the day of service her papers do not allow this work: {reasons}. Choose another worker, or another service."""


class AddressNotServed(Conflict):
    """她和她的企业不服务该地址所在的区县，请换一个地址，或另找一位服务这里的阿姨。
    Neither she nor her firm serves the district of this address; choose another address, or another worker."""


class StartNotOnHalfHour(Conflict):
    """开始时间须为整点或半点。
    A visit starts on the hour or the half hour."""


class TooLittleNotice(Conflict):
    """至少提前 {minutes} 分钟预约。
    Book at least {minutes} minutes ahead."""


class BeyondHorizon(Conflict):
    """最多可预约 {days} 天以内的服务。
    Visits can be booked at most {days} days ahead."""


class LengthNotPossible(Conflict):
    """服务时长须为 {least} 到 {most} 分钟，以半小时为单位。
    A visit lasts {least} to {most} minutes, in half hours."""


class OutsideHours(Conflict):
    """这段时间不在她的工作时间内，请换一个时间。
    This is outside her working hours; choose another time."""


class NotOfThisService(Conflict):
    """“{service}”不能指定 {field}，请去掉后再询价。
    {service} can't be asked for with `{field}`; leave it out."""


class DaysNotOffered(Conflict):
    """这项服务可选 {choices} 天。
    This service is engaged for one of these numbers of days: {choices}."""


class ShiftNotOffered(Conflict):
    """请选择班次（shift）：{names}。
    Choose one of the shifts of this service: {choices}."""


class ShiftBegins(Conflict):
    """{shift}从 {at} 开始，请把开始时间改为 {at}。
    This shift begins at {at}; start then."""


class NothingToBegin(Conflict):
    """这笔预约的开始日期已经确定，无需再报。
    It is known already when this booking begins."""


class BeginningNotSaid(Conflict):
    """还没有说明宝宝何时出生，请家庭或企业先确定开始日期（最迟 {until}）。
    It has not been said yet when this begins; the household or the firm says so first (by {until} at the latest)."""


class BeginningTooLate(Conflict):
    """最迟可从 {latest} 开始；更晚请重新预约。
    It begins on {latest} at the latest; book anew for later."""


class NotFreeToBegin(Conflict):
    """这几天在为您预留的日期之外，她已有别的安排；预约和已付款不变，请另选一天，或请企业换一位。
    These days are outside those held for you and she is not free; your booking and what you paid stand. Choose another
    day, or ask the firm for another worker."""


class QuoteExpired(Conflict):
    """报价已过期，请重新询价。
    The quote has expired; ask for a new one."""


class QuoteUsed(Conflict):
    """这份报价已经用于一笔预约。
    This quote already made a booking."""


class TooManyHolds(TooMany):
    """您已有 {most} 笔待支付的预约，请先付款或取消。
    You hold {most} unpaid bookings; pay or cancel one first."""

    keep = False


class HoldExpired(Conflict):
    """预约已超过付款时限，请重新预约。
    The time to pay is over; book again."""


class PartNotDue(Conflict):
    """现在应付的是 {due}，不是 {part}。
    The part to pay now is {due}, not {part}."""


class BalanceDue(Conflict):
    """尾款 {amount_display} 尚未支付，请家庭先付清尾款。
    The balance of {amount_display} has not been paid; it comes first."""


class EndsByDays(Conflict):
    """按天的服务在每天记工并确认后结束；要提前结束，请用“提前结束”。
    An engagement by days ends once its days are settled; to end it sooner, end it early."""


class CancellationQuoteChanged(Conflict):
    """退款金额已变：现在取消收费 {fee_display}，退款 {refund_display}，请确认后再取消。
    The refund has changed: cancelling now costs {fee_display} and refunds {refund_display}; confirm that amount."""


class RefundNotNow(Conflict):
    """服务结束并付款后才能由企业退款；此前请用取消。
    A firm refunds what was paid after the service has ended; before that, the booking is cancelled."""


class RefundExceedsKept(Conflict):
    """最多可退 {left_display}。
    At most {left_display} of this booking can still be given back."""


class TooEarly(Conflict):
    """现在还不能进行，最早 {at_display}。
    It is too early for this; the earliest is {at}."""


class TooLate(Conflict):
    """已经晚了，最迟 {at_display}。
    It is too late for this; the latest was {at}."""


class WrongDoorCode(Forbidden):
    """门口验证码不对，还可以试 {left} 次。
    The door code is wrong; {left} tries are left."""

    keep = True


class DoorCodeBurnt(Conflict):
    """验证码错误次数过多，请家庭重新生成一个。
    Too many wrong door codes; ask the family to make a new one."""


class ContactClosed(Forbidden):
    """联系方式只在确认后到服务结束 24 小时内可见。
    Contacts are shown only from confirmation to 24 hours after the service."""


class NobodyNamed(NotFound):
    """这笔预约没有说明为哪位家人而订。
    This booking does not say whom it is for."""


class NameClosed(Forbidden):
    """被照护人的姓名只在确认后到服务结束 24 小时内可见。
    The name of who is cared for is shown only from confirmation to 24 hours after the service."""


#: how asking for a time, for a worker, for days, and for her time to be held is refused, wherever that is done
TIMES = (StartNotOnHalfHour, LengthNotPossible, TooLittleNotice, BeyondHorizon)
BOOKABLE = (OnBlockList, WorkerNotBookable, WorkerNotEligible)
OFFERED = (WorkerNotFound, ServiceNotOffered, *BOOKABLE, AddressNotServed, PolicyNotFound, *TIMES)
BY_DAYS = (NotOfThisService, DaysNotOffered, ShiftNotOffered, ShiftBegins)
PRICING = (*OFFERED, AddressNotFound, UnknownService, NotAVisit, NotByDays, OutsideHours, SlotTaken, TooFarBetween)
HOLDING = (TooManyHolds, *BOOKABLE, SlotTaken, TooFarBetween)
