import pytest

from mentorbot.programme.channel import CHOICE_LASTS, Choice
from mentorbot.programme.content import Written
from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import ChannelId, MessageId, ThreadId
from mentorbot.programme.notices import (
    ForWhom,
    PeopleShown,
    Relayed,
    TopicHere,
    TopicRemoved,
    TopicsNotPossible,
    TopicsShown,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import change, leaving, messaging, topics
from storage import channels, links, topics as rows
from storage.transaction import Store
from tests.people import NOW, at, joined, paired
from tests.usecases.queue import heard

OF_AINO, OF_EERO, UNKNOWN = ThreadId(700), ThreadId(900), ThreadId(999)
FROM_AINO, FROM_EERO, OWN = MessageId(701), MessageId(901), MessageId(702)
UNDER = MessageId(5)


class Circle:
    """Mikael, who has topics for both his participants."""

    def __init__(self, store: Store, mikael: Person, aino: Person, eero: Person) -> None:
        self.store, self.mikael, self.aino, self.eero = store, mikael, aino, eero
        self.channel: dict[bytes, ChannelId] = {}

    async def went(self, message: MessageId, to: Person) -> None:
        """A message of Mikael's has arrived there."""
        channel = self.channel[to.pid]
        await self.store.transact(
            lambda tx: links.link(tx, to=to.pid, to_message=MessageId(3), channel=channel, from_message=message)
        )

    async def reached(
        self, topic: ThreadId | None, *, answers: MessageId | None = None, bot: bool = True, elsewhere: bool = False
    ) -> str:
        """Whom a message of Mikael's in this topic reaches: Aino, Eero, or nobody, and then he is asked."""
        written = Written(
            message=MessageId(77),
            words=Words(text="Hello"),
            topic=topic,
            replied_to=answers,
            answers_bot=elsewhere or (bot and answers is not None),
        )
        await self.store.transact(lambda tx: messaging.write(tx, self.mikael, written))
        said = await heard(self.store)
        got = [name for name, who in (("Aino", self.aino), ("Eero", self.eero)) if who.pid in said]
        kinds = {type(notice) for who in (self.aino, self.eero) for notice in said.get(who.pid, [])}
        if not got:
            assert [type(notice) for notice in said[self.mikael.pid]] == [ForWhom]
            return "nobody"
        assert kinds == {Relayed}
        return " and ".join(got)


@pytest.fixture
async def circle(store: Store) -> Circle:
    mikael = await joined(store, Role.MENTOR)
    aino, eero = await joined(store, Role.PARTICIPANT), await joined(store, Role.PARTICIPANT)
    circle = Circle(store, mikael, aino, eero)
    await store.transact(lambda tx: rows.want(tx, mikael.pid, True))
    for who, thread, message in ((aino, OF_AINO, FROM_AINO), (eero, OF_EERO, FROM_EERO)):
        channel = await paired(store, who, mikael)
        circle.channel[who.pid] = channel.id
        await store.transact(lambda tx, id_=channel.id, thread=thread: rows.note(tx, id_, thread))  # type: ignore[misc]
        await store.transact(
            lambda tx, id_=channel.id, message=message: links.link(  # type: ignore[misc]
                tx, to=mikael.pid, to_message=message, channel=id_, from_message=MessageId(9)
            )
        )
    return circle


async def test_what_is_written_in_a_topic_goes_to_whom_it_belongs(circle: Circle) -> None:
    assert await circle.reached(OF_AINO) == "Aino"
    assert await circle.reached(OF_EERO) == "Eero"
    assert await circle.reached(OF_AINO, answers=FROM_AINO) == "Aino"
    await circle.went(OWN, circle.aino)
    assert await circle.reached(OF_AINO, answers=OWN, bot=False) == "Aino"


async def test_a_reply_to_what_the_mentor_wrote_to_somebody_else_is_asked_about(circle: Circle) -> None:
    await circle.went(OWN, circle.eero)
    assert await circle.reached(OF_AINO, answers=OWN, bot=False) == "nobody"
    assert await circle.reached(OF_AINO, answers=MessageId(45), bot=False) == "nobody", (
        "it went to nobody that is known"
    )
    assert await circle.reached(OF_AINO, elsewhere=True) == "nobody"


async def test_an_unknown_topic_tells_nothing_after_topics_were_turned_off(circle: Circle) -> None:
    await circle.store.transact(lambda tx: rows.want(tx, circle.mikael.pid, False))
    await circle.store.transact(lambda tx: leaving.leave(tx, circle.eero, circle.eero.version))
    await circle.store.keyring.forget(circle.eero.pid)
    circle.store.clock = at(NOW + 2 * CHOICE_LASTS)
    await heard(circle.store)
    assert await circle.reached(OF_EERO) == "nobody"
    assert await circle.reached(None) == "Aino"


async def test_where_a_reply_and_its_topic_disagree_the_mentor_is_asked(circle: Circle) -> None:
    assert await circle.reached(OF_AINO, answers=FROM_EERO) == "nobody"
    assert await circle.reached(OF_AINO, answers=MessageId(44)) == "nobody"


async def test_outside_the_topics_nothing_is_guessed_not_even_with_one_participant(circle: Circle) -> None:
    for topic in (None, UNKNOWN):
        assert await circle.reached(topic) == "nobody"
        assert await circle.reached(topic, answers=FROM_EERO) == "Eero"
    await circle.store.transact(lambda tx: channels.close(tx, circle.channel[circle.eero.pid]))
    for topic in (None, UNKNOWN):
        assert await circle.reached(topic) == "nobody"
        assert await circle.reached(topic, answers=OWN, bot=False) == "nobody", "own words may have been for another"
    await circle.store.transact(lambda tx: rows.want(tx, circle.mikael.pid, False))
    assert await circle.reached(None) == "Aino", "without topics, the only participant is no guess"


async def test_people_promises_nobody_what_is_written_outside_the_topics(circle: Circle) -> None:
    aino = circle.channel[circle.aino.pid]
    await circle.store.transact(lambda tx: channels.close(tx, circle.channel[circle.eero.pid]))
    for wanted, chosen in ((True, None), (False, aino)):
        await circle.store.transact(lambda tx, on=wanted: rows.want(tx, circle.mikael.pid, on))  # type: ignore[misc]
        await circle.store.transact(lambda tx: messaging.show_people(tx, circle.mikael))
        (shown,) = (await heard(circle.store))[circle.mikael.pid]
        assert isinstance(shown, PeopleShown)
        assert shown.chosen == chosen


async def test_in_a_topic_that_is_not_known_no_choice_decides(circle: Circle) -> None:
    """It may bear another participant's name: of one who left, or from before a crash."""
    choice = Choice(channel=circle.channel[circle.eero.pid], until=NOW + CHOICE_LASTS)
    await circle.store.transact(lambda tx: channels.choose(tx, circle.mikael.pid, choice))
    assert await circle.reached(None) == "Eero", "outside of all topics it does"
    assert await circle.reached(UNKNOWN) == "nobody"
    assert await circle.reached(UNKNOWN, answers=FROM_EERO) == "Eero"


async def test_the_topic_of_a_channel_that_is_over_leads_to_nobody(circle: Circle) -> None:
    await circle.store.transact(lambda tx: channels.close(tx, circle.channel[circle.eero.pid]))
    assert await circle.reached(OF_EERO) == "nobody"
    assert await circle.reached(OF_EERO, answers=FROM_EERO) == "nobody"


async def test_a_topic_with_the_same_number_in_another_mentors_chat_is_not_known(circle: Circle) -> None:
    maria, liisa = await joined(circle.store, Role.MENTOR), await joined(circle.store, Role.PARTICIPANT)
    await paired(circle.store, liisa, maria)
    written = Written(message=MessageId(8), words=Words(text="Hello"), topic=OF_AINO)
    await circle.store.transact(lambda tx: messaging.write(tx, maria, written))
    said = await heard(circle.store)
    assert [type(notice) for notice in said.pop(maria.pid)] == [ForWhom]
    assert said == {}


async def test_a_participants_topic_changes_nothing(circle: Circle) -> None:
    written = Written(message=MessageId(8), words=Words(text="Hello"), topic=OF_EERO)
    await circle.store.transact(lambda tx: messaging.write(tx, circle.aino, written))
    assert set(await heard(circle.store)) == {circle.mikael.pid}


async def test_with_a_change_of_mentor_the_old_ones_topic_goes(circle: Circle) -> None:
    sari, maria = await joined(circle.store, Role.COORDINATOR), await joined(circle.store, Role.MENTOR)
    aino = circle.channel[circle.aino.pid]
    await circle.store.transact(lambda tx: change.change_now(tx, sari, aino, maria.pid, instead_of=UNDER))
    said = await heard(circle.store)
    assert [notice for notice in said[circle.mikael.pid] if isinstance(notice, TopicRemoved)] == [
        TopicRemoved(thread=OF_AINO)
    ]
    assert await circle.reached(OF_AINO) == "nobody"


async def test_with_a_participant_who_leaves_their_topic_goes(circle: Circle) -> None:
    await circle.store.transact(lambda tx: leaving.leave(tx, circle.aino, circle.aino.version))
    await circle.store.keyring.forget(circle.aino.pid)
    said = await heard(circle.store)
    assert TopicRemoved(thread=OF_AINO) in said[circle.mikael.pid]
    assert await circle.reached(OF_AINO) == "nobody"


async def test_a_mentor_turns_topics_on_and_off_and_each_begins_by_saying_whose_it_is(
    store: Store, circle: Circle
) -> None:
    mikael = circle.mikael
    for on in (False, True, True):
        await store.transact(lambda tx, on=on: topics.settle(tx, mikael, on, instead_of=UNDER))  # type: ignore[misc]
    shown = [TopicsShown(on=on, possible=True, replaces=UNDER) for on in (False, True, True)]
    said = (await heard(store))[mikael.pid]
    assert [notice for notice in said if isinstance(notice, TopicsShown)] == shown
    assert {notice for notice in said if isinstance(notice, TopicHere)} == {
        TopicHere(alias=who.alias) for who in (circle.aino, circle.eero)
    }
    assert len(said) == 5


async def test_where_telegram_makes_none_the_mentor_hears_it_once(store: Store, circle: Circle) -> None:
    for _ in range(2):
        await store.transact(lambda tx: topics.give_up(tx, circle.mikael.pid))
    assert (await heard(store))[circle.mikael.pid] == [TopicsNotPossible()]


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.COORDINATOR])
async def test_topics_are_a_mentors(store: Store, role: Role) -> None:
    other = await joined(store, role)
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: topics.show(tx, other, possible=True))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: topics.settle(tx, other, True, instead_of=UNDER))
