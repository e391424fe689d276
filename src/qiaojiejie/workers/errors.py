"""What workers refuse."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound


class WorkerNotFound(NotFound):
    """没有找到这位家政服务员。
    There is no such worker."""


class WorkerElsewhere(Conflict):
    """此人仍在另一家企业名下，须先由原企业办理离职。
    She still works through another firm, which must record her leaving first."""


class AlreadyOnStaff(Conflict):
    """此人已在贵企业名册中。
    She is on your staff already."""


class NameDiffers(Conflict):
    """此身份证号码登记的是另一个姓名，请核对姓名和号码。
    This ID number is on file under another name; check both."""


class FirmNotOpen(Conflict):
    """企业已暂停、已列入黑名单或申请已关闭，不能增加人员。
    The firm is suspended, on the block list, or its application was closed; it can't take on staff."""


class LeftBeforeJoining(Invalid):
    """离职日期不能早于入职日期（{joined_on}），也不能晚于今天。
    She can't leave before she joined ({joined_on}), nor in the future."""


class OfferedTwice(Invalid):
    """同一服务项目（{service}）重复填写。
    The service {service} is named twice."""


class PhotoNotYours(Invalid):
    """请先上传照片，再填写它的编号。
    Upload the photo first, and name it by its id."""
