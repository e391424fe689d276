"""What chat refuses."""

from qiaojiejie.core.errors import Conflict, Invalid, NotFound, TooMany


class ChatOver(Conflict):
    """订单结束已超过 {days} 天，不能再发消息，仍可查看。
    The booking has been over for more than {days} days: nothing can be said any more, what was said can be read."""


class ChatImageNotYours(Invalid):
    """图片须由您本人以“chat”类型上传，且未在其他消息中使用过。
    An image must be one you uploaded as kind "chat" and have not sent yet."""


class ChatImageNotFound(NotFound):
    """聊天中没有这张图片，或它已被清除。
    There is no such image in this chat, or it was erased."""


class SaidTooOften(TooMany):
    """消息发送过于频繁，请稍后再试。
    Too many messages at once; try again in a minute."""
