from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from mentorbot.programme.channel import CHOICE_LASTS, Channel
from mentorbot.programme.content import Concern, Form, Kind, Written
from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    AskedFirst,
    Carried,
    Correspondent,
    ForWhom,
    Listed,
    NoMentorYet,
    NoParticipantYet,
    NotSent,
    PeopleShown,
    Refused,
    Relayed,
    Sent,
    SentTo,
    SentToNobody,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import LONGEST_MESSAGE, NO_WORDS, Format, Words, units
from mentorbot.services import changing, messaging
from mentorbot.services.messaging import ROOM_FOR_LABEL
from storage import channels, links
from storage.tables import people
from storage.transaction import Store
from tests.people import NOW, arrived, at, joined, paired
from tests.usecases.queue import Heard, heard

MESSAGE, OTHER_MESSAGE, UNDER = MessageId(501), MessageId(502), MessageId(77)


@dataclass(frozen=True, kw_only=True)
class Circle:
    """Mikael with two participants; Maria and Liisa beside them."""

    mikael: Person
    aino: Person
    eero: Person
    maria: Person
    liisa: Person
    with_aino: Channel
    with_eero: Channel
    with_liisa: Channel

    @property
    def people(self) -> tuple[Correspondent, ...]:
        """Mikael's, in the order in which he sees them."""
        both = [
            Correspondent(channel=self.with_aino.id, alias=self.aino.alias),
            Correspondent(channel=self.with_eero.id, alias=self.eero.alias),
        ]
        return tuple(sorted(both, key=lambda who: who.channel))


def listed(people: tuple[Correspondent, ...]) -> tuple[Listed, ...]:
    """The same people in a list that says of nobody how things stand."""
    return tuple(Listed(channel=who.channel, alias=who.alias) for who in people)


@pytest.fixture
async def circle(store: Store) -> Circle:
    mikael, maria = await joined(store, Role.MENTOR), await joined(store, Role.MENTOR)
    aino, eero, liisa = [await joined(store, Role.PARTICIPANT) for _ in range(3)]
    return Circle(
        mikael=mikael,
        aino=aino,
        eero=eero,
        maria=maria,
        liisa=liisa,
        with_aino=await paired(store, aino, mikael),
        with_eero=await paired(store, eero, mikael),
        with_liisa=await paired(store, liisa, maria),
    )


async def write(
    store: Store,
    me: Person,
    text: str = "Hello",
    *,
    message: MessageId = MESSAGE,
    replied_to: MessageId | None = None,
    answers_bot: bool = False,
    formats: tuple[Format, ...] = (),
    concerns: tuple[Concern, ...] = (),
) -> Heard:
    words = Words(text=text, formats=formats)
    written = Written(message=message, words=words, replied_to=replied_to, answers_bot=answers_bot, concerns=concerns)
    await store.transact(lambda tx: messaging.write(tx, me, written))
    return await heard(store)


async def edit(store: Store, me: Person, *, concerns: tuple[Concern, ...] = ()) -> Heard:
    written = Written(message=MESSAGE, words=Words(text="Changed"), concerns=concerns)
    await store.transact(lambda tx: changing.edit(tx, me, written))
    return await heard(store)


async def choose(store: Store, me: Person, channel: Channel) -> Heard:
    await store.transact(lambda tx: messaging.choose(tx, me, channel.id, instead_of=UNDER))
    return await heard(store)


async def send_held(store: Store, me: Person, channel: ChannelId, message: MessageId = MESSAGE) -> Heard:
    await store.transact(lambda tx: messaging.send_held(tx, me, channel, message, instead_of=UNDER))
    return await heard(store)


async def send_asked(store: Store, me: Person) -> Heard:
    await store.transact(lambda tx: messaging.send_asked(tx, me, MESSAGE, instead_of=UNDER))
    return await heard(store)


