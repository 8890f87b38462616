"""A pair, the mentor who could be the next, and whoever decides it; what they do around a change."""

from dataclasses import dataclass

from sqlalchemy import select, update

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import InAlbum, Kind, Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Changeable,
    Notice,
    Relayed,
)
from mentorbot.programme.people import Person
from mentorbot.programme.wording import Words
from mentorbot.services import change, changing, messaging
from storage import claims, links, outbox
from storage.claims import Claimed
from storage.tables import leadership, outbox as outbox_table
from storage.transaction import Store, Transaction
from tests.people import NOW
from tests.usecases.queue import heard

UNDER, QUESTION = MessageId(7), MessageId(70)


@dataclass(frozen=True, kw_only=True)
class Circle:
    aino: Person
    mikael: Person
    maria: Person
    sari: Person
    channel: Channel

    @property
    def pair(self) -> Changeable:
        return Changeable(channel=self.channel.id, participant=self.aino.alias, mentor=self.mikael.alias)


async def change_now(store: Store, circle: Circle) -> None:
    await store.transact(
        lambda tx: change.change_now(tx, circle.sari, circle.channel.id, circle.maria.pid, instead_of=UNDER)
    )


async def write(store: Store, who: Person, text: str, message: int, *, answers: int | None = None) -> None:
    replied_to = None if answers is None else MessageId(answers)
    written = Written(message=MessageId(message), words=Words(text=text), replied_to=replied_to)
    await store.transact(lambda tx: messaging.write(tx, who, written), actor=who.pid)


async def edit(store: Store, who: Person, text: str, message: int) -> None:
    written = Written(message=MessageId(message), words=Words(text=text))
    await store.transact(lambda tx: changing.edit(tx, who, written))


async def send_piece(store: Store, who: Person, message: int) -> None:
    part = InAlbum(group="g", file=f"file-{message}")
    written = Written(message=MessageId(message), kind=Kind.PHOTO, album=part)
    await store.transact(lambda tx: messaging.write(tx, who, written))


async def received(store: Store, circle: Circle, first: int, last: int) -> None:
    """Mikael has messages with these numbers, which Aino wrote as 5000 more than that."""

    def unit(tx: Transaction) -> None:
        for message in range(first, last):
            links.link(
                tx,
                to=circle.mikael.pid,
                to_message=MessageId(message),
                channel=circle.channel.id,
                from_message=MessageId(message + 5_000),
            )

    await store.transact(unit)


async def claim(store: Store, who: Person) -> Claimed | None:
    return await store.transact(lambda tx: claims.claim(tx, who.pid, epoch=0))


async def texts(store: Store) -> dict[bytes, list[str]]:
    """What is queued of what people wrote."""
    return {
        pid: said
        for pid, notices in (await heard(store)).items()
        if (said := [notice.words.text for notice in notices if isinstance(notice, Relayed)])
    }


async def say_to_mikael(store: Store, circle: Circle, *notices: Notice) -> None:
    """Something waits for Mikael in the channel."""
    for notice in notices:
        await store.transact(
            lambda tx, notice=notice: outbox.put(  # type: ignore[misc]
                tx, circle.mikael.pid, notice, owner=circle.aino.pid, channel=circle.channel.id
            )
        )


async def for_mikael(store: Store, circle: Circle) -> list[tuple[str, str, bool]]:
    """What was ever queued for Mikael: its kind, its state, and whether there is still anything in it."""
    query = select(outbox_table).where(outbox_table.c.recipient == circle.mikael.pid).order_by(outbox_table.c.id)
    rows = await store.transact(lambda tx: tx.conn.execute(query).all())
    return [(row.notice, row.state, row.body is not None) for row in rows]


async def end(store: Store, sending: Claimed, how: str) -> None:
    """What becomes of something that is being sent, by a leader with epoch 0."""
    if how == "adopted":
        await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=1)))
        await store.transact(lambda tx: claims.adopt(tx, epoch=1))
        await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=0)))
    elif how == "given back":
        await store.transact(lambda tx: claims.give_back(tx, sending.recipient, epoch=0))
    elif how in ("retry", "unknown"):
        outcome = Delivery(how)
        await store.transact(lambda tx: claims.postpone(tx, sending.id, outcome, epoch=0, until=NOW))
    else:
        outcome = Delivery(how)
        await store.transact(lambda tx: claims.finish(tx, sending.id, outcome, epoch=0))
