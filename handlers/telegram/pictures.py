"""Pictures that were sent as a file, drawn anew: what is seen stays, and nothing else."""

from io import BytesIO

from PIL import Image, ImageOps

from handlers.telegram.updates import Raw
from mentorbot.programme.content import AsFile, Kind
from mentorbot.programme.errors import MentorbotError

MOST_BYTES = 20 * 1024 * 1024
"""What Telegram lets a bot fetch."""

MOST_PIXELS = 40_000_000
_SIDE = 2560  # pixels: Telegram makes ordinary photos no larger
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/bmp": "BMP", "image/tiff": "TIFF"}


class PictureUnreadable(MentorbotError):
    """This picture is too large, or not one."""


def picture_in(content: Raw, kind: Kind) -> AsFile | None:
    """The picture that a message holds as a file; None where the bot could not draw it anew."""
    document = content["document"] if kind is Kind.DOCUMENT else {}
    if document.get("mime_type") not in _FORMATS or document.get("file_size", 0) > MOST_BYTES:
        return None
    return AsFile(file=document["file_id"])


def redraw(data: bytes) -> bytes:
    """The same picture, upright, as a JPEG that holds nothing but its pixels. Raises PictureUnreadable."""
    try:
        with Image.open(BytesIO(data), formats=list(_FORMATS.values())) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureUnreadable
            picture.thumbnail((_SIDE, _SIDE))
            seen = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureUnreadable from None
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen.getchannel("A"))
    drawn = BytesIO()
    plain.save(drawn, "JPEG", quality=88)
    return drawn.getvalue()
