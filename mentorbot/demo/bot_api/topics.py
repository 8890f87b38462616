"""What a person does with the topics of their chat."""

from .chats import TOPIC_COLOR, TOPIC_NAME_LIMIT
from .screen import Screen
from .shown import PhoneError
from .wire import Json


class WithTopics(Screen):
    def create_topic(self, name: str) -> int:
        """Begin a topic, as a person may where the bot has topics; give its id."""
        if not self._world.has_topics_enabled or not 0 < len(name) <= TOPIC_NAME_LIMIT:
            raise PhoneError(f"{self.first_name} cannot begin a topic {name!r}")
        self._reach()
        topic: Json = {"name": name, "icon_color": TOPIC_COLOR}
        opened = self.chat.open_topic(self.user, topic, date=self._world.clock.now())
        self._world.updates.push("message", opened.body)
        self.changes.bump()
        return opened.id

    def delete_topic(self, thread: int) -> None:
        """Delete a topic with all that stands in it, on both sides; Telegram does not tell the bot."""
        self._beginning_of(thread)
        self.chat.delete_topic(thread)

    def _reach(self) -> None:
        if self.chat.blocked:
            raise PhoneError(f"{self.first_name} has blocked the bot and cannot write to it")
        self._world.open_chat(self.chat)

    def _beginning_of(self, thread: int) -> Json:
        """What is written in a topic seems to answer the message that opened it, where it answers nothing else."""
        if thread not in self.chat.topics:
            raise PhoneError(f"{self.first_name} has no topic {thread}")
        opened = self.chat.find(thread)
        return {} if opened is None else {"reply_to_message": opened.as_replied()}
