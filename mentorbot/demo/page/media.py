"""Pictures that stand in somebody's chat, as bytes; other files are shown by name only."""

from aiohttp import web

from mentorbot.demo.bot_api.shown import Attachment, PhoneError
from mentorbot.demo.page.actions import STAGE

_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
)
_PICTURES = frozenset({"photo", "sticker"})


async def media(request: web.Request) -> web.Response:
    """GET /phones/<key>/media/<message id>: what this person sees there, as long as they see it."""
    actor = request.app[STAGE].cast.by_key(request.match_info["key"])
    if actor is None:
        raise web.HTTPNotFound
    try:
        shown = actor.phone.message(int(request.match_info["message"])).media
    except PhoneError:
        raise web.HTTPNotFound from None
    kind = picture_type(shown)
    if shown is None or kind is None:
        raise web.HTTPNotFound
    return web.Response(body=shown.data, content_type=kind)


def picture_type(shown: Attachment | None) -> str | None:
    """The MIME type of what can be shown as a picture, by its first bytes; None for anything else."""
    if shown is None or shown.data is None or shown.kind not in _PICTURES:
        return None
    if shown.data[:4] == b"RIFF" and shown.data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begins, kind in _BEGINNINGS if shown.data.startswith(begins)), None)
