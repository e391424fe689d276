"""How invoices and receipts refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class InvoiceTitleNotFound(NotFound):
    """没有找到这个发票抬头。
    There is no such invoice title of yours."""


class InvoiceTitlesFull(Conflict):
    """最多保存 {most} 个发票抬头，请先删除不用的。
    At most {most} invoice titles are kept; remove one first."""


class TaxNumberRequired(Invalid):
    """企业抬头须填写统一社会信用代码。
    A company's title needs its unified social credit code."""


class TaxNumberNotForPersons(Invalid):
    """个人抬头不填统一社会信用代码。
    A personal title has no unified social credit code."""


class KindNeedsCompany(Invalid):
    """增值税专用发票只能开给企业抬头，请改选普通发票。
    A special VAT invoice goes to a company's title only; choose the ordinary kind."""


class InvoiceRequestNotFound(NotFound):
    """没有找到这份开票申请。
    There is no such request for an invoice."""


class InvoiceNotYet(Conflict):
    """服务结束后才能申请发票。
    An invoice can be asked for once the booking is over."""


class NothingKept(Conflict):
    """这笔预约没有实际收费（未付款或已全额退款），不能开票。
    Nothing was kept of this booking (unpaid, or all of it went back), so there is nothing to invoice."""


class InvoiceTooLate(Conflict):
    """发票须在预约结束后 {days} 天内申请（截至 {last_day}）。
    An invoice is asked for within {days} days of the booking's end (until {last_day})."""


class InvoiceAlreadyRequested(Conflict):
    """这笔预约已申请发票；撤回、未开票或红冲后可重新申请。
    An invoice of this booking was asked for already; ask again once it is withdrawn, refused or voided."""


class InvoiceAmountChanged(Conflict):
    """这笔预约的实收金额已变为 {kept_display}，与申请不符；请家庭重新申请。
    What is kept of the booking is now {kept_display}, not what was asked for; the family asks anew."""


class InvoiceNumberTaken(Conflict):
    """该发票号码已登记在另一份申请上，请核对。
    This invoice number stands on another request; check it."""


class InvoiceDayDoesNotFit(Invalid):
    """开票日期须在申请日（{asked_on}）至今天之间，发票号码前两位须为开票年份。
    The day of issue lies between the day of asking ({asked_on}) and today; a number begins with its year's last two
    digits."""


class InvoiceFileNotYours(Invalid):
    """发票文件须由本企业上传（PDF 或图片，类型 document）。
    The invoice's file must be a document your own firm uploaded (PDF or image)."""


class InvoiceFileNotFound(NotFound):
    """这份申请没有发票文件。
    There is no invoice file with this request."""


class InvoiceTitleClosed(Conflict):
    """这份申请已结束，不再显示完整抬头。
    The request is over; its title is not shown in full any more."""


class NothingPaid(Conflict):
    """这笔预约还没有付款，没有收据。
    Nothing was paid for this booking yet, so there is no receipt."""
