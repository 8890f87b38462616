"""Methods that carry what was said in one chat into another."""

from .chats import Stored
from .errors import bad_request
from .params import Params
from .registry import method
from .sending import CAPTION, COPYING, addressed, caption_content, deliver
from .wire import Json
from .world import World

_MOST_IDS = 100


@method(
    "copyMessage",
    required="chat_id from_chat_id message_id",
    optional=f"{COPYING} {CAPTION} show_caption_above_media video_start_timestamp",
)
def copy_message(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    source = _source(world, params, "copy")
    content = source.content()
    if "caption" in params.raw and "text" not in content:
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content |= caption_content(params)
    return {"message_id": deliver(world, params, chat, content).id}


@method(
    "copyMessages",
    required="chat_id from_chat_id message_ids",
    optional="message_thread_id direct_messages_topic_id disable_notification protect_content remove_caption",
)
def copy_messages(world: World, params: Params) -> list[Json]:
    chat = addressed(world, params)
    sources = _sources(world, params, "copy")
    copies = []
    for source in sources:
        content = source.content()
        if params.flag("remove_caption"):
            content = {key: value for key, value in content.items() if not key.startswith("caption")}
        copies.append({"message_id": deliver(world, params, chat, content).id})
    return copies


@method(
    "forwardMessage",
    required="chat_id from_chat_id message_id",
    optional="message_thread_id direct_messages_topic_id video_start_timestamp disable_notification "
    "protect_content message_effect_id suggested_post_parameters",
)
def forward_message(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    source = _source(world, params, "forward")
    return deliver(world, params, chat, source.as_forwarded()).body


@method(
    "forwardMessages",
    required="chat_id from_chat_id message_ids",
    optional="message_thread_id direct_messages_topic_id disable_notification protect_content",
)
def forward_messages(world: World, params: Params) -> list[Json]:
    chat = addressed(world, params)
    sources = _sources(world, params, "forward")
    return [{"message_id": deliver(world, params, chat, source.as_forwarded()).id} for source in sources]


def _source(world: World, params: Params, verb: str) -> Stored:
    chat = world.chat(params.raw.get("from_chat_id"))
    if params.integer("message_id") is None:
        raise bad_request("message identifier is not specified")
    source = chat.find(params.integer("message_id"))
    if source is None:
        raise bad_request(f"message to {verb} not found")
    if not _can_be_carried(source, verb):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return source


def _sources(world: World, params: Params, verb: str) -> list[Stored]:
    """Several at once: those that are gone or cannot be carried are left out, as Telegram does."""
    chat = world.chat(params.raw.get("from_chat_id"))
    ids = message_ids(params)
    if ids != sorted(set(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    found = [source for source in map(chat.find, ids) if source is not None and _can_be_carried(source, verb)]
    if not found:
        raise bad_request(f"there are no messages to {verb}")
    return found


def _can_be_carried(source: Stored, verb: str) -> bool:
    """Telegram refuses to forward protected content; a bot may copy what it protected itself."""
    return bool(source.content()) and not (verb == "forward" and source.protected)


def message_ids(params: Params) -> list[int]:
    given = params.sequence("message_ids")
    if not given:
        raise bad_request("message identifiers are not specified")
    if len(given) > _MOST_IDS:
        raise bad_request("too many message identifiers specified")
    try:
        return [int(message_id) for message_id in given]
    except (TypeError, ValueError):
        raise bad_request("invalid message identifier specified") from None
