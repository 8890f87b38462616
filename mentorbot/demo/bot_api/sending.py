"""What every method that sends has in common: the chat, the reply, the keyboard, the topic, the text."""

from .chats import Chat, Stored, in_topic
from .entities import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    accept_entities,
    clean,
    find_entities,
    is_invisible,
    utf16_length,
)
from .errors import bad_request, not_played
from .keyboards import check_markup
from .markup import parse
from .params import Params
from .wire import Json
from .world import World

# The parameters that `deliver` and `addressed` read, for the methods' declarations.
COPYING = (
    "message_thread_id direct_messages_topic_id disable_notification protect_content allow_paid_broadcast "
    "message_effect_id suggested_post_parameters reply_parameters reply_markup"
)
SENDING = f"{COPYING} business_connection_id"
CAPTION = "caption parse_mode caption_entities"


def addressed(world: World, params: Params) -> Chat:
    """The chat to write to; raises where the bot may not."""
    chat = world.chat(params.raw.get("chat_id"))
    refusal = chat.refusal()
    if refusal is not None:
        raise refusal
    return chat


def deliver(world: World, params: Params, chat: Chat, content: Json) -> Stored:
    """Put a message of the bot's into a chat, with the parameters common to all sending."""
    extra: Json = {}
    markup: Json | None = None
    raw = params.raw
    if "reply_parameters" in raw:
        extra |= _reply(chat, params)
    if "message_thread_id" in raw:
        extra |= in_topic(meant_topic(chat, params))
    if params.flag("protect_content"):
        extra["has_protected_content"] = True
    if "reply_markup" in raw:
        markup = check_markup(params.mapping("reply_markup") or {})
        if markup.get("inline_keyboard"):
            extra["reply_markup"] = markup
    stored = chat.add(world.bot, {**extra, **content}, date=world.clock.now(), from_bot=True)
    stored.reply_markup = markup
    chat.bot_wrote(stored)
    return stored


def meant_topic(chat: Chat, params: Params) -> int:
    thread = params.integer("message_thread_id")
    if thread is None or thread not in chat.topics:
        raise bad_request("message thread not found")
    return thread


def _reply(chat: Chat, params: Params) -> Json:
    reply = params.mapping("reply_parameters") or {}
    if reply.get("chat_id") not in (None, chat.id, str(chat.id)):
        raise not_played("replies to another chat")
    replied = chat.find(Params(reply, {}).integer("message_id"))
    if replied is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    extra: Json = {"reply_to_message": replied.as_replied()}
    if replied.topic is not None:
        extra |= in_topic(replied.topic)  # an answer stands where it was asked, unless the call says otherwise
    if reply.get("quote"):
        extra["quote"] = _quote(replied, reply)
    return extra


def _quote(replied: Stored, reply: Json) -> Json:
    params = Params(reply, {})
    quote, entities = formatted(params, "quote", "quote_parse_mode", "quote_entities")
    text = replied.text
    at = text.find(quote)
    if at < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    found: Json = {"text": quote, "position": utf16_length(text[:at]), "is_manual": True}
    return {**found, "entities": entities} if entities else found


def formatted(params: Params, key: str, mode_key: str, entities_key: str) -> tuple[str, list[Json]]:
    """A text parameter with its formatting, cleaned as Telegram cleans it; without what it finds itself."""
    text = params.text(key) or ""
    entities: list[Json] = []
    mode = params.text(mode_key)
    if mode:
        text, entities = parse(text, mode)
    elif entities_key in params.raw:
        entities = accept_entities(text, params.json(entities_key))
    return clean(text, entities)


def text_content(params: Params) -> Json:
    if not params.text("text"):
        raise bad_request("message text is empty")
    text, entities = formatted(params, "text", "parse_mode", "entities")
    if is_invisible(text):
        raise bad_request("text must be non-empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    content: Json = {"text": text}
    entities = find_entities(text, entities)
    if entities:
        content["entities"] = entities
    options = params.mapping("link_preview_options")
    if options:
        content["link_preview_options"] = options
    return content


def caption_content(params: Params) -> Json:
    """The caption's fields; none where there is no caption."""
    if not params.text("caption"):
        return {}
    text, entities = formatted(params, "caption", "parse_mode", "caption_entities")
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    content: Json = {"caption": text}
    entities = find_entities(text, entities)
    if entities:
        content["caption_entities"] = entities
    if params.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content
