"""Row 46: a flood of 1,000 messages from one person slows down that person; the others' p95 holds.

How a flood is taken in without filling anybody's place is in `test_work.py`; here it waits in the outbox.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass, field

import pytest

from handlers.telegram.api import Api
from handlers.telegram.pace import Limits
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.shown import WaitedInVain
from mentorbot.programme.channel import Channel
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import Relayed
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Words
from storage import outbox
from storage.transaction import Store, Transaction, utc_now
from tests.conversations.parts import somebody
from tests.conversations.post import Post, a_post
from tests.people import paired

FLOOD = 1_000
PACE = Limits(overall_burst=500, overall_rate=560.0, chat_burst=6, chat_rate=20.0)
"""Twenty times Telegram's: what takes a minute there takes three seconds here."""

HOLDS = 1.0
"""Seconds: the others' p95 at most. Twenty messages go to a chat in this time; the flood is fifty times as long."""

EVERY = 0.12
SAMPLES = 20


@dataclass(frozen=True, kw_only=True)
class Flooded:
    """Aino has flooded the mentor that she shares with Liisa; Oona has another."""

    post: Post
    liisas: Channel
    oonas: Channel
    written: dict[str, float] = field(default_factory=dict)

    async def write(self, text: str, channel: Channel) -> None:
        self.written[text] = time.monotonic()
        await self.post.store.transact(lambda tx: put(tx, channel.mentor, channel, text))

    def delays(self) -> dict[str, float]:
        """How long each of the words took until they were sent, as far as they were."""
        sent = {str(call.params["text"]): call.at for call in self.post.bot_api.transcript.calls("sendMessage")}
        return {text: sent[text] - at for text, at in self.written.items() if text in sent}


def put(tx: Transaction, to: Pid, channel: Channel, *texts: str) -> None:
    for text in texts:
        outbox.put(tx, to, Relayed(from_message=MessageId(1), words=Words(text=text)), channel=channel.id)


@pytest.fixture
async def flooded(store: Store, api: Api, bot_api: BotApi) -> Flooded:
    store.clock = utc_now
    post = await a_post(store, api, bot_api, limits=PACE)
    oona = await somebody(store, bot_api, "Oona", Role.PARTICIPANT)
    maria = await somebody(store, bot_api, "Maria", Role.MENTOR)
    liisas = await paired(store, post.liisa.person, post.mikael.person)
    oonas = await paired(store, oona.person, maria.person)
    store.on_commit = post.deliverer.wake
    texts = [f"flood {number}" for number in range(FLOOD)]
    await store.transact(lambda tx: put(tx, post.channel.mentor, post.channel, *texts))
    return Flooded(post=post, liisas=liisas, oonas=oonas)


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18]


async def test_row_46_a_flood_from_one_person_slows_only_that_person(flooded: Flooded) -> None:
    began = time.monotonic()
    for number in range(SAMPLES):
        await flooded.write(f"Liisa {number}", flooded.liisas)
        await flooded.write(f"Oona {number}", flooded.oonas)
        await asyncio.sleep(EVERY)
    async with asyncio.timeout(30):
        while len(delays := flooded.delays()) < 2 * SAMPLES:  # noqa: ASYNC110 - the transcript tells nobody
            await asyncio.sleep(0.05)
    await flooded.post.deliverer.finish()
    assert p95(list(delays.values())) <= HOLDS
    sent = [call for call in flooded.post.bot_api.transcript.calls("sendMessage") if "flood" in call.params["text"]]
    assert 10 < len(sent) <= PACE.chat_burst + PACE.chat_rate * (time.monotonic() - began), "slowed down, not stopped"


async def test_in_the_order_of_arrival_others_would_wait_for_the_flood(flooded: Flooded) -> None:
    """The control: words in the flooded channel itself stand behind the flood."""
    await flooded.write("behind it all", flooded.post.channel)
    with pytest.raises(WaitedInVain):
        await flooded.post.mikael.phone.wait_for(lambda shown: shown.text == "behind it all", timeout=2 * HOLDS)
    await flooded.post.deliverer.finish()
