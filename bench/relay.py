"""How fast, how heavy, how late: the whole bot against a bare echo bot, one after the other, in the same run.

Each figure is the median of `ROUNDS` rounds; a ratio is taken round by round. The stand-in runs in this process and the
bot in its own, so that on two cores each has one.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.programme import Bot, Pair, found, running
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.transcript import Call

ROUNDS = 5
PAIRS = 100
MESSAGES = 4_000
STEADY_RATE = 50  # messages a second
STEADY_FOR = 10  # seconds
ECHO, MENTORBOT = "bench.echo_bot", "bench.mentor_bot"


@dataclass(frozen=True, kw_only=True)
class Round:
    """One bot's figures: messages a second, CPU seconds a message, p99 in seconds, start in seconds, idle bytes."""

    throughput: float
    cpu: float
    p99: float
    start: float
    memory: int


async def measure(module: str) -> Round:
    """One round on a fresh stand-in and a fresh installation."""
    with tempfile.TemporaryDirectory() as name:
        async with BotApi() as api:
            pairs = await found(api, Path(name), pairs=PAIRS)
            began = time.perf_counter()
            async with running(module, api, Path(name)) as bot:
                start = time.perf_counter() - began
                await asyncio.sleep(1)
                memory = bot.usage().memory
                p99 = await _steady(api, pairs)
                throughput, cpu = await _flood(api, pairs, bot)
    return Round(throughput=throughput, cpu=cpu, p99=p99, start=start, memory=memory)


async def _flood(api: BotApi, pairs: list[Pair], bot: Bot) -> tuple[float, float]:
    """Everybody writes at once, participants and mentors in turn."""
    api.transcript.clear()
    before, began = bot.usage(), time.perf_counter()
    for number in range(MESSAGES):
        _writer(pairs, number).write(f"message {number}: nothing much, how are you today?")
    await _until(lambda: len(_received(api)) >= MESSAGES)
    seconds = time.perf_counter() - began
    await api.telegram.updates.held()
    return MESSAGES / seconds, (bot.usage().cpu - before.cpu) / MESSAGES


async def _steady(api: BotApi, pairs: list[Pair]) -> float:
    """The 99th percentile of the time from an update being there to its message being received."""
    api.transcript.clear()
    written: dict[str, float] = {}
    began = time.monotonic()
    for number in range(STEADY_RATE * STEADY_FOR):
        await asyncio.sleep(began + number / STEADY_RATE - time.monotonic())
        writer, text, now = _writer(pairs, number), f"message {number}", time.monotonic()
        written[text] = now
        writer.write(text)
    await _until(lambda: len(_received(api)) >= STEADY_RATE * STEADY_FOR)
    late = [call.at - written[_what(call)] for call in _received(api)]
    return statistics.quantiles(late, n=100)[98]


def _what(call: Call) -> str:
    """The words that a call carried."""
    text: str = call.params["text"]
    return text.rpartition("\n")[2]


def _writer(pairs: list[Pair], number: int) -> Phone:
    pair = pairs[number // 2 % PAIRS]
    return pair.participant if number % 2 == 0 else pair.mentor


def _received(api: BotApi) -> list[Call]:
    return [call for call in api.transcript if call.method == "sendMessage" and call.effect]


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():  # noqa: ASYNC110 - the transcript tells nobody when it grows
            await asyncio.sleep(0.02)


async def main() -> None:
    """Measure and print the table."""
    rounds = [(await measure(ECHO), await measure(MENTORBOT)) for _ in track(range(ROUNDS), description="rounds")]
    _print(rounds)


def _print(rounds: list[tuple[Round, Round]]) -> None:
    def row(name: str, figure: Callable[[Round], float], form: str, wanted: str) -> None:
        echo, ours = (statistics.median(figure(pair[which]) for pair in rounds) for which in (0, 1))
        ratio = statistics.median(figure(mine) / figure(bare) for bare, mine in rounds)
        table.add_row(name, form.format(echo), form.format(ours), f"{ratio:.2f}", wanted)

    table = Table("", "bare PTB echo", "mentorbot", "ratio", "wanted", title=f"medians of {ROUNDS} rounds")
    row("relayed messages a second", lambda one: one.throughput, "{:.0f}", "≥ 2")
    row("CPU a message, ms", lambda one: one.cpu * 1e3, "{:.2f}", "≤ 0.5")
    row(f"p99 at {STEADY_RATE} a second, ms", lambda one: one.p99 * 1e3, "{:.1f}", "≤ 1.5")
    row("start to first poll, s", lambda one: one.start, "{:.2f}", "≤ 1.5 s")
    row("resident memory idle, MB", lambda one: one.memory / 1e6, "{:.0f}", "≤ 120 MB")
    Console().print(table)
