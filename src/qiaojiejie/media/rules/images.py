"""An image made anew. Pure."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps

from qiaojiejie.media.errors import ImageTooLarge, NotAnImage
from qiaojiejie.media.rules import FORMATS, LONG_SIDE, MEGAPIXELS, Kept, smaller

#: a bomb is refused from its header, before a pixel is unpacked; Pillow only warns below twice its limit
Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 10**6
warnings.simplefilter("error", Image.DecompressionBombWarning)

_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
#: what Pillow's decoders raise on damaged files (UnidentifiedImageError is an OSError)
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, AttributeError,
           struct.error, zlib.error)


def fresh(content: bytes) -> Kept:
    """Decoded and encoded anew: upright, at most LONG_SIDE, with no metadata and nothing hidden behind the pixels."""
    try:
        Image.open(BytesIO(content), formats=FORMATS).verify()
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MEGAPIXELS * 10**6:
                raise ImageTooLarge(megapixels=MEGAPIXELS)
            opened.thumbnail((LONG_SIDE, LONG_SIDE))
            upright = ImageOps.exif_transpose(opened)
            return _encode(upright)
    except _BOMBS as bomb:
        raise ImageTooLarge(megapixels=MEGAPIXELS) from bomb
    except _DAMAGE as damage:
        raise NotAnImage() from damage


def _encode(picture: Image.Image) -> Kept:
    clear = picture.has_transparency_data
    plain = picture.convert("RGBA" if clear else "RGB")
    plain.info.clear()  # encoders copy comments, profiles and EXIF from here
    out = BytesIO()
    if clear:
        plain.save(out, "WEBP", quality=85)
    else:
        plain.save(out, "JPEG", quality=85, optimize=True)
    return Kept(out.getvalue(), "image/webp" if clear else "image/jpeg", plain.width, plain.height)


def sizes(content: bytes) -> Iterator[tuple[int, Kept]]:
    """A kept picture in each smaller width, as the format it is kept in; the same for the same picture."""
    with Image.open(BytesIO(content), formats=FORMATS) as opened:
        opened.load()
        for width in smaller(opened.width):
            height = max(1, round(opened.height * width / opened.width))
            yield width, _encode(opened.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3))
