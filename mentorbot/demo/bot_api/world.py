"""What the API's methods work on: chats, files, updates, the bot's account, questions by button."""

import secrets
from dataclasses import dataclass, field

from .changes import Changes
from .chats import Chat, GroupChat, PrivateChat
from .clock import Clock
from .errors import QUERY_TOO_OLD, bad_request, forbidden
from .files import Files
from .updates import Updates
from .webhook import Webhook
from .wire import Json

# A button's question can be answered for about a minute.
QUERY_SECONDS = 60


@dataclass(slots=True)
class Profile:
    """What the bot's owner can set about it. `texts` go by field (name, description …) and language,
    commands by scope and language, menu buttons by chat (None: everyone's)."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_buttons: dict[int | None, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    chat: PrivateChat
    date: int


class World:
    def __init__(self, *, bot: Json, first_update_id: int) -> None:
        self.bot = bot
        self.clock = Clock()
        self.changes = Changes()
        self.files = Files()
        self.profile = Profile()
        self.updates = Updates(self.clock, first_id=first_update_id)
        self.webhook = Webhook(self.updates, self.clock)
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, Json] = {bot["id"]: bot}
        self.has_topics_enabled = False
        # Off, unlike Telegram's default: a bot that is quiet in groups has to be so by itself.
        self.group_privacy = False
        self.logged_out = False
        self._questions: dict[str, _Question] = {}

    def chat(self, chat_id: int | str | None) -> Chat:
        """The chat that a bot's call means; raises what Telegram answers where there is none."""
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        try:
            number = int(chat_id)
        except ValueError:
            raise bad_request("chat not found") from None
        chat = self.chats.get(number)
        if chat is None:
            if self._met_in_a_group(number):
                raise forbidden("bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        return chat

    def open_chat(self, chat: PrivateChat) -> None:
        """The first contact: from now on the bot may write there."""
        self.chats[chat.id] = chat

    def ask(self, chat: PrivateChat, message: Json, data: str) -> str:
        """A pressed button: queue the callback query and give its id."""
        question_id = str(secrets.randbits(62))
        self._questions[question_id] = _Question(chat=chat, date=self.clock.now())
        self.updates.push(
            "callback_query",
            {
                "id": question_id,
                "from": self.users[chat.id],
                "message": message,
                "chat_instance": str(-chat.id * 1009),
                "data": data,
            },
        )
        return question_id

    def answer(self, question_id: str) -> PrivateChat:
        """Whose question that was; each can be answered once, for a while."""
        question = self._questions.pop(question_id, None)
        if question is None or self.clock.now() - question.date > QUERY_SECONDS:
            raise bad_request(QUERY_TOO_OLD)
        return question.chat

    def change_membership(self, chat: Json, by: Json, old: str, new: str) -> None:
        self.updates.push(
            "my_chat_member",
            {
                "chat": chat,
                "from": by,
                "date": self.clock.now(),
                "old_chat_member": membership(self.bot, old),
                "new_chat_member": membership(self.bot, new),
            },
        )

    def _met_in_a_group(self, person_id: int) -> bool:
        groups = [chat for chat in self.chats.values() if isinstance(chat, GroupChat)]
        return any(
            stored.body.get("from", {}).get("id") == person_id for group in groups for stored in group.messages.values()
        )


def membership(user: Json, status: str) -> Json:
    """A ChatMember; being thrown out has a date, 0 for ever."""
    return {"status": status, "user": user, **({"until_date": 0} if status == "kicked" else {})}