async def link(store: Store, mentor: Person, channel: Channel, message: MessageId) -> None:
    """A message in the mentor's chat that came through a channel."""
    await store.transact(
        lambda tx: links.link(tx, to=mentor.pid, to_message=message, channel=channel.id, from_message=MessageId(9))
    )


def relayed(text: str = "Hello", *, answers: MessageId | None = None) -> Relayed:
    """A mentor's words as they reach a participant: without a label."""
    return Relayed(words=Words(text=text), from_message=MESSAGE, answers=answers)


# --- participants -----------------------------------------------------------------------------------------------------


async def test_a_participants_words_reach_their_mentor_and_nobody_else(store: Store, circle: Circle) -> None:
    bold = (Format(kind="bold", offset=0, length=5),)
    said = await write(store, circle.aino, "Hello there", formats=bold)
    expected = Relayed(
        alias=circle.aino.alias,
        words=Words(text="Hello there", formats=bold),
        from_message=MESSAGE,
    )
    assert said == {circle.mikael.pid: [expected]}


async def test_a_long_message_arrives_in_parts_in_order_with_nothing_lost(store: Store, circle: Circle) -> None:
    text = "".join(f"{number:04} 🌲 " for number in range(512))
    assert units(text) == LONGEST_MESSAGE
    said = await write(store, circle.aino, text)
    assert list(said) == [circle.mikael.pid]
    parts = [notice for notice in said[circle.mikael.pid] if isinstance(notice, Relayed)]
    assert [(part.part, part.parts) for part in parts] == [(1, 2), (2, 2)]
    assert "".join(part.words.text for part in parts) == text
    assert all(units(part.words.text) <= LONGEST_MESSAGE - ROOM_FOR_LABEL for part in parts)


async def test_a_participant_without_a_mentor_is_told_and_nothing_is_kept(store: Store, circle: Circle) -> None:
    lauri = await joined(store, Role.PARTICIPANT)
    assert await write(store, lauri) == {lauri.pid: [NoMentorYet()]}
    await paired(store, lauri, circle.maria)
    assert await heard(store) == {}


@pytest.mark.parametrize("concern", list(Concern))
async def test_what_is_of_concern_waits_until_its_writer_says_so_and_goes_once(
    store: Store, circle: Circle, concern: Concern
) -> None:
    asked = [AskedFirst(to_message=MESSAGE, concerns=(concern,))]
    assert await write(store, circle.aino, concerns=(concern,)) == {circle.aino.pid: asked}
    assert await send_asked(store, circle.maria) == {}
    said = await send_asked(store, circle.aino)
    assert said[circle.aino.pid] == [Sent(replaces=UNDER)]
    assert [type(notice) for notice in said[circle.mikael.pid]] == [Relayed]
    assert await send_asked(store, circle.aino) == {}


async def test_what_its_writer_does_not_want_sent_goes_to_nobody(store: Store, circle: Circle) -> None:
    await write(store, circle.aino, concerns=(Concern.CONTACT,))
    await store.transact(lambda tx: messaging.drop_asked(tx, circle.aino, MESSAGE, instead_of=UNDER))
    assert await heard(store) == {circle.aino.pid: [NotSent(replaces=UNDER)]}
    assert await send_asked(store, circle.aino) == {}


async def test_a_mentor_of_several_is_then_asked_for_whom(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael, concerns=(Concern.FILE,))
    question = ForWhom(to_message=MESSAGE, people=circle.people, replaces=UNDER)
    assert await send_asked(store, circle.mikael) == {circle.mikael.pid: [question]}
    said = await send_held(store, circle.mikael, circle.with_aino.id)
    assert said[circle.aino.pid] == [relayed()]


async def test_a_question_about_a_message_is_not_answered_by_another_one(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael)
    await edit(store, circle.mikael, concerns=(Concern.ACCOUNT,))
    with pytest.raises(Stale):
        await send_held(store, circle.mikael, circle.with_aino.id)
    assert await send_asked(store, circle.mikael) != {}


