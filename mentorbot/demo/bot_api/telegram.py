"""The people and groups around the bot."""

import random

from .changes import Changes
from .chats import GroupChat, Stored
from .entities import find_entities, trim
from .phone import Phone
from .wire import Json
from .world import World

_INT32 = 2**31


class Telegram(World):
    def __init__(self, *, bot_id: int, username: str, name: str) -> None:
        # The same ids in every run; they look as random as real ones.
        self._dealer = random.Random(bot_id)  # noqa: S311 (nothing is kept secret by it)
        bot: Json = {"id": bot_id, "is_bot": True, "first_name": name, "username": username}
        super().__init__(bot=bot, first_update_id=self._dealer.randrange(10**8, 9 * 10**8))
        self.people: dict[int, Phone] = {}

    def person(
        self,
        first_name: str,
        *,
        language_code: str | None = None,
        username: str | None = None,
        last_name: str | None = None,
        id: int | None = None,
    ) -> Phone:
        user: Json = {"id": id or self._person_id(), "is_bot": False, "first_name": first_name}
        more = {"last_name": last_name, "username": username, "language_code": language_code}
        user |= {key: value for key, value in more.items() if value is not None}
        phone = Phone(self, user, last_message_id=self._last_message_id())
        self.people[phone.id] = phone
        self.users[phone.id] = user
        return phone

    def group(self, title: str) -> "Group":
        return Group(self, self._shared_chat(title, "supergroup"))

    def channel_post(self, title: str, text: str) -> int:
        """A post in a new channel that has the bot as an administrator."""
        chat = self._shared_chat(title, "channel")
        chat.bot_is_member = True
        stored = chat.add(None, _found_text(text), date=self.clock.now())
        self.updates.push("channel_post", stored.body)
        return stored.id

    def _person_id(self) -> int:
        # Every other id does not fit into 32 bits.
        low, high = (_INT32, 8 * 10**9) if len(self.people) % 2 == 0 else (10**9, _INT32)
        return self._dealer.randrange(low, high)

    def _last_message_id(self) -> int:
        # Chats begin at different numbers, so that a mixed-up chat shows as a message that is not there.
        return self._dealer.randrange(10, 90_000)

    def _shared_chat(self, title: str, kind: str) -> GroupChat:
        chat_id = -(10**12) - self._dealer.randrange(10**9, 3 * 10**9)
        chat = GroupChat(
            {"id": chat_id, "title": title, "type": kind},
            last_message_id=self._last_message_id(),
            changes=Changes(also=self.changes),
        )
        self.chats[chat_id] = chat
        return chat


class Group:
    """A group as its members use it."""

    def __init__(self, world: World, chat: GroupChat) -> None:
        self._world = world
        self.chat = chat
        self.id = chat.id

    @property
    def bot_is_member(self) -> bool:
        return self.chat.bot_is_member

    @property
    def messages(self) -> list[Stored]:
        return list(self.chat.messages.values())

    def add_bot(self, by: Phone) -> None:
        self.chat.bot_is_member = True
        self.chat.bot_was_kicked = False
        self._world.change_membership(self.chat.info, by.user, "left", "member")
        self._say(by, {"new_chat_members": [self._world.bot]})

    def remove_bot(self, by: Phone) -> None:
        self.chat.bot_is_member = False
        self.chat.bot_was_kicked = True
        self._world.change_membership(self.chat.info, by.user, "member", "kicked")

    def write(self, phone: Phone, text: str) -> int:
        return self._say(phone, _found_text(text))

    def _say(self, phone: Phone, content: Json) -> int:
        stored = self.chat.add(phone.user, content, date=self._world.clock.now())
        if self.chat.bot_is_member and self._concerns_the_bot(content):
            self._world.updates.push("message", stored.body)
        return stored.id

    def _concerns_the_bot(self, content: Json) -> bool:
        if not self._world.group_privacy or "text" not in content:
            return True
        mention = f"@{self._world.bot['username']}"
        return content["text"].startswith("/") or mention in content["text"]


def _found_text(text: str) -> Json:
    text, _ = trim(text, [])
    entities = find_entities(text, [])
    return {"text": text, "entities": entities} if entities else {"text": text}
