"""The code word: what a participant settles, and who hears what when it comes in a message."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import pytest
from sqlalchemy import select, update

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Concern, Form, InAlbum, Kind, Written
from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Album,
    Carried,
    CodeWordKnown,
    CodeWordRefused,
    CodeWordRemoved,
    CodeWordSettled,
    CodeWordShown,
    CodeWordUsed,
    CopiesRemoved,
    DeliveredLater,
    HeldBack,
    HoldLifted,
    MeetYourMentor,
    MeetYourParticipant,
    Notice,
    Passed,
    Privacy,
    Reacted,
    Relayed,
    Removed,
    Reworded,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import NO_WORDS, Words
from mentorbot.services import absence, changing, code_words, hours, messaging, pairing, reactions
from storage import channels, claims, code_words as rows, links, outbox, people
from storage.tables import leadership, safety
from storage.transaction import Store, Transaction
from tests.people import NOW, joined, paired
from tests.usecases.queue import Heard, heard

WORD = "Kesäkurpitsa"
LEADER = 1
_messages = count(10)


@dataclass(frozen=True, kw_only=True)
class Pair:
    store: Store
    aino: Person
    mikael: Person
    channel: Channel

    async def do(self, unit: Callable[[Transaction], None], by: Person | None = None) -> Heard:
        """Who hears what of it."""
        await self.store.transact(unit, actor=None if by is None else by.pid)
        return await heard(self.store)

    async def settle(self, typed: str = WORD) -> Heard:
        return await self.do(lambda tx: code_words.settle(tx, self.aino, typed, MessageId(5)), self.aino)

    async def write(self, who: Person, text: str, **rest: object) -> Heard:
        written = Written(message=MessageId(next(_messages)), words=Words(text=text), **rest)  # type: ignore[arg-type]
        return await self.do(lambda tx: messaging.write(tx, who, written), who)

    async def used(self) -> None:
        await self.settle()
        await self.write(self.aino, WORD)

    async def goes(self) -> list[str]:
        """What can be claimed for the participant now."""

        def claim(tx: Transaction) -> list[str]:
            kinds = []
            while (row := claims.claim(tx, self.aino.pid, epoch=LEADER)) is not None:
                kinds.append(row.kind)
                claims.finish(tx, row.id, Delivery.SENT, epoch=LEADER)
            return kinds

        return await self.store.transact(claim)

    @property
    def alert(self) -> CodeWordUsed:
        return CodeWordUsed(alias=self.aino.alias, channel=self.channel.id, since=NOW)


@pytest.fixture
async def pair(store: Store) -> Pair:
    await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=LEADER)))
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    return Pair(store=store, aino=aino, mikael=mikael, channel=await paired(store, aino, mikael))


# --- settling ---------------------------------------------------------------------------------------------------------


async def test_it_is_settled_its_message_removed_and_the_mentor_told_that_there_is_one(pair: Pair) -> None:
    assert await pair.settle() == {
        pair.aino.pid: [CopiesRemoved(messages=(MessageId(5),)), CodeWordSettled()],
        pair.mikael.pid: [CodeWordKnown(alias=pair.aino.alias, is_settled=True)],
    }
    kept = (await pair.store.transact(lambda tx: tx.conn.execute(select(safety.c.code_word)).scalar_one()))[1:]
    assert len(kept) == 32
    assert WORD.casefold().encode() not in kept


async def test_two_people_with_the_same_word_have_nothing_in_common(pair: Pair) -> None:
    eero = await joined(pair.store, Role.PARTICIPANT)
    await pair.settle()
    await pair.do(lambda tx: code_words.settle(tx, eero, WORD, MessageId(5)))
    kept = await pair.store.transact(lambda tx: tx.conn.execute(select(safety.c.code_word)).scalars().all())
    assert len(set(kept)) == 2


async def test_what_cannot_be_one_is_removed_too_and_changes_nothing(pair: Pair) -> None:
    await pair.settle()
    refused = await pair.settle("hei")
    assert refused == {pair.aino.pid: [CopiesRemoved(messages=(MessageId(5),)), CodeWordRefused()]}
    assert pair.mikael.pid in await pair.write(pair.aino, WORD)


async def test_the_mentor_hears_that_there_is_none_any_more_and_hears_it_once(pair: Pair) -> None:
    await pair.settle()
    removed = CodeWordRemoved(replaces=MessageId(3))
    gone = CodeWordKnown(alias=pair.aino.alias, is_settled=False)
    remove: Callable[[Transaction], None] = lambda tx: code_words.remove(tx, pair.aino, instead_of=MessageId(3))  # noqa: E731
    assert await pair.do(remove) == {pair.aino.pid: [removed], pair.mikael.pid: [gone]}
    assert await pair.do(remove) == {pair.aino.pid: [removed]}
    assert [type(notice) for notice in (await pair.write(pair.aino, WORD))[pair.mikael.pid]] == [Relayed]


async def test_it_is_explained(pair: Pair) -> None:
    shown = await pair.do(lambda tx: code_words.show(tx, pair.aino))
    assert shown == {pair.aino.pid: [CodeWordShown(is_settled=False)]}
    await pair.settle()
    shown = await pair.do(lambda tx: code_words.show(tx, pair.aino))
    assert shown == {pair.aino.pid: [CodeWordShown(is_settled=True)]}


async def test_it_is_for_participants(pair: Pair) -> None:
    with pytest.raises(NotPermitted):
        await pair.do(lambda tx: code_words.show(tx, pair.mikael))
    with pytest.raises(NotPermitted):
        await pair.do(lambda tx: code_words.settle(tx, pair.mikael, WORD, MessageId(5)))
    with pytest.raises(NotPermitted):
        await pair.do(lambda tx: code_words.remove(tx, pair.mikael, instead_of=MessageId(5)))


# --- using it ---------------------------------------------------------------------------------------------------------


async def test_the_mentor_is_told_at_once_and_does_not_get_the_words(pair: Pair) -> None:
    await pair.settle()
    told = await pair.write(pair.aino, f"Hi, {WORD.upper()}, how are you?")
    assert set(told) == {pair.mikael.pid}  # the writer hears what they always hear: nothing
    alert, placeholder = told[pair.mikael.pid]
    assert alert == pair.alert
    assert isinstance(placeholder, Relayed)
    assert (placeholder.words, placeholder.withheld, placeholder.doubtful) == (NO_WORDS, True, True)


async def test_the_alert_goes_before_everything_that_waits(pair: Pair) -> None:
    await pair.settle()
    for text in ("First", WORD):
        written = Written(message=MessageId(next(_messages)), words=Words(text=text))
        await pair.store.transact(lambda tx, it=written: messaging.write(tx, pair.aino, it))  # type: ignore[misc]
    claimed = await pair.store.transact(lambda tx: claims.claim(tx, pair.mikael.pid, epoch=LEADER))
    assert claimed is not None
    assert (claimed.kind, claimed.strand.rank) == ("CodeWordUsed", Rank.ANSWER)


async def test_what_comes_after_it_is_marked_and_carried_until_the_mentor_lifts_it(pair: Pair) -> None:
    await pair.used()
    (marked,) = (await pair.write(pair.aino, "I am fine"))[pair.mikael.pid]
    assert isinstance(marked, Relayed)
    assert (marked.words.text, marked.doubtful, marked.withheld) == ("I am fine", True, False)
    await pair.do(lambda tx: code_words.lift(tx, pair.mikael, pair.channel.id, NOW, instead_of=MessageId(3)))
    (usual,) = (await pair.write(pair.aino, "I am fine"))[pair.mikael.pid]
    assert isinstance(usual, Relayed)
    assert not usual.doubtful


async def test_while_it_holds_it_alarms_nobody_again_and_shows_no_words(pair: Pair) -> None:
    await pair.used()
    (again,) = (await pair.write(pair.aino, WORD))[pair.mikael.pid]
    assert isinstance(again, Relayed)
    assert again.withheld


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.VOICE, Kind.DOCUMENT])
async def test_below_a_picture_it_does_the_same(pair: Pair, kind: Kind) -> None:
    await pair.settle()
    alert, carried = (await pair.write(pair.aino, WORD, kind=kind))[pair.mikael.pid]
    assert alert == pair.alert
    assert isinstance(carried, Carried)
    assert (carried.words, carried.withheld) == (NO_WORDS, True)


async def test_in_an_album_it_does_the_same(pair: Pair) -> None:
    await pair.settle()
    written = [
        Written(message=MessageId(number), kind=Kind.PHOTO, words=Words(text=text), album=InAlbum(group="1", file=text))
        for number, text in ((1, "lake"), (2, WORD), (3, "forest"))
    ]
    for piece in written:
        await pair.store.transact(lambda tx, it=piece: messaging.write(tx, pair.aino, it))  # type: ignore[misc]
    notices = (await heard(pair.store))[pair.mikael.pid]
    album = next(notice for notice in notices if isinstance(notice, Album))
    assert pair.alert in notices
    assert [piece.words.text for piece in album.pieces] == ["lake", "", "forest"]
    assert (album.withheld, album.doubtful) == (True, True)


async def test_what_is_asked_about_first_or_refused_tells_the_mentor_too(pair: Pair) -> None:
    await pair.settle()
    told = await pair.write(pair.aino, WORD, concerns=(Concern.FORWARDED,))
    assert told[pair.mikael.pid] == [pair.alert]
    message = MessageId(next(_messages) - 1)
    told = await pair.do(lambda tx: messaging.send_asked(tx, pair.aino, message, instead_of=MessageId(3)))
    (carried,) = told[pair.mikael.pid]
    assert isinstance(carried, Relayed)
    assert (carried.words, carried.withheld) == (NO_WORDS, True)


async def test_an_edit_into_it_does_the_same_and_answers_the_same(pair: Pair) -> None:
    await pair.settle()
    message = MessageId(next(_messages))
    first = Written(message=message, words=Words(text="Hello"))
    await pair.store.transact(lambda tx: messaging.write(tx, pair.aino, first))
    edited = replace(first, words=Words(text=f"Hello {WORD}"))
    waiting = await pair.do(lambda tx: changing.edit(tx, pair.aino, edited))
    assert set(waiting) == {pair.mikael.pid}
    changed = next(notice for notice in waiting[pair.mikael.pid] if isinstance(notice, Relayed))
    assert (changed.words, changed.withheld, changed.doubtful) == (NO_WORDS, True, True)
    assert pair.alert in waiting[pair.mikael.pid]


async def test_an_edit_of_what_has_arrived_is_carried_without_words(pair: Pair) -> None:
    await pair.settle()
    message = MessageId(next(_messages))
    first = Written(message=message, words=Words(text="Hello"))
    await pair.store.transact(lambda tx: messaging.write(tx, pair.aino, first))

    def arrive(tx: Transaction) -> None:
        while (row := claims.claim(tx, pair.mikael.pid, epoch=LEADER)) is not None:
            claims.finish(tx, row.id, Delivery.SENT, epoch=LEADER)

    await pair.store.transact(arrive)

    def link(tx: Transaction) -> None:
        links.link(
            tx,
            to=pair.mikael.pid,
            to_message=MessageId(900),
            channel=pair.channel.id,
            from_message=message,
            form=Form.TEXT,
        )

    await pair.do(link)
    told = await pair.do(lambda tx: changing.edit(tx, pair.aino, replace(first, words=Words(text=WORD))))
    alert, reworded = told[pair.mikael.pid]
    assert alert == pair.alert
    assert isinstance(reworded, Reworded)
    assert (reworded.words, reworded.withheld) == (NO_WORDS, True)
    assert set(told) == {pair.mikael.pid}


async def test_a_mentors_own_words_are_not_looked_at(pair: Pair) -> None:
    await pair.settle()
    (relayed,) = (await pair.write(pair.mikael, WORD))[pair.aino.pid]
    assert isinstance(relayed, Relayed)
    assert relayed.words.text == WORD


async def test_without_a_mentor_there_is_nothing_to_hold(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: code_words.settle(tx, aino, WORD, MessageId(5)))
    written = Written(message=MessageId(7), words=Words(text=WORD))
    await store.transact(lambda tx: messaging.write(tx, aino, written))
    assert await store.transact(lambda tx: rows.held_since(tx, aino.pid)) is None


# --- what is held -----------------------------------------------------------------------------------------------------

FROM_MIKAEL: list[Notice] = [
    Relayed(from_message=MessageId(1), words=Words(text="Hello")),
    Reacted(to_counterpart_of=MessageId(1), emoji="👍"),
    Removed(from_message=MessageId(1)),
]


@pytest.mark.parametrize("rank", [Rank.TALK, Rank.CHORE])
@pytest.mark.parametrize("notice", FROM_MIKAEL, ids=lambda notice: type(notice).__name__)
async def test_nothing_of_the_mentors_goes_while_it_holds_and_all_of_it_after(
    pair: Pair, notice: Notice, rank: Rank
) -> None:
    await pair.used()

    def put(tx: Transaction) -> None:
        outbox.put(tx, pair.aino.pid, notice, channel=pair.channel.id, rank=rank)

    await pair.store.transact(put)
    assert await pair.goes() == []
    assert pair.aino.pid not in await pair.store.transact(claims.due_recipients)
    assert await pair.store.transact(lambda tx: claims.due(tx, pair.aino.pid)) is None
    await pair.store.transact(
        lambda tx: code_words.lift(tx, pair.mikael, pair.channel.id, NOW, instead_of=MessageId(3))
    )
    assert pair.aino.pid in await pair.store.transact(claims.due_recipients)
    assert await pair.goes() == [type(notice).__name__]


async def test_what_the_bot_itself_says_is_as_always(pair: Pair) -> None:
    await pair.used()

    def put(tx: Transaction) -> None:
        outbox.put(tx, pair.aino.pid, FROM_MIKAEL[0], channel=pair.channel.id)
        outbox.put(tx, pair.aino.pid, MeetYourMentor(mentor="Lind"), channel=pair.channel.id)
        outbox.put(tx, pair.aino.pid, Privacy(), rank=Rank.ANSWER)

    await pair.store.transact(put)
    assert await pair.goes() == ["Privacy", "MeetYourMentor"]


def test_every_kind_that_comes_from_somebody_is_held() -> None:
    def all_of(kind: type[Notice]) -> set[type[Notice]]:
        return {kind}.union(*map(all_of, kind.__subclasses__()))

    from_somebody = set().union(*map(all_of, outbox._FROM_SOMEBODY)) - {Passed}
    assert from_somebody <= set(outbox.FROM_THE_OTHER_END)


async def test_nobody_elses_channel_is_held(pair: Pair) -> None:
    eero = await joined(pair.store, Role.PARTICIPANT)
    other = await paired(pair.store, eero, pair.mikael)
    await pair.used()
    await pair.store.transact(lambda tx: outbox.put(tx, eero.pid, FROM_MIKAEL[0], channel=other.id))
    assert await pair.store.transact(lambda tx: claims.claim(tx, eero.pid, epoch=LEADER)) is not None


# --- the mentor -------------------------------------------------------------------------------------------------------


async def test_a_mentor_who_writes_meanwhile_is_told_below_each_message(pair: Pair) -> None:
    await pair.used()
    for text in ("Are you all right?", "Hello?"):
        told = await pair.write(pair.mikael, text)
        message = MessageId(next(_messages) - 1)
        held = HeldBack(to_message=message, alias=pair.aino.alias, channel=pair.channel.id, since=NOW)
        assert held in told[pair.mikael.pid]


async def test_what_is_held_back_is_not_said_to_come_when_their_hours_open(pair: Pair) -> None:
    closed = Hours(opens=(NOW.hour + 12) % 24 * 60, closes=(NOW.hour + 13) % 24 * 60)
    await pair.do(lambda tx: hours.settle(tx, pair.aino, closed), pair.aino)
    await pair.used()
    told = (await pair.write(pair.mikael, "Are you all right?"))[pair.mikael.pid]
    assert [type(notice) for notice in told] == [HeldBack]
    await pair.do(lambda tx: code_words.lift(tx, pair.mikael, pair.channel.id, NOW, instead_of=MessageId(9)))
    told = (await pair.write(pair.mikael, "Good evening"))[pair.mikael.pid]
    assert [type(notice) for notice in told] == [DeliveredLater]


async def test_lifting_it_twice_does_it_once(pair: Pair) -> None:
    await pair.used()
    lift: Callable[[Transaction], None] = lambda tx: code_words.lift(  # noqa: E731
        tx, pair.mikael, pair.channel.id, NOW, instead_of=MessageId(3)
    )
    lifted = {pair.mikael.pid: [HoldLifted(alias=pair.aino.alias, replaces=MessageId(3))]}
    assert await pair.do(lift) == lifted
    assert await pair.do(lift) == lifted


async def test_a_button_of_an_earlier_time_does_not_lift_a_later_one(pair: Pair) -> None:
    await pair.used()
    earlier = NOW.replace(year=2025)
    with pytest.raises(Stale):
        await pair.do(lambda tx: code_words.lift(tx, pair.mikael, pair.channel.id, earlier, instead_of=MessageId(3)))
    assert await pair.store.transact(lambda tx: rows.held_since(tx, pair.aino.pid)) == NOW


async def test_nobody_else_lifts_it(pair: Pair) -> None:
    await pair.used()
    maria = await joined(pair.store, Role.MENTOR)
    for other in (maria, pair.aino, await joined(pair.store, Role.COORDINATOR)):
        with pytest.raises(NotThere):
            await pair.do(
                lambda tx, who=other: code_words.lift(tx, who, pair.channel.id, NOW, instead_of=MessageId(3))  # type: ignore[misc]
            )
    assert await pair.store.transact(lambda tx: rows.held_since(tx, pair.aino.pid)) == NOW


async def test_removing_the_code_word_lifts_nothing(pair: Pair) -> None:
    await pair.used()
    await pair.do(lambda tx: code_words.remove(tx, pair.aino, instead_of=MessageId(3)))
    assert await pair.store.transact(lambda tx: rows.held_since(tx, pair.aino.pid)) == NOW


# --- another mentor ---------------------------------------------------------------------------------------------------


async def test_a_new_mentor_hears_of_the_code_word_and_of_what_it_holds(pair: Pair) -> None:
    await pair.used()
    sari, maria = await joined(pair.store, Role.COORDINATOR), await joined(pair.store, Role.MENTOR)
    await pair.store.transact(lambda tx: channels.close(tx, pair.channel.id))
    aino = await pair.store.transact(lambda tx: people.get(tx, pair.aino.pid))
    told = await pair.do(lambda tx: pairing.pair(tx, sari, aino.pid, aino.version, maria.pid, instead_of=MessageId(3)))
    opened = await pair.store.transact(lambda tx: channels.of_participant(tx, aino.pid))
    assert opened is not None
    assert told[maria.pid] == [
        MeetYourParticipant(participant=aino.alias, several=False),
        CodeWordKnown(alias=aino.alias, is_settled=True),
        CodeWordUsed(alias=aino.alias, channel=opened.id, since=NOW),
    ]
    await pair.do(lambda tx: code_words.lift(tx, maria, opened.id, NOW, instead_of=MessageId(3)))
    assert await pair.store.transact(lambda tx: rows.held_since(tx, aino.pid)) is None


# --- beside what else holds -------------------------------------------------------------------------------------------


async def test_a_mentor_who_writes_at_a_closed_hour_is_not_told_that_it_comes_by_itself(pair: Pair) -> None:
    await pair.used()
    minute = NOW.hour * 60 + NOW.minute
    closed = Hours(opens=(minute + 120) % 1440, closes=(minute + 180) % 1440)
    await pair.do(lambda tx: hours.settle(tx, pair.aino, closed))
    told = await pair.write(pair.mikael, "Are you all right?")
    assert [type(notice) for notice in told[pair.mikael.pid]] == [HeldBack]


async def test_after_a_break_the_sign_of_arrival_comes_as_always(pair: Pair) -> None:
    await pair.do(lambda tx: absence.pause(tx, pair.aino))
    await pair.used()
    await pair.store.transact(lambda tx: outbox.put(tx, pair.aino.pid, FROM_MIKAEL[0], channel=pair.channel.id))
    await pair.store.transact(lambda tx: reactions.arrived(tx, pair.channel.id, pair.aino.pid, MessageId(10)))
    await pair.store.transact(lambda tx: people.set_paused(tx, pair.aino.pid, None))
    assert await pair.goes() == ["ArrivalMarked"]