async def test_a_kind_that_cannot_be_carried_is_refused(store: Store, circle: Circle) -> None:
    written = Written(message=MESSAGE, kind=Kind.POLL)
    for me in (circle.aino, circle.maria):
        await store.transact(lambda tx, me=me: messaging.write(tx, me, written))  # type: ignore[misc]
        assert await heard(store) == {me.pid: [Refused(to_message=MESSAGE, kind=Kind.POLL)]}


@pytest.mark.parametrize(("kind", "form"), [(Kind.PHOTO, Form.CAPTION), (Kind.STICKER, Form.BARE)])
async def test_what_is_not_text_is_copied_with_the_words_below_it(
    store: Store, circle: Circle, kind: Kind, form: Form
) -> None:
    words = Words(text="Look") if form is Form.CAPTION else NO_WORDS
    written = Written(message=MESSAGE, kind=kind, words=words)
    await store.transact(lambda tx: messaging.write(tx, circle.aino, written))
    copied = Carried(sender=circle.aino.pid, form=form, from_message=MESSAGE, alias=circle.aino.alias, words=words)
    assert await heard(store) == {circle.mikael.pid: [copied]}


async def test_words_too_long_for_a_caption_follow_as_text(store: Store, circle: Circle) -> None:
    text = "long " * 180
    written = Written(message=MESSAGE, kind=Kind.PHOTO, words=Words(text=text))
    await store.transact(lambda tx: messaging.write(tx, circle.maria, written))
    picture, words = (await heard(store))[circle.liisa.pid]
    assert isinstance(picture, Carried)
    assert picture.words == NO_WORDS
    assert isinstance(words, Relayed)
    assert words.words.text == text


async def test_a_coordinator_has_no_channel_to_write_to(store: Store, circle: Circle) -> None:
    sari = await joined(store, Role.COORDINATOR)
    with pytest.raises(NotPermitted):
        await write(store, sari)


# --- mentors ----------------------------------------------------------------------------------------------------------


async def test_a_mentor_with_one_participant_just_writes(store: Store, circle: Circle) -> None:
    assert await write(store, circle.maria) == {circle.liisa.pid: [relayed()]}


async def test_a_mentor_without_a_participant_is_told(store: Store, circle: Circle) -> None:
    antti = await joined(store, Role.MENTOR)
    assert await write(store, antti) == {antti.pid: [NoParticipantYet()]}


async def test_a_reply_goes_to_whoever_wrote_what_it_answers(store: Store, circle: Circle) -> None:
    await link(store, circle.mikael, circle.with_eero, MessageId(40))
    assert await write(store, circle.mikael, replied_to=MessageId(40)) == {
        circle.eero.pid: [relayed(answers=MessageId(40))]
    }


async def test_a_reply_goes_before_a_choice(store: Store, circle: Circle) -> None:
    await link(store, circle.mikael, circle.with_eero, MessageId(40))
    await choose(store, circle.mikael, circle.with_aino)
    assert list(await write(store, circle.mikael, replied_to=MessageId(40))) == [circle.eero.pid]


async def test_a_link_in_another_mentors_chat_says_nothing_about_this_one(store: Store, circle: Circle) -> None:
    await link(store, circle.maria, circle.with_liisa, MessageId(40))
    said = await write(store, circle.mikael, replied_to=MessageId(40))
    assert said == {circle.mikael.pid: [ForWhom(to_message=MESSAGE, people=circle.people)]}


async def test_a_reply_to_something_unknown_is_asked_about_even_while_a_choice_holds(
    store: Store, circle: Circle
) -> None:
    """A message that arrived just before a crash has no link; the choice may be somebody else."""
    await choose(store, circle.mikael, circle.with_aino)
    said = await write(store, circle.mikael, replied_to=MessageId(40))
    assert said == {circle.mikael.pid: [ForWhom(to_message=MESSAGE, people=circle.people)]}


