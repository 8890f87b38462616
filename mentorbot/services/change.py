"""Another mentor: asked for by the participant, made by a coordinator."""

import secrets
from contextlib import suppress

from mentorbot.programme.change import ASKED_ONCE_IN, NOTE_WITHIN, note_from
from mentorbot.programme.changing import CHANGEABLE_FOR, Removal
from mentorbot.programme.channel import CHOICE_LASTS, Channel, Choice
from mentorbot.programme.content import Written
from mentorbot.programme.errors import NotPermitted, NotThere, SealBroken, Stale
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    MOST_CHOICES,
    Album,
    AnotherMentorAsked,
    Changeable,
    Changed,
    ChangeHow,
    ChangeImpossible,
    ChangeMentors,
    ChangeParticipants,
    ChangeWaits,
    ChannelOver,
    Choosable,
    CopiesRemoved,
    EditNotCarried,
    MeetYourParticipant,
    MentorAsked,
    MentorAskSure,
    MentorChanged,
    MentorShown,
    NoMentorYet,
    NotCarried,
    NoteAsked,
    NoteFromMentor,
    NoteNotTaken,
    Passed,
    RemovalTold,
    Removed,
    Reworded,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import absence, answering, code_words, profile
from mentorbot.services.invitations import require_coordinator
from storage import attention, audit, changes, channels, handovers, held, links, outbox, people
from storage.changes import Waiting
from storage.transaction import Store, Transaction

# --- the participant asks ---------------------------------------------------------------------------------------------


def show_mentor(tx: Transaction, me: Person) -> None:
    """Tell a participant who their mentor is."""
    _require_participant(me)
    channel = channels.of_participant(tx, me.pid)
    if channel is None:
        outbox.put(tx, me.pid, NoMentorYet())
        return
    mentor = people.get(tx, channel.mentor)
    outbox.put(tx, me.pid, MentorShown(channel=channel.id, mentor=mentor.alias))


def ask(tx: Transaction, me: Person, channel: ChannelId, *, instead_of: MessageId) -> None:
    """A participant may want another mentor: be sure first."""
    _require_participant(me)
    channels.access_as_participant(tx, me.pid, channel)
    outbox.put(tx, me.pid, MentorAskSure(channel=channel, replaces=instead_of))


def ask_surely(tx: Transaction, me: Person, channel: ChannelId, *, instead_of: MessageId) -> None:
    """Tell all coordinators, once a day at most, that a participant asks for another. The mentor hears nothing."""
    _require_participant(me)
    mine = channels.access_as_participant(tx, me.pid, channel)
    if changes.ask(tx, channel, not_since=tx.now - ASKED_ONCE_IN):
        audit.append(tx, "mentor_change_asked", actor=me.pid, subject=channel)
        for coordinator in people.active(tx, Role.COORDINATOR):
            outbox.put(tx, coordinator.pid, AnotherMentorAsked(pair=_pair(tx, mine)), owner=me.pid)
    outbox.put(tx, me.pid, MentorAsked(replaces=instead_of))


# --- the coordinator decides ------------------------------------------------------------------------------------------


def offer(tx: Transaction, me: Person, *, instead_of: MessageId) -> None:
    """Show a coordinator who has which mentor, newest pair first."""
    require_coordinator(me)
    pairs = tuple(_pair(tx, channel) for channel in channels.everyone(tx)[:MOST_CHOICES])
    outbox.put(tx, me.pid, ChangeParticipants(pairs=pairs, replaces=instead_of))


def offer_mentors(tx: Transaction, me: Person, channel: ChannelId, *, instead_of: MessageId) -> None:
    """Show a coordinator who else can be the mentor, least loaded first."""
    require_coordinator(me)
    present = channels.access_as_coordinator(tx, channel)
    others = [mentor for mentor in people.active(tx, Role.MENTOR) if mentor.pid != present.mentor]
    load = people.participants_of(tx, [mentor.pid for mentor in others])
    others.sort(key=lambda mentor: load.get(mentor.pid, 0))
    mentors = tuple(_choosable(mentor, load.get(mentor.pid, 0)) for mentor in others[:MOST_CHOICES])
    shown = ChangeMentors(pair=_pair(tx, present), mentors=mentors, replaces=instead_of)
    outbox.put(tx, me.pid, shown, owner=present.participant)


def offer_ways(tx: Transaction, me: Person, channel: ChannelId, mentor: Pid, *, instead_of: MessageId) -> None:
    """Ask a coordinator whether the old mentor shall write a note first."""
    require_coordinator(me)
    present = channels.access_as_coordinator(tx, channel)
    new = _other_mentor(tx, present, mentor)
    how = ChangeHow(pair=_pair(tx, present), to=_choosable(new), replaces=instead_of)
    outbox.put(tx, me.pid, how, owner=present.participant)


