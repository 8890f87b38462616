"""The steps by which somebody gets another mentor: for good, or while the own one is away."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from handlers.telegram.buttons import Action

from .steps import IN_FLIGHT, MENTORS, MISHAP, PICK
from .topic_steps import TopicSteps
from .wire import Trouble


class ChangeSteps(TopicSteps):
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
        self.judge.topics.begins(participant, new)
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
        self.judge.topics.begins(participant, substitute)
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
        for each in ending:
            self.judge.topics.begins(each, own)
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
