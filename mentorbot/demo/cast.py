"""The people of the demo and of the story, each with a phone: four who take part and one stranger."""

from collections.abc import Iterator
from dataclasses import dataclass

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.telegram import Telegram


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One person. `key` stands for them in addresses and on the page."""

    key: str
    role: str
    phone: Phone

    @property
    def comes_later(self) -> bool:
        """Nobody needs their phone at first; the page folds it away."""
        return self.key in ("maria", "otto")

    @property
    def name(self) -> str:
        return self.phone.first_name

    @property
    def account(self) -> tuple[str, ...]:
        """What Telegram knows about them and nobody else may learn: names, username, id."""
        user = self.phone.user
        return (user["first_name"], user["last_name"], user["username"], str(self.phone.id))


@dataclass(frozen=True, kw_only=True)
class Cast:
    sari: Actor
    mikael: Actor
    aino: Actor
    maria: Actor
    otto: Actor

    def __iter__(self) -> Iterator[Actor]:
        return iter((self.sari, self.mikael, self.aino, self.maria, self.otto))

    def by_key(self, key: str) -> Actor | None:
        return next((actor for actor in self if actor.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Languages:
    """What the actors' own Telegram is set to: the bot's first guess of their language."""

    sari: str = "en"
    mikael: str = "en"
    aino: str = "en"
    maria: str = "en"
    otto: str = "en"


def gather(telegram: Telegram, languages: Languages) -> Cast:
    def actor(first_name: str, last_name: str, username: str, role: str, language: str) -> Actor:
        phone = telegram.person(first_name, last_name=last_name, username=username, language_code=language)
        return Actor(key=first_name.lower(), role=role, phone=phone)

    return Cast(
        sari=actor("Sari", "Lehtonen", "sari_lehtonen", "coordinator", languages.sari),
        mikael=actor("Mikael", "Sandberg", "mikke_sandberg", "mentor", languages.mikael),
        aino=actor("Aino", "Korhonen", "aino_korhonen", "participant", languages.aino),
        maria=actor("Maria", "Lindroos", "maria_lindroos", "mentor", languages.maria),
        otto=actor("Otto", "Virtanen", "otto_virtanen", "outsider", languages.otto),
    )
