"""What the steps of a walk have in common: who is who, writing, and letting things happen."""

from itertools import product
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.channel import CHOICE_LASTS
from mentorbot.programme.people import Role

from .judge import Judge, Letter
from .topics import Topics
from .town import NAMES, PAIRED, THERE_FROM_THE_BEGINNING, Ground, Town
from .wire import SECONDS, Trouble

PICK = st.integers(min_value=0, max_value=2**16)
MENTORS = tuple(name for name, role in NAMES.items() if role is Role.MENTOR)
PARTICIPANTS = tuple(name for name, role in NAMES.items() if role is Role.PARTICIPANT)
MISHAP = st.none() | st.none() | st.sampled_from(Trouble) | st.integers(min_value=1, max_value=9)
"""What befalls an act: mostly nothing; trouble with the first call of it; or the process ends after so many edges."""
IN_FLIGHT = 2 * SECONDS
"""What was on its way when something was decided has arrived after so many seconds."""
EMOJI = ("👍", "❤", "🔥")


class Steps(RuleBasedStateMachine):
    """`ground` is set by whoever lets it walk."""

    ground: ClassVar[Ground]

    def __init__(self) -> None:
        super().__init__()
        self.town = Town(self.ground)
        self.mentor_of = dict(PAIRED)
        self.here = list(THERE_FROM_THE_BEGINNING)
        self.aliases = {name: self.town.alias(name) for name in self.here}
        self.own_topics: dict[str, int] = {}  # one that a mentor made themselves
        self.judge = Judge(self.town, Topics(self.town, self.aliases))
        for participant, mentor in PAIRED.items():
            self.judge.topics.begins(participant, mentor)
        self.own: dict[str, str] = {}  # their own mentor, where somebody else is there
        self.away: set[str] = set()
        self.chosen: dict[str, tuple[str, float]] = {}
        self.town.start()

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write_something(self) -> None:
        """In the place of a step for which there is no occasion: everybody in turn."""
        if (name := self._writer(len(self.judge.letters))) is not None:
            self._write(name, "text", reply_to=None)
            self._go_on()

    def _write(
        self, name: str, kind: str, *, reply_to: Letter | None, quoting: bool = False, topic: int | None = None
    ) -> None:
        phone = self.town.phones[name]
        now = self.town.topics_known(name, topic or 0)
        letter = self.judge.letter(name, ends=self._ends(name, reply_to, topic, now))
        letter.place = (topic or 0, now)
        others = [self._ends(name, reply_to, topic, known) for known in product((False, True), (False, True))]
        letter.perhaps = frozenset().union(*others) - letter.ends
        answered = None if reply_to is None else self._in_chat(reply_to, name)
        quote = None
        if answered is not None and reply_to is not None and quoting:
            quote = next((word for word in phone.message(answered).text.split() if word.startswith("w")), None)
        if kind == "sticker":
            letter.has_words = False
            letter.message = phone.send_file("sticker", b"a sticker", reply_to=answered, topic=topic)
        elif kind == "photo":
            caption = f"look {letter.word}"
            letter.message = phone.send_file("photo", b"a photo", caption=caption, reply_to=answered, topic=topic)
        else:
            letter.message = phone.write(f"hear {letter.word} now", reply_to=answered, quote=quote, topic=topic)

    def _ends(self, name: str, reply_to: Letter | None, topic: int | None, known: tuple[bool, bool]) -> frozenset[str]:
        """Whom a message is for; empty where that is nobody, or is asked about. `known` is what the bot knows: the
        topic, and whether its writer wants any."""
        is_known, are_wanted = known
        if name in PARTICIPANTS or topic is None or not is_known:
            end = self._end_outside(name, reply_to, only=not are_wanted, beside=topic is None)
        else:
            end = self.judge.topics.leads_to(name, topic)
            if reply_to is not None and end not in (reply_to.ends if reply_to.writer == name else {reply_to.writer}):
                end = None
        return frozenset() if end is None else frozenset({end})

    def _end_outside(self, name: str, reply_to: Letter | None, *, only: bool, beside: bool) -> str | None:
        """Whom a message is for, by the rules of the channel, in no topic that is known; `only`: the only one is no
        guess, `beside`: it is in none at all."""
        if name in PARTICIPANTS:
            return self.mentor_of.get(name)
        mine = [participant for participant, mentor in self.mentor_of.items() if mentor == name]
        if reply_to is not None and reply_to.writer != name:
            return reply_to.writer if reply_to.writer in mine else None
        if not beside:
            return None
        chosen, until = self.chosen.get(name, ("", 0.0))
        if reply_to is None and self.town.loop.moment < until:
            return chosen if chosen in mine else None
        return mine[0] if only and len(mine) == 1 else None

    def _chosen_by_answer(self, mentor: str, name: str) -> None:
        """Whoever is the only one, and was asked for once, is no guess for a while."""
        mine = [participant for participant, theirs in self.mentor_of.items() if theirs == mentor]
        if mine == [name] and not self.town.topics_known(mentor, 0)[1]:
            self.chosen[mentor] = (name, self.town.loop.moment + CHOICE_LASTS.total_seconds() - 60)

    # --- parts --------------------------------------------------------------------------------------------------------

    def _say(self, id_: str) -> str:
        return self.ground.say(id_)

    def _go_on(self) -> None:
        """Let happen what happens at once, and judge it."""
        self.town.settle()
        self.judge.read()

    def _befall(self, mishap: Trouble | int | None) -> None:
        if isinstance(mishap, Trouble):
            self.town.wire.troubles.insert(0, mishap)
        elif mishap is not None:
            self.town.life.edges = mishap

    def _clear_the_way(self) -> None:
        """No trouble is left, and everything was decided upon."""
        self.town.wire.troubles.clear()
        self.ground.data.faults.clear()
        self.town.life.edges = None
        self.town.catch_up()

    def _told(self, phone: Phone, text: str, *, after: int = 0) -> int:
        """The newest message with this text, once it is there."""

        def fitting() -> list[int]:
            return [shown.id for shown in phone.messages if shown.from_bot and text in shown.text and shown.id > after]

        self.town.until(lambda: bool(fitting()), text)
        return fitting()[-1]

    def _of_people(self) -> list[Letter]:
        return [letter for letter in self.judge.letters if letter.writer in self.here and letter.writer != "Sari"]

    def _writer(self, who: int) -> str | None:
        """One of those who can write to the other end of a channel, if any can."""
        able = [name for name in self.here if name != "Sari" and not self.town.phones[name].blocked]
        return able[who % len(able)] if able else None

    def _can_write(self, name: str) -> bool:
        return name in self.here and not self.town.phones[name].blocked

    def _can_edit(self, letter: Letter) -> bool:
        if not self._there(letter):
            return False
        age = (
            self.town.api.telegram.clock.now()
            - self.town.phones[letter.writer].message(letter.message).date.timestamp()
        )
        return self._can_write(letter.writer) and age < 47 * 3600

    def _there(self, letter: Letter) -> bool:
        return self.town.phones[letter.writer].chat.find(letter.message) is not None

    def _has_channel(self, name: str) -> bool:
        return name in self.mentor_of or name in self.mentor_of.values()

    def _in_chat(self, letter: Letter, name: str) -> int | None:
        """What a letter is in somebody's chat now."""
        if letter.writer == name:
            return letter.message if self._there(letter) else None
        chat = self.town.phones[name].chat
        places = [copy.message for copy in letter.copies if copy.chat == name and chat.find(copy.message) is not None]
        return places[-1] if places else None

    def _question(self, letter: Letter) -> int | None:
        phone = self.town.phones[letter.writer]
        text = self._say("channel.for_whom")
        found = [shown.id for shown in phone.messages if shown.text == text and shown.reply_to == letter.message]
        return found[-1] if found else None


def newest(phone: Phone) -> int:
    return max(phone.chat.messages, default=0)


def labels(phone: Phone, message: int) -> str:
    return "\n".join(label for row in phone.message(message).keyboard for label in row)


def with_button(phone: Phone, label: str, after: int) -> int | None:
    found = [shown.id for shown in phone.messages if shown.id > after and label in labels(phone, shown.id)]
    return found[-1] if found else None