def change_now(tx: Transaction, me: Person, channel: ChannelId, mentor: Pid, *, instead_of: MessageId) -> None:
    """Give a participant another mentor in this moment; once. NotThere when they have got yet another one."""
    require_coordinator(me)
    following = channels.after(tx, channel)
    if following is not None and following.mentor == mentor:
        return
    present = channels.access_as_coordinator(tx, channel)
    _change(tx, present, _other_mentor(tx, present, mentor), by=me.pid, note=None, instead_of=instead_of)


def ask_for_note(tx: Transaction, me: Person, channel: ChannelId, mentor: Pid, *, instead_of: MessageId) -> None:
    """Let the change wait until the old mentor has written a note; once. Stale when another one waits already."""
    require_coordinator(me)
    present = channels.access_as_coordinator(tx, channel)
    new = _other_mentor(tx, present, mentor)
    due = tx.now + NOTE_WITHIN
    if not changes.wait(tx, Waiting(channel=channel, mentor=new.pid, coordinator=me.pid, due=due)):
        waiting = changes.find(tx, channel)
        if waiting is None or (waiting.mentor, waiting.coordinator) != (new.pid, me.pid):
            raise Stale
        return
    audit.append(tx, "note_asked", actor=me.pid, subject=channel)
    pair = _pair(tx, present)
    outbox.put(tx, me.pid, ChangeWaits(pair=pair, until=due, replaces=instead_of), owner=present.participant)
    question = NoteAsked(channel=channel, participant=pair.participant, until=due)
    outbox.put(tx, present.mentor, question, owner=present.participant, channel=channel)


# --- the note ---------------------------------------------------------------------------------------------------------


def take_note(tx: Transaction, me: Person, written: Written) -> bool:
    """Whether a message answers the question for a note. If it can be one, the change happens."""
    if me.role is not Role.MENTOR or written.replied_to is None:
        return False
    channel = links.linked(tx, me.pid, written.replied_to)
    waiting = None if channel is None else changes.answered_by(tx, channel, written.replied_to)
    if waiting is None:
        return False
    present = channels.of_mentor(tx, me.pid).get(waiting.channel)
    if present is None:
        return False
    note = note_from(written)
    if note is None:
        outbox.put(tx, me.pid, NoteNotTaken(to_message=written.message))
    else:
        _happen(tx, present, waiting, note=note)
    return True


def no_note(tx: Transaction, me: Person, channel: ChannelId, *, instead_of: MessageId) -> None:
    """The old mentor writes no note: the change happens; once. NotThere for anybody else."""
    if me.role is not Role.MENTOR:
        raise NotPermitted
    if channels.is_over_for(tx, channel, me.pid):
        return
    present = channels.access_as_mentor(tx, me.pid, channel)
    waiting = changes.find(tx, channel)
    if waiting is None:
        raise NotThere
    _happen(tx, present, waiting, note=None)


async def happen_due(store: Store) -> None:
    """Make the changes happen that have waited for a note long enough."""
    for waiting in await store.transact(changes.due):

        def unit(tx: Transaction, waiting: Waiting = waiting) -> None:
            if changes.find(tx, waiting.channel) == waiting:
                present = channels.access_as_coordinator(tx, waiting.channel)
                _happen(tx, present, waiting, note=None)

        with suppress(SealBroken, NotThere):  # whose row cannot be read holds up no others
            await store.transact(unit)


def _happen(tx: Transaction, present: Channel, waiting: Waiting, *, note: Words | None) -> None:
    try:
        new = _other_mentor(tx, present, waiting.mentor)
    except NotThere:
        changes.remove(tx, present.id)
        impossible = ChangeImpossible(pair=_pair(tx, present))
        outbox.put(tx, waiting.coordinator, impossible, owner=present.participant)
        return
    _change(tx, present, new, by=waiting.coordinator, note=note, instead_of=None)


# --- the moment of the change -----------------------------------------------------------------------------------------


