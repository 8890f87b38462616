"""The walk: what people do and what befalls the bot, one step at a time, in any order."""

import sys

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from mentorbot.programme.channel import CHOICE_LASTS

from .change_steps import ChangeSteps
from .steps import EMOJI, IN_FLIGHT, MENTORS, MISHAP, PARTICIPANTS, PICK, labels, newest, with_button
from .town import NAMES, OUTSIDER
from .wire import Trouble


class Walk(ChangeSteps):
    # --- coming together ----------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from((*PARTICIPANTS, *MENTORS)))
    def join(self, name: str) -> None:
        if name in self.here or self.town.phones[name].blocked:
            self._write_something()
            return
        self._clear_the_way()
        phone = self.town.phones[name]
        seen = newest(phone)
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
        self.judge.read()
        self.judge.topics.begins(participant, mentor)
        sari = self.town.phones["Sari"]
        seen = newest(sari)
        sari.write("/pair")
        who = self._told(sari, self._say("pairing.who"), after=seen)
        sari.press(who, self.aliases[participant])
        self.town.until(lambda: self.aliases[mentor] in labels(sari, who), "mentors to choose from")
        sari.press(who, next(label for label in labels(sari, who).split("\n") if self.aliases[mentor] in label))
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
                self._chosen_by_answer(letter.writer, name)
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
        seen = newest(phone)
        phone.write("/people")
        name = mine[pick % len(mine)]
        self.town.until(lambda: with_button(phone, self.aliases[name], seen) is not None, "people to choose from")
        at = with_button(phone, self.aliases[name], seen)
        assert at is not None
        label = next(label for label in labels(phone, at).split("\n") if self.aliases[name] in label)
        phone.press(at, label)
        self.town.catch_up()
        self.chosen[mentor] = (name, self.town.loop.moment + CHOICE_LASTS.total_seconds() - 60)

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
        seen = newest(phone)
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
