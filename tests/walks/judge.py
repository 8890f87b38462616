"""What may never be, whatever happens: held against each thing that anybody was shown, in the order of showing.

A letter is one message that somebody wrote. Its words, each version of them, are in nothing else, so that a word in a
chat tells which letter it is from.
"""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from mentorbot.programme.people import Role
from mentorbot.programme.reaction import ARRIVED

from .topics import TOPIC_CALLS, Topics
from .town import NAMES, OUTSIDER, Town
from .wire import WORD, Effect

_SENDING = frozenset({"sendMessage", "copyMessage", "sendPhoto", "sendMediaGroup"})
_EDITING = frozenset({"editMessageText", "editMessageCaption"})
_NOT_SHOWN = frozenset({"reply_parameters", "reply_markup"})
"""A quote is looked at by itself; buttons bear aliases."""
_REMOVABLE_FOR = 47 * 3600.0
_BEHIND = frozenset({"deleteMessages", "setMessageReaction"})
"""Calls that show no words."""


@dataclass
class Copy:
    """One message that the bot made of a letter, now of this version, brought `by` that call. `noted` says that the bot
    knows of it, `past` that whoever was shown it is the mentor no more.
    """

    chat: str
    message: int
    version: int
    by: Effect
    at: float
    noted: bool = False
    past: bool = False


@dataclass
class Letter:
    """`ends` are those whom it may reach: nobody, the other end of the channel, or one of two where two things happened
    at once. `order` counts what went into the channels; None while nothing says that it did. `over` is what was written
    through a channel that is no more because its participant left; `closed` are old mentors, to whom it may not go any
    more. `perhaps` are those whom it may reach if the bot knew something else of topics when it decided than at its
    `place`: the topic, and what was known then.
    """

    number: int
    writer: str
    message: int
    ends: frozenset[str] = frozenset()
    order: int | None = None
    version: int = 0
    asked: bool = False
    answered: bool = False
    has_words: bool = True
    removed: bool = False
    edited_in_vain: bool = False
    over: bool = False
    closed: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    place: tuple[int, tuple[bool, bool]] = (0, (False, False))
    copies: list[Copy] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)  # the bot's messages above copies that hold no words

    @property
    def word(self) -> str:
        return f"w{self.number}v{self.version}"

    @property
    def reached(self) -> frozenset[str]:
        return frozenset(copy.chat for copy in self.copies)


