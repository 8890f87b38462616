"""Those whom the bot does not know: one uniform sentence, and no trace of them."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import tzinfo
from time import monotonic

from handlers.telegram.api import Api
from handlers.telegram.background import Background
from handlers.telegram.pace import Pace
from handlers.telegram.updates import Envelope
from mentorbot.locale.catalogue import Say, nearest

AT_ONCE = 20
"""Answers on their way at once; a flood beyond that goes unanswered, so that it delays nobody else."""

_ANSWER_AGAIN_AFTER = 5.0  # seconds
_REMEMBERED = 1_000

log = logging.getLogger(__name__)


class Strangers:
    """Answers outside the outbox, at most once: nothing about a stranger is stored. When the pace is tight, they are
    the first to go without one."""

    def __init__(
        self, api: Api, pace: Pace, *, default_language: str, zone: tzinfo, clock: Callable[[], float] = monotonic
    ) -> None:
        self._api = api
        self._pace = pace
        self._default_language = default_language
        self._zone = zone
        self._clock = clock
        self._answers = Background(at_once=AT_ONCE)
        self._departures = Background(at_once=AT_ONCE)
        self._answered: OrderedDict[int, float] = OrderedDict()

    def turn_away(self, envelope: Envelope) -> None:
        """Say the one sentence to whoever wrote; anything else that they do stays unanswered."""
        if envelope.kind in ("message", "edited_message"):
            self.say_no(envelope.chat, envelope.language_code)

    def say_no(self, chat: int, language_code: str | None) -> None:
        """Say the one sentence, in the language of the catalogue that is nearest to Telegram's guess."""
        now = self._clock()
        if now - self._answered.get(chat, -_ANSWER_AGAIN_AFTER) < _ANSWER_AGAIN_AFTER:
            return
        if not self._pace.spend_spare():
            log.info("a stranger goes without an answer: the known ones need what Telegram allows")
            return
        say = Say(nearest(language_code, self._default_language), self._zone)
        if self._answers.begin(self._api.call("sendMessage", {"chat_id": chat, "text": say("stranger")})):
            self._answered[chat] = now
            self._answered.move_to_end(chat)
            if len(self._answered) > _REMEMBERED:
                self._answered.popitem(last=False)

    def say_farewell(self, chat: int, message: int, language: str) -> None:
        """One last sentence, in the place of a message, to somebody whom the bot does not know any more."""
        text = Say(language, self._zone)("leaving.gone")
        call = {"chat_id": chat, "message_id": message, "text": text}
        self._answers.begin(self._api.call("editMessageText", call))

    def leave(self, chat: int) -> None:
        """Leave a group or a channel."""
        self._departures.begin(self._api.call("leaveChat", {"chat_id": chat}))

    async def finish(self) -> None:
        await self._answers.finish()
        await self._departures.finish()
