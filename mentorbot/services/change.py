"""Another mentor: asked for by the participant, made by a coordinator."""

from contextlib import suppress

from mentorbot.programme.change import ASKED_ONCE_IN, NOTE_WITHIN, note_from
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Written
from mentorbot.programme.errors import NotPermitted, NotThere, SealBroken, Stale
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    MOST_CHOICES,
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
    MeetYourParticipant,
    MentorAsked,
    MentorAskSure,
    MentorChanged,
    MentorShown,
    NoMentorYet,
    NoteAsked,
    NoteFromMentor,
    NoteNotTaken,
    Notice,
    SubstituteShown,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import handing_over
from mentorbot.services.invitations import require_coordinator
from storage import attention, audit, changes, channels, links, outbox, people, substitutions
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
    present, running = people.get(tx, channel.mentor).alias, substitutions.in_channel(tx, channel.id)
    if running is None:
        outbox.put(tx, me.pid, MentorShown(channel=channel.id, mentor=present))
        return
    own = people.get(tx, running.mentor).alias
    shown = SubstituteShown(channel=channel.id, mentor=own, substitute=present, until=running.until)
    outbox.put(tx, me.pid, shown)


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
    """Hand the channel over, for good. What they wait for, they wait for from the new mentor."""
    participant, former = people.get(tx, old.participant), people.get(tx, old.mentor)
    own = substitutions.in_channel(tx, old.id)
    changed = MentorChanged(old=former.alias, new=new.alias, goes_on=own is None)
    said: list[Notice] = [] if note is None else [NoteFromMentor(mentor=former.alias, words=note)]
    opened = handing_over.hand_over(
        tx,
        old,
        new,
        to_participant=lambda _: [*said, changed],
        introduction=lambda several: MeetYourParticipant(participant=participant.alias, several=several),
        farewell=lambda known_as: ChannelOver(participant=known_as),
    )
    audit.append(tx, "mentor_changed", actor=by, subject=opened.id)
    attention.pass_on(tx, old.id, opened.id)
    if own is not None and own.mentor != new.pid:  # somebody was there in their place; now they do not come back
        outbox.put(tx, own.mentor, ChannelOver(participant=participant.alias), owner=participant.pid)
    done = Changed(participant=participant.alias, mentor=new.alias, replaces=instead_of)
    outbox.put(tx, by, done, owner=participant.pid)


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
    running = substitutions.in_channel(tx, channel.id)
    own = "" if running is None else people.get(tx, running.mentor).alias
    return Changeable(channel=channel.id, participant=participant.alias, mentor=mentor.alias, instead_of=own)


def _choosable(mentor: Person, participants: int = 0) -> Choosable:
    return Choosable(pid=mentor.pid, version=mentor.version, alias=mentor.alias, participants=participants)