class Judge:
    """Knows what was written to whom, and reads the journal of what was shown. Raises AssertionError."""

    def __init__(self, town: Town, topics: Topics) -> None:
        self.town = town
        self.topics = topics
        self.letters: list[Letter] = []
        self.reactions: set[tuple[str, int, str | None]] = set()  # who, to which letter, what
        self.paused: set[str] = set()
        self.order = count(1)
        self._read = 0
        self._last: dict[tuple[str, str], int] = {}
        say = town.ground.say
        self._say = say
        self._mark = say("channel.possible_repeat")
        self._stranger = say("stranger")
        self._for_whom = say("channel.for_whom")
        self._gone = frozenset(say(f"changing.removal_{kind}") for kind in ("removed", "perhaps_twice", "not_sent"))
        self._gone_letters: set[int] = set()
        self._said: dict[int, list[str]] = {}  # below which letter

    # --- what was written ---------------------------------------------------------------------------------------------

    def letter(self, writer: str, *, ends: frozenset[str]) -> Letter:
        """A new letter; `message` is to be filled in once it is written."""
        letter = Letter(len(self.letters), writer, message=0, ends=ends, order=next(self.order))
        self.letters.append(letter)
        return letter

    def changing(self, participant: str, old: str, new: str) -> None:
        """A participant gets another mentor about now: what the old one has not certainly received goes to the new
        one. What the old one was asked about goes to nobody."""
        for letter in self.letters:
            waits = not letter.over and not any(copy.noted and not copy.past for copy in letter.copies)
            if letter.writer == participant and old in letter.ends - letter.closed and waits:
                letter.ends |= {new}
                letter.closed -= {new}
            if letter.writer == old and letter.asked:
                letter.answered = True

    def parting(self, old: str) -> None:
        """Somebody else is about to be there for a while, or is so no longer: what the one before has not received goes
        to nobody, and neither does what they were asked about."""
        for letter in self.letters:
            if letter.writer == old and letter.asked:
                letter.answered = True

    def changed(self, participant: str, old: str) -> None:
        """It has happened, and what was on its way has arrived."""
        self.read()
        self.topics.ends(participant, old)
        for letter in self.letters:
            if letter.writer == participant and old in letter.ends:
                letter.closed |= {old}
                for copy in letter.copies:
                    copy.past = copy.past or copy.chat == old

    def left(self, name: str) -> None:
        """A participant has left, and what was on its way has arrived."""
        self.read()
        self.topics.ends(name)
        self.paused.discard(name)
        for letter in self.letters:
            if name == letter.writer or letter.ends == {name}:
                letter.over = True

    def of_message(self, name: str, message: int) -> Letter | None:
        """The letter that a message in somebody's chat is, be it their own or one that came to them."""
        for letter in self.letters:
            if letter.writer == name and letter.message == message:
                return letter
            if name in letter.reached and message in (*letter.labels, *(copy.message for copy in letter.copies)):
                return letter
        return None

    # --- what was shown -----------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Look at everything that was shown since the last time."""
        journal = self.town.wire.journal
        while self._read < len(journal):
            effect = journal[self._read]
            self._look(effect)
            self._read += 1
        for copy in (copy for letter in self.letters for copy in letter.copies if not copy.noted):
            copy.noted = self.town.is_noted(copy.chat, copy.message)
        self.topics.read()

    def _look(self, effect: Effect) -> None:
        chat = effect.params.get("chat_id")
        name = self.town.names.get(int(chat)) if chat is not None else None
        if name is None:
            raise AssertionError(f"{effect.method} reached a chat that is nobody's")
        if effect.method == "setMessageReaction":
            self._look_at_reaction(name, effect.params)
        elif effect.method in TOPIC_CALLS:
            self.topics.look_at_topic(name, effect, self._read)
        elif effect.method not in _BEHIND:
            self._look_at_words(name, effect)

    def _look_at_words(self, name: str, effect: Effect) -> None:
        assert effect.method in _SENDING | _EDITING, f"{effect.method} is unknown to the judge"
        reply = effect.params.get("reply_parameters", {})
        for number, _ in WORD.findall(json.dumps(reply)):
            letter = self.letters[int(number)]
            assert name in letter.ends | {letter.writer}, f"{name} saw {letter} quoted"
        shown = {key: value for key, value in effect.params.items() if key not in _NOT_SHOWN}
        words = {(int(number), int(version)) for number, version in WORD.findall(json.dumps(shown))}
        if effect.method == "copyMessage":
            words |= self._copied(effect)
        text = str(effect.params.get("text", effect.params.get("caption", "")))
        self.topics.look_at_message(name, effect, {self.letters[number].writer for number, _ in words})
        for number, version in words:
            self._look_at_letter(name, self.letters[number], version, text, effect)
        if not words:
            assert name != OUTSIDER or text == self._stranger, f"an outsider was told {text!r}"
            self._look_at_notice(name, text, reply.get("message_id"), effect)

    def _copied(self, effect: Effect) -> set[tuple[int, int]]:
        """What a copy without words shows."""
        writer = self.town.names[int(effect.params["from_chat_id"])]
        letter = self.of_message(writer, int(effect.params["message_id"]))
        assert letter is not None, "something was copied that nobody wrote to anybody"
        assert letter.writer == writer, "something was copied that its writer did not write"
        return set() if letter.has_words else {(letter.number, letter.version)}

    def _look_at_letter(self, name: str, letter: Letter, version: int, text: str, effect: Effect) -> None:
        if name in letter.perhaps and self.town.topics_known(letter.writer, letter.place[0]) != letter.place[1]:
            letter.ends |= {name}
        assert name in letter.ends, f"{name} was shown {letter}"
        assert name not in letter.closed, f"{name} was shown {letter}, and is no longer the mentor"
        assert not letter.over, f"{name} was shown {letter}, and one of them had left"
        assert name not in self.paused, f"{name} takes a break and was shown {letter}"
        assert letter.number not in self._gone_letters, f"{letter} was said to be gone, and came back"
        if effect.method in _EDITING:
            place = (name, int(effect.params["message_id"]))
            there = [copy for copy in letter.copies if (copy.chat, copy.message) == place]
            assert there, f"{letter} was put in the place of something else"
            there[0].version, there[0].by = version, effect
            letter.copies.append(letter.copies.pop(letter.copies.index(there[0])))
            return
        self._look_at_repeats(name, letter, version, text, effect)
        if all(copy.past or copy.chat != name for copy in letter.copies):
            self._look_at_order(name, letter)
        above = effect.params.get("reply_parameters", {}).get("message_id")
        if not letter.has_words and above is not None and self.of_message(name, int(above)) is None:
            letter.labels.append(int(above))
        letter.copies.append(Copy(name, int(effect.result["message_id"]), version, by=effect, at=effect.at))

    def _look_at_repeats(self, name: str, letter: Letter, version: int, text: str, effect: Effect) -> None:
        for before in letter.copies:
            if (before.chat, before.version) == (name, version):
                sure = before.by.heard and before.by.life is effect.life
                unclear = before.past or not sure or self.town.doubtful
                assert unclear, f"{letter} was sent again for no reason"
                marked = before.past or self._mark in text or not letter.has_words
                assert marked, f"{letter} came again without a mark"

    def _look_at_order(self, name: str, letter: Letter) -> None:
        assert letter.order is not None, f"{letter} went out before its writer said to whom"
        way = (letter.writer, name)
        last = self._last.get(way, 0)
        assert last <= letter.order, f"{letter} came to {name} after something that was written later"
        self._last[way] = letter.order

    def _look_at_notice(self, name: str, text: str, about: int | None, effect: Effect) -> None:
        letter = None if about is None else self.of_message(name, int(about))
        if letter is None or letter.writer != name:
            return
        self._said.setdefault(letter.number, []).append(text)
        if text == self._for_whom and not letter.asked:
            assert not letter.copies, f"{letter} was asked about after it went"
            letter.asked, letter.ends, letter.perhaps, letter.order = True, frozenset(), frozenset(), None
        if text in self._gone:
            self._gone_letters.add(letter.number)

    def _look_at_reaction(self, name: str, params: dict[str, Any]) -> None:
        letter = self.of_message(name, int(params["message_id"]))
        assert letter is not None, "a reaction was set on what is nobody's letter"
        emoji = params["reaction"][0]["emoji"] if params["reaction"] else None
        if name == letter.writer:
            others = letter.ends
            if emoji == ARRIVED and letter.copies:
                return  # the sign that it has arrived, and it has
        else:
            assert name in letter.ends, f"a reaction to {letter} was shown to {name}"
            others = frozenset({letter.writer})
        reacted = any((other, letter.number, emoji) in self.reactions for other in others)
        assert reacted, f"{name} was shown a reaction {emoji} to {letter} that nobody there has made"

    # --- what must have come of it ------------------------------------------------------------------------------------

    def conclude(self) -> None:
        """Once everything was delivered to everybody: nothing was lost, and the last version stands."""
        self.read()
        self.topics.conclude()
        for letter in self.letters:
            assert len({copy.chat for copy in letter.copies if not copy.past}) <= 1, f"{letter} reached two people"
            told = self._told(letter)
            if letter.writer in NAMES and NAMES[letter.writer] is not Role.MENTOR:
                self._conclude_what_is_over(letter)
            if letter.over:
                continue
            if letter.removed:
                self._conclude_removal(letter, told)
            elif not all(copy.past for copy in letter.copies):
                self._conclude_edits(letter, told)
            elif letter.ends and not any(copy.noted or copy.by.heard for copy in letter.copies):
                assert self._say("channel.not_carried") in told, f"{letter} is lost: {told}"

    def _conclude_what_is_over(self, letter: Letter) -> None:
        """What somebody wrote who left, or whose mentor was changed, stands nowhere where it could still be removed."""
        recently = self.town.loop.moment - _REMOVABLE_FOR
        for copy in letter.copies:
            if copy.at > recently and (letter.over or copy.past):
                assert not self._stands(copy), f"{letter} stands there after it was over for {copy.chat}"

    def _stands(self, copy: Copy) -> bool:
        """Whether a copy that the bot knows of is still there."""
        return copy.noted and self.town.phones[copy.chat].chat.find(copy.message) is not None

    def _told(self, letter: Letter) -> list[str]:
        """What the bot says below a letter, as it stands there now; and what it said below one that went with its
        topic."""
        phone = self.town.phones[letter.writer]
        there = [shown.text for shown in phone.history if shown.from_bot and shown.reply_to == letter.message]
        return there if phone.chat.find(letter.message) is not None else there + self._said.get(letter.number, [])

    def _conclude_removal(self, letter: Letter, told: list[str]) -> None:
        said = [text for text in told if text in self._removals()]
        assert said, f"nobody said what came of removing {letter}: {told}"
        if self._say("changing.removal_removed") in said:
            for copy in letter.copies:
                stands = self.town.phones[copy.chat].chat.find(copy.message) is not None
                assert copy.past or not stands, f"{letter} was said to be removed, and stands there"

    def _removals(self) -> frozenset[str]:
        kinds = ("removed", "perhaps_twice", "partly", "too_old", "not_sent", "nothing", "failed")
        return frozenset(self._say(f"changing.removal_{kind}") for kind in kinds)

    def _conclude_edits(self, letter: Letter, told: list[str]) -> None:
        if letter.edited_in_vain or self._say("channel.edit_not_carried") in told or not letter.has_words:
            return
        if self._say("channel.not_carried") in told:
            return
        last = next(copy for copy in reversed(letter.copies) if not copy.past)
        assert last.version == letter.version, f"{letter} does not stand there as it was last written"
