"""Methods about chats: what they are, who is in them, topics, leaving."""

from .chats import TOPIC_COLOR, TOPIC_NAME_LIMIT, Chat, GroupChat, PrivateChat
from .errors import bad_request
from .params import Params
from .registry import method
from .wire import Json
from .world import World, membership

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@method("getChat", required="chat_id")
def get_chat(world: World, params: Params) -> Json:
    chat = world.chat(params.raw.get("chat_id"))
    _check_member(chat)
    full: Json = {
        **chat.info,
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, True),
    }
    if "username" in chat.info:
        full["active_usernames"] = [chat.info["username"]]
    pinned = chat.find(chat.pinned[-1]) if chat.pinned else None
    if pinned is not None:
        full["pinned_message"] = pinned.as_replied()
    return full


@method("getChatMember", required="chat_id user_id")
def get_chat_member(world: World, params: Params) -> Json:
    chat = world.chat(params.raw.get("chat_id"))
    _check_member(chat)
    user = world.users.get(params.integer("user_id") or 0)
    if user is None:
        raise bad_request("user not found" if params.integer("user_id") else "invalid user_id specified")
    if isinstance(chat, PrivateChat) and user["id"] not in (chat.id, world.bot["id"]):
        raise bad_request("user not found")
    return membership(user, "member")


@method("leaveChat", required="chat_id")
def leave_chat(world: World, params: Params) -> bool:
    chat = world.chat(params.raw.get("chat_id"))
    if not isinstance(chat, GroupChat):
        raise bad_request("chat member status can't be changed in private chats")
    _check_member(chat)
    chat.bot_is_member = False
    world.change_membership(chat.info, world.bot, "member", "left")
    chat.changes.bump()
    return True


def _check_member(chat: Chat) -> None:
    refusal = chat.refusal() if isinstance(chat, GroupChat) else None
    if refusal is not None:
        raise refusal


@method("createForumTopic", required="chat_id name", optional="icon_color icon_custom_emoji_id")
def create_forum_topic(world: World, params: Params) -> Json:
    chat = _with_topics(world, params)
    topic: Json = {"name": _topic_name(params), "icon_color": params.integer("icon_color") or TOPIC_COLOR}
    if "icon_custom_emoji_id" in params.raw:
        topic["icon_custom_emoji_id"] = params.text("icon_custom_emoji_id")
    opened = chat.open_topic(world.bot, topic, date=world.clock.now(), from_bot=True)
    chat.changes.bump()
    return {"message_thread_id": opened.id, **topic}


@method("editForumTopic", required="chat_id message_thread_id", optional="name icon_custom_emoji_id")
def edit_forum_topic(world: World, params: Params) -> bool:
    chat = _with_topics(world, params)
    thread = _thread(chat, params)
    changed: Json = {}
    if "name" in params.raw:
        changed["name"] = _topic_name(params)
    if "icon_custom_emoji_id" in params.raw:
        changed["icon_custom_emoji_id"] = params.text("icon_custom_emoji_id")
    if not changed or chat.topics[thread] == {**chat.topics[thread], **changed}:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.topics[thread] = {**chat.topics[thread], **changed}
    chat.changes.bump()
    return True


@method("deleteForumTopic", required="chat_id message_thread_id")
def delete_forum_topic(world: World, params: Params) -> bool:
    chat = _with_topics(world, params)
    chat.delete_topic(_thread(chat, params))
    return True


def _with_topics(world: World, params: Params) -> Chat:
    chat = world.chat(params.raw.get("chat_id"))
    if not world.has_topics_enabled or not isinstance(chat, PrivateChat):
        raise bad_request("the chat is not a forum")
    return chat


def _thread(chat: Chat, params: Params) -> int:
    thread = params.integer("message_thread_id")
    if thread is None or thread not in chat.topics:
        # Telegram's own word, passed on; "message thread not found" is the Bot API server's, where something is sent.
        raise bad_request("TOPIC_ID_INVALID")
    return thread


def _topic_name(params: Params) -> str:
    name = (params.text("name") or "").strip()
    if not 0 < len(name) <= TOPIC_NAME_LIMIT:
        raise bad_request("TOPIC_TITLE_INVALID" if name else "topic name is empty")
    return name