async def test_with_one_participant_a_reply_to_ones_own_words_is_no_riddle(store: Store, circle: Circle) -> None:
    assert list(await write(store, circle.maria, replied_to=MessageId(40))) == [circle.liisa.pid]


async def test_what_the_bot_brought_from_nobody_knows_whom_is_not_answered_to_the_only_participant(
    store: Store, circle: Circle
) -> None:
    """It may be from somebody who has left since."""
    said = await write(store, circle.maria, replied_to=MessageId(40), answers_bot=True)
    assert list(said) == [circle.maria.pid]
    assert isinstance(said[circle.maria.pid][0], ForWhom)


async def test_without_reply_or_choice_the_mentor_is_asked_and_nobody_else_hears(store: Store, circle: Circle) -> None:
    said = await write(store, circle.mikael)
    assert said == {circle.mikael.pid: [ForWhom(to_message=MESSAGE, people=circle.people)]}


async def test_a_choice_directs_what_follows_until_it_lapses(store: Store, circle: Circle) -> None:
    shown = await choose(store, circle.mikael, circle.with_eero)
    until = NOW + CHOICE_LASTS
    assert shown == {
        circle.mikael.pid: [
            PeopleShown(people=listed(circle.people), chosen=circle.with_eero.id, until=until, replaces=UNDER)
        ]
    }
    store.clock = at(until - timedelta(microseconds=1))
    assert list(await write(store, circle.mikael)) == [circle.eero.pid]
    store.clock = at(until)
    said = await write(store, circle.mikael, message=OTHER_MESSAGE)
    assert said == {circle.mikael.pid: [ForWhom(to_message=OTHER_MESSAGE, people=circle.people)]}


async def test_a_later_choice_takes_the_place_of_an_earlier_one(store: Store, circle: Circle) -> None:
    await choose(store, circle.mikael, circle.with_eero)
    await choose(store, circle.mikael, circle.with_aino)
    assert list(await write(store, circle.mikael)) == [circle.aino.pid]


async def test_a_choice_holds_for_what_was_written_while_it_did_however_late_that_is_read(
    store: Store, circle: Circle
) -> None:
    await choose(store, circle.mikael, circle.with_aino)
    store.clock = at(NOW + CHOICE_LASTS + timedelta(minutes=5))
    written = Written(message=MESSAGE, words=Words(text="Hello"), at=NOW + timedelta(minutes=1))
    await store.transact(lambda tx: messaging.write(tx, circle.mikael, written))
    assert set(await heard(store)) == {circle.aino.pid}

    await store.transact(lambda tx: channels.close(tx, circle.with_aino.id))
    await store.transact(lambda tx: messaging.write(tx, circle.mikael, written))
    assert set(await heard(store)) == {circle.mikael.pid}, (
        "the chosen one is not theirs any more, the other is no guess"
    )


async def test_with_one_participant_an_answer_to_the_question_is_asked_for_once(store: Store, circle: Circle) -> None:
    await choose(store, circle.mikael, circle.with_aino)
    await store.transact(lambda tx: channels.close(tx, circle.with_aino.id))
    assert set(await write(store, circle.mikael)) == {circle.mikael.pid}
    await send_held(store, circle.mikael, circle.with_eero.id)
    assert set(await write(store, circle.mikael, message=MessageId(78))) == {circle.eero.pid}


async def test_a_mentor_cannot_choose_or_send_into_a_channel_that_is_not_theirs(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael)
    for stranger in (circle.maria, circle.aino, circle.liisa):
        with pytest.raises(NotThere):
            await choose(store, stranger, circle.with_aino)
        with pytest.raises(NotThere):
            await send_held(store, stranger, circle.with_aino.id)
    with pytest.raises(NotThere):
        await send_held(store, circle.mikael, circle.with_liisa.id)
    assert await heard(store) == {}
    # It still waits for the answer of the one who wrote it.
    assert list(await send_held(store, circle.mikael, circle.with_eero.id)) == [
        circle.eero.pid,
        circle.mikael.pid,
    ]


