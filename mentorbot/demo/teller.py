"""Prints what happens in everyone's chat, as it happens; readable in 80 columns."""

import asyncio
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mentorbot.demo.bot_api.entities import utf16_slice
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.demo.cast import Actor
from mentorbot.demo.stage import Stage

_LONGEST = 420
_SHORT = 40
_COLOURS = {"coordinator": "cyan", "mentor": "blue", "participant": "yellow", "outsider": "magenta"}
_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "spoiler": "reverse",
    "code": "green",
}
_ISOLATION = str.maketrans("", "", "\u2068\u2069")


class Teller:
    """While it is entered, every new or changed message is printed; a table row each: when, who, what."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console
        self._told: dict[tuple[str, int], ShownMessage] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.catch_up()

    def chapter(self, title: str) -> None:
        self.catch_up()
        self._console.print()
        self._console.rule(Text(title, style="bold"), align="left", style="dim")

    def found(self, sentence: str) -> None:
        """Something that was looked at and is as it should be."""
        self.catch_up()
        self._row("", Text("✓", style="bold green"), Text(sentence, style="green"))

    def happens(self, sentence: str) -> None:
        self.catch_up()
        self._row(_now(), Text("—", style="dim"), Text(sentence, style="italic"))

    def catch_up(self) -> None:
        for actor in self._stage.cast:
            for message in actor.phone.history:
                key = (actor.key, message.id)
                before = self._told.get(key)
                if before is message:
                    continue
                self._told[key] = message
                if message.deleted:
                    if before is not None:
                        self._mark(actor, f"deleted: {_in_short(before)}")
                elif before is None or _content(before) != _content(message):
                    self._tell(actor, message)
                elif before.reactions != message.reactions:
                    self._mark(actor, f"{' '.join(message.reactions) or 'no reaction'} on: {_in_short(message)}")

    async def _listen(self) -> None:
        changes = self._stage.api.telegram.changes
        version = changes.version
        while True:
            version = await changes.after(version)
            self.catch_up()

    def _tell(self, actor: Actor, message: ShownMessage) -> None:
        who = Text(f"bot → {actor.name}" if message.from_bot else actor.name, style=_COLOURS[actor.role])
        what = Text().join([Text(_marks(message), style="dim"), _dressed(message)])
        for labels in message.keyboard:
            what.append("\n")
            for label in labels:
                what.append(f"[ {label.translate(_ISOLATION)} ]", style="bold cyan").append(" ")
        self._row(_now(), who, what)

    def _mark(self, actor: Actor, what: str) -> None:
        """Something that happened to a message which stands in somebody's chat."""
        self._row(_now(), Text(actor.name, style=_COLOURS[actor.role]), Text(what, style="dim"))

    def _row(self, when: str, who: Text, what: Text) -> None:
        row = Table.grid(padding=(0, 1), expand=False)
        row.add_column(width=8, style="dim")
        row.add_column(width=12)
        row.add_column(overflow="fold")
        row.add_row(when, who, what)
        self._console.print(row)


def _now() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"


def _content(message: ShownMessage) -> tuple[str, str | None]:
    """What makes a change worth telling: buttons come and go by themselves."""
    return message.text, message.media.details.get("file_unique_id") if message.media is not None else None


def _marks(message: ShownMessage) -> str:
    """What an app shows around the words."""
    marks = [
        "(edited)" if message.edited and not message.keyboard else "",
        f"(forwarded from {message.forwarded_from})" if message.forwarded else "",
        f"(reply{f': “{message.quote}”' if message.quote else ''})" if message.reply_to is not None else "",
        f"[{message.media.kind.replace('_', ' ')}]" if message.media is not None else "",
    ]
    return "".join(f"{mark} " for mark in marks if mark)


def _in_short(message: ShownMessage) -> str:
    text = " ".join(message.text.translate(_ISOLATION).split())
    if not text and message.media is not None:
        return f"[{message.media.kind.replace('_', ' ')}]"
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _dressed(message: ShownMessage) -> Text:
    """The text with what can be shown of its formatting; the middle of a very long one is left out."""
    text = message.text
    dressed = Text(text)
    for entity in message.entities:
        start = len(utf16_slice(text, 0, entity["offset"]))
        length = len(utf16_slice(text, entity["offset"], entity["length"]))
        dressed.stylize(_STYLES.get(entity["type"], ""), start, start + length)
    if len(text) > _LONGEST:
        left_out = Text(f" … {len(text) - _LONGEST} more characters … ", style="dim")
        dressed = dressed[: _LONGEST // 2] + left_out + dressed[-_LONGEST // 2 :]
    without_marks = Text()
    for part in dressed.split("\u2068"):
        for piece in part.split("\u2069"):
            without_marks.append_text(piece)
    return without_marks
