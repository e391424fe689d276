"""Refusals: one root, RFC 9457 problem+json. A refusal's class name is its code, its docstring the message.

The docstring of each leaf has two lines: Chinese, then English. ``{placeholders}`` are filled from ``params``.
"""

from typing import Any


class Refusal(Exception):
    """请求被拒绝。
    The request was refused."""

    status = 400
    #: True when what the request has written so far must stand although it is refused (a counted try, say).
    keep = False

    def __init__(self, *, errors: list[dict[str, Any]] | None = None, retry_after: int | None = None,
                 **params: Any) -> None:
        self.params = params
        self.errors = errors
        self.retry_after = retry_after
        super().__init__(self.message("en"))

    @property
    def code(self) -> str:
        """The stable name a program may rely on."""
        return type(self).__name__

    def message(self, language: str) -> str:
        """The message a person can act on, in ``zh`` or ``en``."""
        return self.messages(self.params)[0 if language == "zh" else 1]

    @classmethod
    def messages(cls, params: dict[str, Any] | None = None) -> tuple[str, str]:
        """(Chinese, English), placeholders filled where ``params`` are given."""
        lines = [line.strip() for line in (cls.__doc__ or "").strip().splitlines() if line.strip()]
        chinese, english = lines[0], " ".join(lines[1:])
        if params:
            chinese, english = chinese.format(**params), english.format(**params)
        return chinese, english


class BadRequest(Refusal):
    """请求格式不正确。
    The request can't be understood."""

    status = 400


class Unauthorized(Refusal):
    """请先登录。
    Sign in first."""

    status = 401


class Forbidden(Refusal):
    """您无权进行此操作。
    You may not do this."""

    status = 403


class NotFound(Refusal):
    """没有找到。
    Not found."""

    status = 404


class Conflict(Refusal):
    """与当前状态冲突。
    This conflicts with how things stand."""

    status = 409


class TooLarge(Refusal):
    """内容过大。
    The content is too large."""

    status = 413


class Unsupported(Refusal):
    """不支持此类文件。
    This type of file is not supported."""

    status = 415


class Invalid(Refusal):
    """提交的内容有误，请按提示修改。
    Some fields need mending; see errors."""

    status = 422


class TooMany(Refusal):
    """操作过于频繁，请稍后再试。
    Too many requests; try again later."""

    status = 429
    keep = True


class Unavailable(Refusal):
    """服务暂时不可用，请稍后再试，不会重复扣款或重复预约。
    The service can't answer just now; try again with the same Idempotency-Key."""

    status = 503


class BadCursor(BadRequest):
    """翻页标记无效，请从第一页重新开始。
    The cursor is not one of ours, or belongs to another list; start from the first page."""


class KeyReused(Invalid):
    """同一 Idempotency-Key 已用于另一个请求，请换一个。
    This Idempotency-Key was used for a different request; use a new one."""


class StepNotPossible(Conflict):
    """现在是“{state_name}”状态，不能进行这一步。
    The step {step} is not possible in the state {state}."""


class NotYourStep(Forbidden):
    """此操作（{step}）不能由您来做。
    The step {step} is not yours to take."""