async def test_a_held_message_goes_once_to_the_one_named(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael)
    said = await send_held(store, circle.mikael, circle.with_aino.id)
    assert said == {
        circle.aino.pid: [relayed()],
        circle.mikael.pid: [SentTo(alias=circle.aino.alias, replaces=UNDER)],
    }
    assert await send_held(store, circle.mikael, circle.with_aino.id) == {}
    assert await send_held(store, circle.mikael, circle.with_eero.id) == {}


async def test_a_message_that_nobody_holds_is_not_sent(store: Store, circle: Circle) -> None:
    assert await send_held(store, circle.mikael, circle.with_aino.id, MessageId(12345)) == {}


async def test_a_mentors_held_message_is_not_another_mentors(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael)
    assert await send_held(store, circle.maria, circle.with_liisa.id) == {}
    assert list(await send_held(store, circle.mikael, circle.with_aino.id)) == [
        circle.aino.pid,
        circle.mikael.pid,
    ]


async def test_what_was_said_to_be_for_nobody_goes_to_nobody_any_more(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael)

    async def drop() -> Heard:
        await store.transact(lambda tx: messaging.drop_held(tx, circle.mikael, MESSAGE, instead_of=UNDER))
        return await heard(store)

    assert await drop() == {circle.mikael.pid: [SentToNobody(replaces=UNDER)]}
    assert await drop() == {}
    assert await send_held(store, circle.mikael, circle.with_aino.id) == {}


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.COORDINATOR])
async def test_nobody_but_a_mentor_is_shown_people(store: Store, circle: Circle, role: Role) -> None:
    other = await joined(store, role)
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: messaging.show_people(tx, other))
    assert await heard(store) == {}


async def test_a_mentor_who_has_not_joined_yet_is_shown_nobody(store: Store, circle: Circle) -> None:
    newcomer = await arrived(store, Role.MENTOR)
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: messaging.show_people(tx, newcomer))


async def test_a_mentor_is_shown_their_own_participants_only(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: messaging.show_people(tx, circle.maria))
    liisa = Listed(channel=circle.with_liisa.id, alias=circle.liisa.alias)
    assert await heard(store) == {
        circle.maria.pid: [PeopleShown(people=(liisa,), chosen=circle.with_liisa.id, until=None)]
    }


async def test_a_participant_who_cannot_be_read_does_not_hide_the_others(store: Store, circle: Circle) -> None:
    broken = update(people).where(people.c.pid == circle.aino.pid).values(alias=b"\0" * 300)
    await store.transact(lambda tx: tx.conn.execute(broken))
    eero = Correspondent(channel=circle.with_eero.id, alias=circle.eero.alias)
    said = await write(store, circle.mikael)
    assert said == {circle.mikael.pid: [ForWhom(to_message=MESSAGE, people=(eero,))]}


# --- changed messages -------------------------------------------------------------------------------------------------


async def test_a_change_to_what_went_to_nobody_needs_no_words(store: Store, circle: Circle) -> None:
    alone = [
        await joined(store, Role.PARTICIPANT),
        await joined(store, Role.MENTOR),
        await joined(store, Role.COORDINATOR),
        await arrived(store, Role.PARTICIPANT),
    ]
    for me in alone:
        assert await edit(store, me) == {}


async def test_a_held_message_may_be_changed_before_it_goes(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael)
    assert await edit(store, circle.mikael) == {}
    assert circle.aino.pid in await send_held(store, circle.mikael, circle.with_aino.id)


async def test_a_held_message_goes_as_it_was_last_changed(store: Store, circle: Circle) -> None:
    await write(store, circle.mikael)
    await edit(store, circle.mikael)
    said = await send_held(store, circle.mikael, circle.with_aino.id)
    assert said[circle.aino.pid] == [relayed("Changed")]
