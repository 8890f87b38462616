"""Methods that send files, and getFile."""

import secrets
from typing import Any

from .errors import bad_request
from .files import KINDS
from .params import Params, Upload
from .registry import method
from .sending import CAPTION, SENDING, addressed, caption_content, deliver
from .wire import Json
from .world import World

_ALBUM = range(2, 11)
_ALBUM_KINDS = frozenset({"photo", "video", "audio", "document"})
# What a bot can say about a file of its own besides the bytes, by kind.
_DETAILS = {
    "video": ("width", "height", "duration"),
    "animation": ("width", "height", "duration"),
    "audio": ("duration", "performer", "title"),
    "voice": ("duration",),
    "video_note": ("duration", "length"),
    "sticker": ("emoji",),
}
_EPHEMERAL = "ephemeral_message_parameters"
_TAKES = {
    "photo": f"{CAPTION} show_caption_above_media has_spoiler {_EPHEMERAL}",
    "document": f"{CAPTION} thumbnail disable_content_type_detection {_EPHEMERAL}",
    "video": f"{CAPTION} duration width height thumbnail cover start_timestamp show_caption_above_media "
    f"has_spoiler supports_streaming {_EPHEMERAL}",
    "animation": f"{CAPTION} duration width height thumbnail show_caption_above_media has_spoiler {_EPHEMERAL}",
    "audio": f"{CAPTION} duration performer title thumbnail {_EPHEMERAL}",
    "voice": f"{CAPTION} duration {_EPHEMERAL}",
    "video_note": f"duration length thumbnail {_EPHEMERAL}",
    "sticker": f"emoji {_EPHEMERAL}",
}


def _enter(kind: str) -> None:
    name = f"send{''.join(word.title() for word in kind.split('_'))}"

    @method(name, required=f"chat_id {kind}", optional=f"{SENDING} {_TAKES[kind]}")
    def send(world: World, params: Params) -> Json:
        chat = addressed(world, params)
        content = file_content(world, kind, params.text(kind), params.files.get(kind), params)
        if "caption" in _TAKES[kind]:
            content |= caption_content(params)
        if params.flag("has_spoiler"):
            content["has_media_spoiler"] = True
        return deliver(world, params, chat, content).body


for _kind in KINDS:
    _enter(_kind)


def file_content(world: World, kind: str, given: str | None, direct: Upload | None, params: Params) -> Json:
    """The file of a message: uploaded under its own name, attached elsewhere in the form, or known by id."""
    upload = direct
    if upload is None and given and given.startswith("attach://"):
        upload = params.files.get(given.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"can't find file {given.removeprefix('attach://')} in the request")
    if upload is None:
        if not given:
            raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
        if given.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        return dict(world.files.again(kind, given))
    details = {key: _detail(params, key) for key in _DETAILS.get(kind, ()) if key in params.raw}
    return dict(
        world.files.content(kind, upload.data, file_name=upload.file_name, mime_type=upload.mime_type, details=details)
    )


def _detail(params: Params, key: str) -> Any:
    return params.text(key) if key in ("performer", "title", "emoji") else params.integer(key)


def media_content(world: World, item: Any, params: Params) -> Json:
    """One InputMedia, with its caption, as the fields of a message."""
    if not isinstance(item, dict) or item.get("type") not in KINDS:
        raise bad_request("can't parse InputMedia: type must be one of the supported ones")
    own = Params(item, params.files)
    content = file_content(world, item["type"], own.text("media"), None, own) | caption_content(own)
    if own.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


@method(
    "sendMediaGroup",
    required="chat_id media",
    optional="business_connection_id message_thread_id direct_messages_topic_id disable_notification "
    "protect_content allow_paid_broadcast message_effect_id reply_parameters",
)
def send_media_group(world: World, params: Params) -> list[Json]:
    chat = addressed(world, params)
    items = params.sequence("media") or []
    if len(items) not in _ALBUM:
        raise bad_request("group send failed: the album must contain 2-10 items")
    kinds = {item.get("type") for item in items if isinstance(item, dict)}
    if not kinds <= _ALBUM_KINDS or (len(kinds) > 1 and kinds & {"audio", "document"}):
        raise bad_request("Can't use the media of the specified type in the album")
    # All items are read before the first is sent: an album comes whole or not at all.
    ready = [media_content(world, item, params) for item in items]
    group = {"media_group_id": str(secrets.randbits(54))}
    return [deliver(world, params, chat, {**group, **content}).body for content in ready]


@method("getFile", required="file_id")
def get_file(world: World, params: Params) -> Json:
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id is empty")
    return world.files.describe(file_id)
