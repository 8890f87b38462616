"""A deliverer that leads, and the people it delivers to."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from handlers.telegram.api import Api
from handlers.telegram.delivery import Deliverer
from handlers.telegram.pace import Limits, Pace
from handlers.telegram.transmission import Transmitter
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.locale.catalogue import Say
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Form
from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    Carried,
    Notice,
    Relayed,
)
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Words
from storage import outbox
from storage.leadership import _next_epoch
from storage.tables import outbox as table
from storage.transaction import Store
from tests.conversations.parts import Somebody, somebody
from tests.people import at, paired

ZONE = ZoneInfo("Europe/Helsinki")
UNHURRIED = Limits(overall_burst=1_000, overall_rate=1_000.0, chat_burst=1_000, chat_rate=1_000.0)


@dataclass(frozen=True, kw_only=True)
class Post:
    """A deliverer that leads, a mentor and a participant who write to each other, and a third who is not concerned."""

    store: Store
    api: Api
    bot_api: BotApi
    deliverer: Deliverer
    aino: Somebody
    mikael: Somebody
    liisa: Somebody
    channel: Channel

    async def put(self, to: Somebody, notice: Notice, *, channel: ChannelId | None = None) -> None:
        await self.store.transact(lambda tx: outbox.put(tx, to.person.pid, notice, channel=channel))

    async def relay(self, text: str, message: int = 501) -> None:
        """What the participant wrote, on its way to the mentor."""
        relayed = Relayed(
            alias=self.aino.person.alias,
            words=Words(text=text),
            part=1,
            parts=1,
            from_message=MessageId(message),
        )
        await self.put(self.mikael, relayed, channel=self.channel.id)

    async def carry(self, text: str) -> MessageId:
        """What the mentor wrote, on its way to the participant."""
        message = MessageId(self.mikael.phone.write(text))
        carried = Carried(sender=self.mikael.person.pid, form=Form.BARE, from_message=message)
        await self.put(self.aino, carried, channel=self.channel.id)
        return message

    async def deliver(self, *those: Somebody) -> None:
        """Send what is due to these people, and then what is due to them because of that."""
        concerned = {one.person.pid for one in those or (self.aino, self.mikael, self.liisa)}
        async with asyncio.timeout(30):
            for _ in range(2):
                self.deliverer.wake(dict.fromkeys(concerned, Rank.TALK))
                while self.deliverer._lanes._running:
                    await asyncio.gather(*self.deliverer._lanes._running.values())

    async def rows(self) -> list[Row[tuple[object, ...]]]:
        return await self.store.transact(lambda tx: list(tx.conn.execute(select(table).order_by(table.c.id))))

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]

    def later(self, seconds: float) -> None:
        self.store.clock = at(self.store.clock() + timedelta(seconds=seconds))


def transmitter(store: Store, api: Api) -> Transmitter:
    return Transmitter(store, api, bot_username="a_bot", zone=ZONE, emergency="112")


async def a_post(store: Store, api: Api, bot_api: BotApi, *, limits: Limits = UNHURRIED) -> Post:
    epoch = await store.transact(_next_epoch)
    aino = await somebody(store, bot_api, "Aino", Role.PARTICIPANT)
    mikael = await somebody(store, bot_api, "Mikael", Role.MENTOR, language="sv")
    liisa = await somebody(store, bot_api, "Liisa", Role.PARTICIPANT, language="fi")
    deliverer = Deliverer(store, transmitter(store, api), epoch=epoch, pace=Pace(limits))
    return Post(
        store=store,
        api=api,
        bot_api=bot_api,
        deliverer=deliverer,
        aino=aino,
        mikael=mikael,
        liisa=liisa,
        channel=await paired(store, aino.person, mikael.person),
    )


def texts(who: Somebody) -> list[str]:
    return [shown.text for shown in who.phone.messages if shown.from_bot]


def say(who: Somebody, id_: str) -> str:
    return Say(who.person.language, ZONE)(id_)
