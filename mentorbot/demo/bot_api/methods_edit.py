"""Methods that change or remove what stands in a chat already."""

from mentorbot.programme.reaction import STANDARD

from .chats import Chat, Stored
from .errors import NOT_MODIFIED, bad_request
from .keyboards import inline_only
from .methods_carry import message_ids
from .methods_files import media_content
from .params import Params
from .registry import method
from .sending import CAPTION, caption_content, text_content
from .wire import Json
from .world import World

DELETABLE_SECONDS = 48 * 3600
_EDITING = "business_connection_id inline_message_id reply_markup"


@method(
    "editMessageText",
    optional=f"{_EDITING} chat_id message_id text parse_mode entities link_preview_options rich_message",
)
def edit_message_text(world: World, params: Params) -> Json:
    chat, stored = _to_edit(world, params)
    content = text_content(params)
    if "text" not in stored.body:
        raise bad_request("there is no text in the message to edit")
    return _change(world, params, chat, stored, content, {"text", "entities", "link_preview_options"})


@method(
    "editMessageCaption",
    optional=f"{_EDITING} chat_id message_id {CAPTION} show_caption_above_media",
)
def edit_message_caption(world: World, params: Params) -> Json:
    chat, stored = _to_edit(world, params)
    content = caption_content(params)
    if not stored.body.keys() & _CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    return _change(world, params, chat, stored, content, _CAPTION_FIELDS)


@method("editMessageMedia", required="media", optional=f"{_EDITING} chat_id message_id")
def edit_message_media(world: World, params: Params) -> Json:
    chat, stored = _to_edit(world, params)
    item = params.mapping("media")
    if not item:
        raise bad_request("media is empty")
    content = media_content(world, item, params)
    return _change(world, params, chat, stored, content, _CAPTIONED | _CAPTION_FIELDS | {"text", "entities"})


@method("editMessageReplyMarkup", optional=f"{_EDITING} chat_id message_id")
def edit_message_reply_markup(world: World, params: Params) -> Json:
    chat, stored = _to_edit(world, params)
    return _change(world, params, chat, stored, {}, set())


_CAPTIONED = frozenset({"photo", "document", "video", "animation", "audio", "voice"})
_CAPTION_FIELDS = frozenset({"caption", "caption_entities", "show_caption_above_media", "has_media_spoiler"})


def _to_edit(world: World, params: Params) -> tuple[Chat, Stored]:
    chat = world.chat(params.raw.get("chat_id"))
    stored = _named(chat, params, "edit")
    if not stored.from_bot or "forward_origin" in stored.body:
        raise bad_request("message can't be edited")
    return chat, stored


def _named(chat: Chat, params: Params, verb: str) -> Stored:
    message_id = params.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    stored = chat.find(message_id)
    if stored is None:
        raise bad_request(f"message to {verb} not found")
    return stored


def _change(
    world: World,
    params: Params,
    chat: Chat,
    stored: Stored,
    content: Json,
    gone: frozenset[str] | set[str],
) -> Json:
    """Replace the fields in `gone` by `content`; the keyboard goes too unless it is given again."""
    old = stored.body
    new = {key: value for key, value in old.items() if key not in gone and key != "reply_markup"} | content
    markup = inline_only(params.mapping("reply_markup") or {})
    if markup.get("inline_keyboard"):
        new["reply_markup"] = markup
    if new == old:
        raise bad_request(NOT_MODIFIED)
    if content:
        new["edit_date"] = world.clock.now()
    stored.replace(new)
    chat.changes.bump()
    return new


@method("deleteMessage", required="chat_id message_id")
def delete_message(world: World, params: Params) -> bool:
    chat = world.chat(params.raw.get("chat_id"))
    stored = _named(chat, params, "delete")
    if world.clock.now() - stored.body["date"] >= DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    _remove(chat, stored)
    return True


@method("deleteMessages", required="chat_id message_ids")
def delete_messages(world: World, params: Params) -> bool:
    """What is gone or too old is passed over in silence, as Telegram does."""
    chat = world.chat(params.raw.get("chat_id"))
    now = world.clock.now()
    for stored in map(chat.find, message_ids(params)):
        if stored is not None and now - stored.body["date"] < DELETABLE_SECONDS:
            _remove(chat, stored)
    return True


def _remove(chat: Chat, stored: Stored) -> None:
    stored.delete()
    chat.changes.bump()


@method("setMessageReaction", required="chat_id message_id", optional="reaction is_big")
def set_message_reaction(world: World, params: Params) -> bool:
    chat = world.chat(params.raw.get("chat_id"))
    stored = _named(chat, params, "react")
    reactions = params.sequence("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        if not isinstance(reaction, dict) or reaction.get("emoji") not in STANDARD:
            raise bad_request("REACTION_INVALID")
    stored.bot_reactions = reactions
    stored.version += 1
    chat.changes.bump()
    return True


@method(
    "pinChatMessage",
    required="chat_id message_id",
    optional="business_connection_id disable_notification",
)
def pin_chat_message(world: World, params: Params) -> bool:
    chat = world.chat(params.raw.get("chat_id"))
    stored = _named(chat, params, "pin")
    if stored.id not in chat.pinned:
        chat.pinned.append(stored.id)
        chat.changes.bump()
    return True


@method("unpinChatMessage", required="chat_id", optional="business_connection_id message_id")
def unpin_chat_message(world: World, params: Params) -> bool:
    """Without a message id, the one that was pinned last."""
    chat = world.chat(params.raw.get("chat_id"))
    if "message_id" in params.raw:
        message_id = _named(chat, params, "unpin").id
    elif chat.pinned:
        message_id = chat.pinned[-1]
    else:
        raise bad_request("message to unpin not found")
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
        chat.changes.bump()
    return True


@method("unpinAllChatMessages", required="chat_id")
def unpin_all_chat_messages(world: World, params: Params) -> bool:
    chat = world.chat(params.raw.get("chat_id"))
    chat.pinned.clear()
    chat.changes.bump()
    return True
