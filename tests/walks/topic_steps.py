"""The steps of a walk that have to do with topics in mentors' chats."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from .steps import MENTORS, MISHAP, PICK, Steps, newest
from .wire import Trouble


class TopicSteps(Steps):
    @rule(mentor=st.sampled_from(MENTORS), mishap=MISHAP)
    def turn_topics(self, mentor: str, mishap: Trouble | int | None) -> None:
        """On or off: what they are not."""
        if self._can_write(mentor):
            self._turn_topics(mentor, mishap)
        else:
            self._write_something()

    @rule(
        mentor=st.sampled_from(MENTORS),
        where=PICK,
        kind=st.sampled_from(("text", "text", "photo", "sticker")),
        answers=st.none() | PICK,
        mishap=MISHAP,
    )
    def write_in_topic(
        self, mentor: str, where: int, kind: str, answers: int | None, mishap: Trouble | int | None
    ) -> None:
        """In any topic that their chat has had, also one that is gone by now, or one that they made themselves; as a
        reply to whatever stands anywhere in the chat."""
        if not self._can_write(mentor):
            self._write_something()
            return
        if not self.town.topics_known(mentor, 0)[1]:
            self._turn_topics(mentor, None)
            self.town.wait(1)
            self._go_on()
        threads = [*self.judge.topics.of(mentor), self._own_topic(mentor)]
        seen = [letter for letter in self.judge.letters if self._in_chat(letter, mentor) is not None]
        reply_to = seen[answers % len(seen)] if seen and answers is not None else None
        self._befall(mishap)
        thread = threads[where % len(threads)]
        chat = self.town.phones[mentor].chat
        is_gone = thread not in chat.topics
        if is_gone:  # it is written just before the topic goes, and goes with it
            chat.topics[thread] = {}
        self._write(mentor, kind, reply_to=reply_to, topic=thread)
        if is_gone:
            chat.delete_topic(thread)
        self._go_on()

    @rule(mentor=st.sampled_from(MENTORS), pick=PICK, mishap=MISHAP)
    def delete_topic(self, mentor: str, pick: int, mishap: Trouble | int | None) -> None:
        """The mentor deletes one with all that stands in it, of which Telegram tells nobody; something comes next."""
        phone = self.town.phones[mentor]
        threads = [thread for thread in self.judge.topics.of(mentor) if thread in phone.chat.topics]
        if not threads or not self._can_write(mentor):
            self._write_something()
            return
        thread = threads[pick % len(threads)]
        phone.delete_topic(thread)
        self._befall(mishap)
        whose = self.judge.topics.leads_to(mentor, thread)
        if whose is not None and self._can_write(whose):
            self._write(whose, "text", reply_to=None)
        self._go_on()

    def _turn_topics(self, mentor: str, mishap: Trouble | int | None) -> None:
        self._clear_the_way()
        phone = self.town.phones[mentor]
        on = self.town.topics_known(mentor, 0)[1]
        seen = newest(phone)
        phone.write("/topics")
        shown = self._told(phone, self._say("topics.are_on" if on else "topics.are_off"), after=seen)
        self.judge.read()
        self._befall(mishap)
        phone.press(shown, self._say("topics.turn_off" if on else "topics.turn_on"))
        self.town.catch_up()
        self._go_on()

    def _own_topic(self, mentor: str) -> int:
        if mentor not in self.own_topics:
            self.own_topics[mentor] = self.town.phones[mentor].create_topic("Notes")
        return self.own_topics[mentor]
