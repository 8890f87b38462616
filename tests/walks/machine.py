"""The walk: what people do and what befalls the bot, one step at a time, in any order."""

import sys
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from handlers.telegram.buttons import Action
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.channel import CHOICE_LASTS
from mentorbot.programme.people import Role

from .judge import Judge, Letter
from .town import NAMES, OUTSIDER, PAIRED, THERE_FROM_THE_BEGINNING, Ground, Town
from .wire import SECONDS, Trouble

PICK = st.integers(min_value=0, max_value=2**16)
MENTORS = tuple(name for name, role in NAMES.items() if role is Role.MENTOR)
PARTICIPANTS = tuple(name for name, role in NAMES.items() if role is Role.PARTICIPANT)
MISHAP = st.none() | st.none() | st.sampled_from(Trouble) | st.integers(min_value=1, max_value=9)
"""What befalls an act: mostly nothing; trouble with the first call of it; or the process ends after so many edges."""
IN_FLIGHT = 2 * SECONDS
"""What was on its way when something was decided has arrived after so many seconds."""
EMOJI = ("👍", "❤", "🔥")


class Walk(RuleBasedStateMachine):
    """`ground` is set by whoever lets it walk."""

    ground: ClassVar[Ground]

    def __init__(self) -> None:
        super().__init__()
        self.town = Town(self.ground)
        self.judge = Judge(self.town)
        self.mentor_of = dict(PAIRED)
        self.here = list(THERE_FROM_THE_BEGINNING)
        self.aliases = {name: self.town.alias(name) for name in self.here}
        self.own: dict[str, str] = {}  # their own mentor, where somebody else is there
        self.away: set[str] = set()
        self.chosen: dict[str, tuple[str, float]] = {}
        self.town.start()

    # --- coming together ----------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from((*PARTICIPANTS, *MENTORS)))
    def join(self, name: str) -> None:
        if name in self.here or self.town.phones[name].blocked:
            self._write_something()
            return
        self._clear_the_way()
        phone = self.town.phones[name]
        seen = _newest(phone)
        made = self.town.invite(NAMES[name])
        phone.start(made.token)
        self._told(phone, self._say("joining.code_asked"), after=seen)
        phone.write(made.code)
        asked = self._told(phone, self._say("joining.language_asked"), after=seen)
        phone.press(asked, "English")
        limits = self._told(phone, self._say("joining.limits"), after=seen)
        phone.press(limits, self._say("joining.accept"))
        self.town.catch_up()
        self.here.append(name)
        self.aliases[name] = self.town.alias(name)

    @rule(which=PICK, mentor=PICK)
    def pair(self, which: int, mentor: int) -> None:
        waiting = [name for name in self.here if name in PARTICIPANTS and name not in self.mentor_of]
        mentors = [name for name in self.here if name in MENTORS]
        if waiting:
            self._clear_the_way()
            self._pair(waiting[which % len(waiting)], mentors[mentor % len(mentors)])
        else:
            self._write_something()

    def _pair(self, participant: str, mentor: str) -> None:
        sari = self.town.phones["Sari"]
        seen = _newest(sari)
        sari.write("/pair")
        who = self._told(sari, self._say("pairing.who"), after=seen)
        sari.press(who, self.aliases[participant])
        self.town.until(lambda: self.aliases[mentor] in _labels(sari, who), "mentors to choose from")
        sari.press(who, next(label for label in _labels(sari, who).split("\n") if self.aliases[mentor] in label))
        self.town.catch_up()
        self.mentor_of[participant] = mentor

    # --- writing ------------------------------------------------------------------------------------------------------

    @rule(who=PICK, kind=st.sampled_from(("text", "photo", "sticker")), mishap=MISHAP)
    def write(self, who: int, kind: str, mishap: Trouble | int | None) -> None:
        if (name := self._writer(who)) is not None:
            self._befall(mishap)
            self._write(name, kind, reply_to=None)
            self._go_on()

    @rule(writers=st.lists(PICK, min_size=2, max_size=6), mishap=MISHAP)
    def talk(self, writers: list[int], mishap: Trouble | int | None) -> None:
        """Several messages at once, by whoever it may be."""
        self._befall(mishap)
        for who in writers:
            if (name := self._writer(who)) is not None:
                self._write(name, "text", reply_to=None)
        self._go_on()

    @rule(who=PICK, pick=PICK, quoting=st.booleans(), mishap=MISHAP)
    def reply(self, who: int, pick: int, quoting: bool, mishap: Trouble | int | None) -> None:
        """Mostly to what came from somebody else; to one's own words where nothing did."""
        name = self._writer(who)
        if name is None:
            return
        seen = [letter for letter in self.judge.letters if self._in_chat(letter, name) is not None]
        answered = [letter for letter in seen if letter.writer != name] or seen
        self._befall(mishap)
        self._write(name, "text", reply_to=answered[pick % len(answered)] if answered else None, quoting=quoting)
        self._go_on()

    @rule(outsider=st.booleans())
    def bystander_writes(self, outsider: bool) -> None:
        """The coordinator, or somebody from outside, writes what is for nobody."""
        letter = self.judge.letter(OUTSIDER if outsider else "Sari", ends=frozenset())
        letter.message = self.town.phones[letter.writer].write(f"hello {letter.word}")
        self._go_on()

    def _write_something(self) -> None:
        """In the place of a step for which there is no occasion: everybody in turn."""
        if (name := self._writer(len(self.judge.letters))) is not None:
            self._write(name, "text", reply_to=None)
            self._go_on()

    def _write(self, name: str, kind: str, *, reply_to: Letter | None, quoting: bool = False) -> None:
        phone = self.town.phones[name]
        end = self._end(name, reply_to)
        letter = self.judge.letter(name, ends=frozenset() if end is None else frozenset({end}))
        answered = None if reply_to is None else self._in_chat(reply_to, name)
        quote = None
        if answered is not None and reply_to is not None and quoting:
            quote = next((word for word in phone.message(answered).text.split() if word.startswith("w")), None)
        if kind == "sticker":
            letter.has_words = False
            letter.message = phone.send_file("sticker", b"a sticker", reply_to=answered)
        elif kind == "photo":
            letter.message = phone.send_file("photo", b"a photo", caption=f"look {letter.word}", reply_to=answered)
        else:
            letter.message = phone.write(f"hear {letter.word} now", reply_to=answered, quote=quote)

    def _end(self, name: str, reply_to: Letter | None) -> str | None:
        """Whom a message is for, by the rules of the channel; None where that is nobody, or is asked about."""
        if name in PARTICIPANTS:
            return self.mentor_of.get(name)
        mine = [participant for participant, mentor in self.mentor_of.items() if mentor == name]
        if reply_to is not None and reply_to.writer != name:
            return reply_to.writer if reply_to.writer in mine else None
        chosen, until = self.chosen.get(name, ("", 0.0))
        if reply_to is None and self.town.loop.moment < until:
            return chosen if chosen in mine else None
        return mine[0] if len(mine) == 1 else None

    # --- second thoughts ----------------------------------------------------------------------------------------------

    @rule(pick=PICK, mishap=MISHAP)
    def edit(self, pick: int, mishap: Trouble | int | None) -> None:
        mine = [letter for letter in self._of_people() if letter.has_words and self._can_edit(letter)]
        if mine:
            letter = mine[pick % len(mine)]
            self._befall(mishap)
            letter.version += 1
            if not self._has_channel(letter.writer):
                letter.edited_in_vain = True
            self.town.phones[letter.writer].edit(letter.message, f"rather {letter.word} now")
            self._go_on()
        else:
            self._write_something()

    @rule(pick=PICK, mishap=MISHAP)
    def delete(self, pick: int, mishap: Trouble | int | None) -> None:
        mine = [letter for letter in self._of_people() if self._can_write(letter.writer) and self._there(letter)]
        if mine:
            letter = mine[pick % len(mine)]
            self._befall(mishap)
            letter.removed = True
            self.town.phones[letter.writer].write("/delete", reply_to=letter.message)
            self._go_on()
        else:
            self._write_something()

    @rule(pick=PICK, emoji=st.sampled_from((*EMOJI, None)))
    def react(self, pick: int, emoji: str | None) -> None:
        places = [
            (name, place, letter)
            for letter in self._of_people()
            for name in self.here
            if (place := self._in_chat(letter, name)) is not None and not self.town.phones[name].blocked
        ]
        if places:
            name, place, letter = places[pick % len(places)]
            self.judge.reactions.add((name, letter.number, emoji))
            self.town.phones[name].react(place, emoji)
            self._go_on()
        else:
            self._write_something()

    # --- a mentor of several ------------------------------------------------------------------------------------------

    @rule(pick=PICK, whom=PICK)
    def answer_for_whom(self, pick: int, whom: int) -> None:
        """Say whom a message is for."""
        self.town.catch_up()
        asked = [(letter, at) for letter in self._of_people() if letter.asked and (at := self._question(letter))]
        if not asked:
            self._write_something()
            return
        letter, question = asked[pick % len(asked)]
        phone = self.town.phones[letter.writer]
        labels = [row[0] for row in phone.message(question).keyboard]
        label = labels[whom % len(labels)]
        name = next((name for name, alias in self.aliases.items() if alias == label), None)
        if not letter.answered and (name is None or self.mentor_of.get(name) == letter.writer):
            letter.answered = True
            if name is not None and not letter.removed:
                letter.ends, letter.order = frozenset({name}), next(self.judge.order)
        phone.press(question, label)
        self._go_on()

    @rule(mentor=st.sampled_from(MENTORS), pick=PICK)
    def choose(self, mentor: str, pick: int) -> None:
        mine = [participant for participant, theirs in self.mentor_of.items() if theirs == mentor]
        if not mine or not self._can_write(mentor):
            self._write_something()
            return
        self._clear_the_way()
        phone = self.town.phones[mentor]
        seen = _newest(phone)
        phone.write("/people")
        name = mine[pick % len(mine)]
        self.town.until(lambda: _with_button(phone, self.aliases[name], seen) is not None, "people to choose from")
        at = _with_button(phone, self.aliases[name], seen)
        assert at is not None
        label = next(label for label in _labels(phone, at).split("\n") if self.aliases[name] in label)
        phone.press(at, label)
        self.town.catch_up()
        self.chosen[mentor] = (name, self.town.loop.moment + CHOICE_LASTS.total_seconds() - 60)

    @rule(which=PICK, mentor=PICK, before=st.integers(0, 2), after=st.integers(0, 2), mishap=MISHAP)
    def change(self, which: int, mentor: int, before: int, after: int, mishap: Trouble | int | None) -> None:
        """Another mentor for a participant, who writes in the same moment."""
        participant = list(self.mentor_of)[which % len(self.mentor_of)] if self.mentor_of else None
        others = [name for name in self.here if name in MENTORS and name != self.mentor_of.get(participant or "")]
        if participant is None or not others:
            self._write_something()
            return
        self._clear_the_way()
        old, new = self.mentor_of[participant], others[mentor % len(others)]
        self.judge.read()
        self._befall(mishap)
        written = len(self.judge.letters)
        self._write_while_it_changes(participant, before)
        self.town.press_change(participant, new)
        self._write_while_it_changes(participant, after)
        if self.own.pop(participant, None) is None:
            self.judge.changing(participant, old, new)
        else:
            self.judge.parting(old)
            self._either(written, old, new)
        self.town.catch_up()
        self.town.wait(IN_FLIGHT)
        self.judge.changed(participant, old)
        self.mentor_of[participant] = new

    def _write_while_it_changes(self, participant: str, times: int) -> None:
        if self._can_write(participant):
            for _ in range(times):
                self._write(participant, "text", reply_to=None)

    def _either(self, since: int, old: str, new: str) -> None:
        """What was written in the moment of a change is for the one or the other, as it happened to be first."""
        for letter in self.judge.letters[since:]:
            if letter.ends == {old}:
                letter.ends |= {new}

    # --- somebody is there for a mentor who is away -------------------------------------------------------------------

    @rule(which=PICK, other=PICK, before=st.integers(0, 2), after=st.integers(0, 2), mishap=MISHAP)
    def substitute(self, which: int, other: int, before: int, after: int, mishap: Trouble | int | None) -> None:
        """A mentor goes away and names another, who can; a participant wants it, and writes in the same moment."""
        able = [
            participant
            for participant, mentor in self.mentor_of.items()
            if self._can_write(participant)
            and participant not in self.judge.paused
            and participant not in self.own
            and self._can_write(mentor)
            and mentor not in {self.mentor_of[each] for each in self.own}
        ]
        participant = able[which % len(able)] if able else ""
        mentor = self.mentor_of.get(participant, "")
        others = [name for name in MENTORS if self._can_write(name) and name not in self.away | {mentor}]
        if not participant or not others:
            self._write_something()
            return
        self._clear_the_way()
        self.town.wait(IN_FLIGHT)
        substitute = others[other % len(others)]
        self._go_away(mentor)
        self.town.press_substitute(Action.ASK_SUBSTITUTE, mentor, substitute)
        self.town.catch_up()
        self.town.press_substitute(Action.ANSWER_FOR_ANOTHER, substitute, mentor)
        self.town.catch_up()
        self.judge.read()
        self._befall(mishap)
        self._write_while_it_changes(participant, before)
        self.town.press_substitute(Action.TAKE_SUBSTITUTE, participant, mentor)
        self.mentor_of[participant], self.own[participant] = substitute, mentor
        self._write_while_it_changes(participant, after)
        self._part(participant, mentor)

    @rule(which=PICK, back=st.booleans(), before=st.integers(0, 2), after=st.integers(0, 2), mishap=MISHAP)
    def end_substitution(self, which: int, back: bool, before: int, after: int, mishap: Trouble | int | None) -> None:
        """The participant wants no more of it, or the own mentor is back; and the participant writes in that moment."""
        if not self.own:
            self._write_something()
            return
        self._clear_the_way()
        participant = list(self.own)[which % len(self.own)]
        own, substitute = self.own[participant], self.mentor_of[participant]
        presser = own if back else participant
        if not self._can_write(presser):
            return
        ending = [each for each in self.own if self.own[each] == own] if back else [participant]
        were = {each: self.mentor_of[each] for each in ending}
        self.judge.read()
        self._befall(mishap)
        written = len(self.judge.letters)
        self._write_while_it_changes(participant, before)
        if back:
            self.away.discard(own)
            self.town.phones[own].write("/back")
        else:
            self.town.press_substitute(Action.END_SUBSTITUTION, participant, own)
        for each in ending:
            self.mentor_of[each] = self.own.pop(each)
        self._write_while_it_changes(participant, after)
        if back:
            self._either(written, substitute, own)
            self._either(written, own, substitute)
        for each, was in were.items():
            self._part(each, was)

    def _go_away(self, mentor: str) -> None:
        """Away for longer than any walk."""
        if mentor not in self.away:
            self.away.add(mentor)
            back_on = self.town.now() + timedelta(days=200)
            self.town.phones[mentor].write(f"/away {back_on:%d.%m.%Y}")
            self.town.catch_up()

    def _part(self, participant: str, old: str) -> None:
        self.judge.parting(old)
        self.town.catch_up()
        self.town.wait(IN_FLIGHT)
        self.judge.changed(participant, old)
        assert self.town.mentor_of(participant) == self.town.pid(self.mentor_of[participant])

    # --- a break, and for good ----------------------------------------------------------------------------------------

    @rule(who=PICK)
    def pause(self, who: int) -> None:
        able = [name for name in self.here if name in PARTICIPANTS and self._can_write(name)]
        if able:
            self._clear_the_way()
            name = able[who % len(able)]
            self.town.phones[name].write("/pause")
            self.town.catch_up()
            self.town.wait(IN_FLIGHT)
            self.judge.read()
            self.judge.paused.add(name)

    @rule(who=PICK)
    def resume(self, who: int) -> None:
        paused = [name for name in sorted(self.judge.paused) if self._can_write(name)]
        if paused:
            name = paused[who % len(paused)]
            self.judge.paused.discard(name)
            self.town.phones[name].write("/resume")
            self._go_on()
        else:
            self._write_something()

    @rule(who=PICK, mishap=MISHAP)
    def leave(self, who: int, mishap: Trouble | int | None) -> None:
        able = [name for name in self.here if name in PARTICIPANTS and self._can_write(name)]
        if not able:
            return
        self._clear_the_way()
        name = able[who % len(able)]
        phone = self.town.phones[name]
        seen = _newest(phone)
        phone.write("/leave")
        asked = self._told(phone, self._say("leaving.asked"), after=seen)
        self.judge.read()
        self._befall(mishap)
        phone.press(asked, self._say("leaving.leave"))
        self.town.catch_up()
        self.town.wait(IN_FLIGHT)
        self.here.remove(name)
        self.mentor_of.pop(name, None)
        self.own.pop(name, None)
        self.judge.left(name)

    # --- what befalls -------------------------------------------------------------------------------------------------

    @rule(who=PICK)
    def block(self, who: int) -> None:
        if (name := self._writer(who)) is not None:
            self.town.phones[name].block()
            self._go_on()

    @rule(who=PICK)
    def unblock(self, who: int) -> None:
        blocked = [name for name in self.here if self.town.phones[name].blocked]
        if blocked:
            self.town.phones[blocked[who % len(blocked)]].unblock()
            self._go_on()
        else:
            self._write_something()

    @rule(seconds=st.sampled_from((1, 3, 20)))
    def wait(self, seconds: int) -> None:
        self.town.wait(seconds)
        self._go_on()

    @rule(hours=st.sampled_from((0.25, 5, 49)))
    def leap(self, hours: float) -> None:
        if hours > 24:  # Telegram keeps an update for a day; and no call takes as long
            self._clear_the_way()
            self.town.wait(IN_FLIGHT)
        self.town.leap(hours * 3600)
        self._go_on()

    @rule(trouble=st.sampled_from(Trouble), after=st.integers(0, 3), times=st.integers(1, 3))
    def trouble(self, trouble: Trouble, after: int, times: int) -> None:
        """The calls to come meet trouble."""
        self.town.wire.troubles += [None] * after + [trouble] * times

    @rule(fault=st.sampled_from(("full", "unheard")), after=st.integers(0, 3))
    def storage_fails(self, fault: str, after: int) -> None:
        self.town.doubtful = True
        self.ground.data.faults += [""] * after + [fault]

    @precondition(lambda self: not self.town.life.over)
    @rule(edges=st.integers(0, 12))
    def crash(self, edges: int) -> None:
        """The process ends, at once or in the midst of what comes."""
        self.town.life.edges = edges
        if not edges:
            self.town.kill()

    @precondition(lambda self: self.town.life.over)
    @rule()
    def start(self) -> None:
        self.town.start()
        self._go_on()

    # --- the end of the walk ------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if sys.exception() is None:
                self._conclude()
        finally:
            self.town.leave()

    def _conclude(self) -> None:
        self._clear_the_way()
        for name in self.here:
            self.town.phones[name].unblock()
        for name in sorted(self.judge.paused):
            self.town.phones[name].write("/resume")
        self.judge.paused.clear()
        self.town.drain()
        self.judge.conclude()

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
            return letter.message
        chat = self.town.phones[name].chat
        places = [copy.message for copy in letter.copies if copy.chat == name and chat.find(copy.message) is not None]
        return places[-1] if places else None

    def _question(self, letter: Letter) -> int | None:
        phone = self.town.phones[letter.writer]
        text = self._say("channel.for_whom")
        found = [shown.id for shown in phone.messages if shown.text == text and shown.reply_to == letter.message]
        return found[-1] if found else None


def _newest(phone: Phone) -> int:
    return max(phone.chat.messages, default=0)


def _labels(phone: Phone, message: int) -> str:
    return "\n".join(label for row in phone.message(message).keyboard for label in row)


def _with_button(phone: Phone, label: str, after: int) -> int | None:
    found = [shown.id for shown in phone.messages if shown.id > after and label in _labels(phone, shown.id)]
    return found[-1] if found else None
