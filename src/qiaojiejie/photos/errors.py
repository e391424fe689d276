"""What photos refuse."""

from qiaojiejie.core.errors import Conflict, Forbidden, Invalid, NotFound


class PhotosNotNow(Conflict):
    """只有服务进行中或待确认完成时，才能添加照片。
    Photos are added while the service is under way, or has ended and is not completed yet."""


class PhotosFull(Conflict):
    """{phase_zh}照片最多 {most} 张。
    There are {most} photos from {phase} the service, which is the most."""


class VisitPhotoNotYours(Invalid):
    """照片须由您本人以“visit”类型上传，且未使用过。
    A photo must be one you uploaded as kind "visit" and have not used yet."""


class VisitPhotoNotFound(NotFound):
    """没有这张照片，或它已被清除。
    There is no such photo of this booking, or it was erased."""


class OthersPhoto(Forbidden):
    """只能删除自己添加的照片。
    You can remove only photos you added."""


class PhotoStays(Conflict):
    """照片添加超过 {minutes} 分钟，或订单有未结投诉或争议时，不能删除。
    A photo stays {minutes} minutes after it was added, and while a complaint or a dispute is open."""
