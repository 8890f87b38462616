"""How soon a channel message leaves while something goes to 5,000 others, at the pace that Telegram allows.

The bot runs as it does for an organisation, with its real limits; the stand-in is in this process. A delay is the time
from a person's update being there to the other's `sendMessage` being received.
"""

import asyncio
import os
import platform
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.programme import Pair, environment, found, join, running
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import Pid, TelegramId
from mentorbot.programme.notices import Privacy
from mentorbot.programme.people import Role
from storage import installation, outbox
from storage.root_key import read_root_key
from storage.transaction import Store, Transaction

RECIPIENTS = 5_000
PAIRS = 10
RATE = 4  # channel messages a second
SECONDS = 30
AT_ONCE = 500  # rows in one transaction
WANTED = 0.1
MENTORBOT = "bench.paced_bot"


async def measure(recipients: int) -> list[float]:
    """The delays of channel messages while so many others have a broadcast waiting."""
    with tempfile.TemporaryDirectory() as name:
        async with BotApi() as api:
            pairs = await found(api, Path(name), pairs=PAIRS)
            await _broadcast(api, Path(name), recipients)
            async with running(MENTORBOT, api, Path(name)):
                await asyncio.sleep(3)  # the burst is used up by then
                delays = await _write(api, pairs)
                left = recipients - _broadcasts(api)
            if recipients and left <= 0:
                raise RuntimeError("the queue was empty before the measurement was over")
    return delays


async def _broadcast(api: BotApi, folder: Path, recipients: int) -> None:
    names = environment(api, folder)
    urls = names["MENTORBOT_DATABASE_URL"], names["MENTORBOT_KEYS_URL"]
    store = await installation.open_store(*urls, read_root_key(folder / "root.key"))
    try:
        for first in track(range(0, recipients, AT_ONCE), description="recipients"):
            phones = [api.telegram.person("Liisa") for _ in range(min(AT_ONCE, recipients - first))]
            await _queue(api, store, phones)
    finally:
        await store.close()


async def _queue(api: BotApi, store: Store, phones: list[Phone]) -> None:
    pids: list[Pid] = []
    for phone in phones:
        api.telegram.open_chat(phone.chat)
        pids.append(await store.keyring.admit(TelegramId(phone.id)))

    def unit(tx: Transaction) -> None:
        for pid in pids:
            join(tx, pid, Role.PARTICIPANT, secrets.token_hex(8))
            outbox.put(tx, pid, Privacy(), rank=Rank.BROADCAST)

    await store.transact(unit)


async def _write(api: BotApi, pairs: list[Pair]) -> list[float]:
    written: dict[str, float] = {}
    began = time.monotonic()
    for number in range(RATE * SECONDS):
        await asyncio.sleep(began + number / RATE - time.monotonic())
        pair = pairs[number // 2 % PAIRS]
        text = f"message {number}"
        written[text] = time.monotonic()
        (pair.participant if number % 2 == 0 else pair.mentor).write(text)
    await _until(lambda: len(_received(api, written)) == len(written))
    received = _received(api, written)
    return [received[text] - at for text, at in written.items()]


def _received(api: BotApi, written: dict[str, float]) -> dict[str, float]:
    """When each of these words was received."""
    calls = [(str(call.params["text"]).rpartition("\n")[2], call.at) for call in api.transcript.calls("sendMessage")]
    return {text: at for text, at in calls if text in written}


def _broadcasts(api: BotApi) -> int:
    return len(api.transcript.calls("sendMessage")) - RATE * SECONDS


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():  # noqa: ASYNC110 - the transcript tells nobody when it grows
            await asyncio.sleep(0.05)


async def main() -> None:
    """Measure and print the table."""
    quiet, busy = await measure(0), await measure(RECIPIENTS)
    table = Table(
        "ms", "nothing else waits", f"{RECIPIENTS} others wait", "wanted", title=f"{RATE} channel messages a second"
    )
    for name, figure, wanted in (
        ("median", statistics.median, f"≤ {WANTED * 1e3:.0f}"),
        ("p99", lambda delays: statistics.quantiles(delays, n=100)[98], ""),
    ):
        table.add_row(name, f"{figure(quiet) * 1e3:.1f}", f"{figure(busy) * 1e3:.1f}", wanted)
    Console().print(table)
    Console().print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")


if __name__ == "__main__":
    asyncio.run(main())