def _change(
    tx: Transaction, old: Channel, new: Person, *, by: Pid, note: Words | None, instead_of: MessageId | None
) -> None:
    """Close one channel and open another, all in this transaction.

    1. From here on nothing leads to the old mentor: their buttons, replies and choices find a closed channel.
    2. The participant reads what was written to them before, then the note, then who reads them from now on.
    3. What they wrote and the old mentor has not received goes to the new one, behind the introduction, in order.
    4. What the old mentor has received is deleted from their chat, as far as Telegram allows it; also what reaches
       them in this moment, and of that what the participant wrote goes to the new one.
    5. What a code word holds back is not: set free, it would come as the new mentor's. Its writer hears that it did not
       arrive.
    6. What else was to be said to the old mentor is not: they hear that it is over, under the alias that they know.
    """
    participant = people.get(tx, old.participant)
    former = people.get(tx, old.mentor)
    known_as = profile.known_as(tx, old, participant)
    if code_words.is_doubtful(tx, participant):
        _end_what_is_held(tx, old)
    channels.close(tx, old.id)
    changes.remove(tx, old.id)
    opened = Channel(
        id=ChannelId(secrets.token_bytes(16)), participant=participant.pid, mentor=new.pid, opened_at=tx.now
    )
    channels.open_(tx, opened)
    handovers.go_before(tx, participant.pid, old.id, later=opened.id)
    audit.append(tx, "mentor_changed", actor=by, subject=opened.id)
    if note is not None:
        outbox.put(tx, participant.pid, NoteFromMentor(mentor=former.alias, words=note), channel=opened.id)
    outbox.put(tx, participant.pid, MentorChanged(old=former.alias, new=new.alias), channel=opened.id)
    answering.tell_of_absence(tx, opened)
    several = len(channels.of_mentor(tx, new.pid)) > 1
    introduction = MeetYourParticipant(participant=participant.alias, several=several)
    outbox.put(tx, new.pid, introduction, owner=participant.pid, channel=opened.id)
    code_words.brief(tx, opened)
    handovers.hand_over(tx, old.id)
    outbox.end_about(tx, old.mentor, participant.pid)
    absence.remind(tx, opened, new.pid)
    attention.pass_on(tx, old.id, opened.id)
    _end_for_mentor(tx, old, known_as=known_as)
    done = Changed(participant=participant.alias, mentor=new.alias, replaces=instead_of)
    outbox.put(tx, by, done, owner=participant.pid)


def _end_what_is_held(tx: Transaction, old: Channel) -> None:
    """Tell the old mentor of each thing that did not come to the participant, and does not any more."""
    for notice in outbox.take_back_all(tx, old.participant, old.id):
        if isinstance(notice, Reworded):
            outbox.put(tx, old.mentor, EditNotCarried(to_message=notice.from_message))
        elif isinstance(notice, Removed):
            told = RemovalTold(to_message=notice.from_message, removal=Removal.FAILED, replaces=notice.told_instead_of)
            outbox.put(tx, old.mentor, told)
        elif isinstance(notice, Album):
            for piece in notice.pieces:
                outbox.put(tx, old.mentor, NotCarried(to_message=piece.from_message))
        elif isinstance(notice, Passed) and getattr(notice, "part", 1) == 1:
            outbox.put(tx, old.mentor, NotCarried(to_message=notice.from_message))


def _end_for_mentor(tx: Transaction, old: Channel, *, known_as: str | None) -> None:
    """Take from the old mentor what they have of this participant, and tell them, if they have heard of them.

    What they were asked about goes to nobody: the answer may have been meant for this participant. And what they write
    in these minutes may be too, so that for a while nothing is guessed: the closed channel counts as their choice.
    """
    copies = links.copies_of(tx, old.id, to=old.mentor, since=tx.now - CHANGEABLE_FOR)
    if copies:
        outbox.put(tx, old.mentor, CopiesRemoved(messages=tuple(copies)))
    for message in held.drop_all(tx, old.mentor):
        outbox.put(tx, old.mentor, NotCarried(to_message=message))
    choice = channels.choice_of(tx, old.mentor)
    if choice is None or choice.until <= tx.now or choice.channel in (None, old.id):
        channels.choose(tx, old.mentor, Choice(channel=old.id, until=tx.now + CHOICE_LASTS))
    if known_as is not None:
        outbox.put(tx, old.mentor, ChannelOver(participant=known_as), owner=old.participant, channel=old.id)


def _other_mentor(tx: Transaction, present: Channel, mentor: Pid) -> Person:
    new = people.find(tx, mentor)
    if new is None or new.role is not Role.MENTOR or not new.is_active or mentor == present.mentor:
        raise NotThere
    return new


def _require_participant(me: Person) -> None:
    if me.role is not Role.PARTICIPANT or not me.is_active:
        raise NotPermitted


def _pair(tx: Transaction, channel: Channel) -> Changeable:
    participant, mentor = people.get(tx, channel.participant), people.get(tx, channel.mentor)
    return Changeable(channel=channel.id, participant=participant.alias, mentor=mentor.alias)


def _choosable(mentor: Person, participants: int = 0) -> Choosable:
    return Choosable(pid=mentor.pid, version=mentor.version, alias=mentor.alias, participants=participants)
