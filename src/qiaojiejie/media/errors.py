"""How media refuses."""

from qiaojiejie.core.errors import NotFound, TooLarge, Unsupported


class MediaNotFound(NotFound):
    """没有找到该文件。
    There is no such file, or it is not yours to see."""


class NotAnImage(Unsupported):
    """请上传 JPEG、PNG 或 WebP 图片；文件可能已损坏。
    Upload a JPEG, PNG or WebP image; the file may be damaged."""


class NotADocument(Unsupported):
    """请上传图片（JPEG、PNG、WebP）或 PDF 文件；文件可能已损坏。
    Upload an image (JPEG, PNG, WebP) or a PDF; the file may be damaged."""


class FileTooLarge(TooLarge):
    """文件不能超过 {megabytes} MB。
    A file has at most {megabytes} MB."""


class ImageTooLarge(TooLarge):
    """图片不能超过 {megapixels} 百万像素。
    An image has at most {megapixels} megapixels."""
