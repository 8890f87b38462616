"""What may never be where a mentor's chat has topics: held against the calls that make, fill and delete them."""

from collections.abc import Mapping
from dataclasses import dataclass

from .town import Town
from .wire import Effect

TOPIC_CALLS = frozenset({"createForumTopic", "editForumTopic", "deleteForumTopic"})


@dataclass
class Topic:
    """One that the bot made, the so-and-so-manieth call of the walk. `noted` says that the bot knows of it."""

    participant: str
    made: int
    noted: bool = False


class Topics:
    """Knows whose each topic is, by its name when it was made. Raises AssertionError."""

    def __init__(self, town: Town, aliases: Mapping[str, str]) -> None:
        self._town = town
        self._aliases = aliases
        self._mentors: dict[str, set[str]] = {}  # of each participant: one, or two while it changes
        self._began: dict[tuple[str, str], int] = {}  # a channel, by its ends: how many calls there had been before
        self.made: dict[tuple[str, int], Topic] = {}

    # --- channels -----------------------------------------------------------------------------------------------------

    def begins(self, participant: str, mentor: str) -> None:
        """A participant gets a mentor about now, for the first time or in the place of another."""
        self._mentors.setdefault(participant, set()).add(mentor)
        self._began[participant, mentor] = len(self._town.wire.journal)

    def ends(self, participant: str, mentor: str | None = None) -> None:
        """A channel is over, or all of a participant's, and what was on its way has arrived."""
        self._mentors[participant] = self._mentors.get(participant, set()) - {mentor} if mentor else set()

    def leads_to(self, mentor: str, thread: int) -> str | None:
        """Whose an open channel's topic is; None for one that is over, and for what is no topic of the bot's."""
        topic = self.made.get((mentor, thread))
        return topic.participant if topic is not None and self._is_open(mentor, topic) else None

    def of(self, mentor: str) -> list[int]:
        """All topics that a mentor's chat has had."""
        return [thread for name, thread in self.made if name == mentor]

    def _is_open(self, mentor: str, topic: Topic) -> bool:
        had = self._mentors.get(topic.participant, set())
        return mentor in had and topic.made >= self._began[topic.participant, mentor]

    # --- what the bot did ---------------------------------------------------------------------------------------------

    def look_at_topic(self, name: str, effect: Effect, place: int) -> None:
        """The bot made, named or deleted one."""
        if "name" in effect.params:
            alias = str(effect.params["name"])
            whose = next((who for who, theirs in self._aliases.items() if theirs == alias), None)
            assert whose is not None, f"{name} got a topic called {alias!r}"
            assert name in self._mentors.get(whose, ()), f"{name} got a topic that bears the alias of {whose}"
            if effect.method == "createForumTopic":
                self.made[name, int(effect.result["message_thread_id"])] = Topic(whose, place)
            else:
                was = self.made[name, int(effect.params["message_thread_id"])].participant
                assert whose == was, f"the alias of {whose} went into the topic of {was}"

    def look_at_message(self, name: str, effect: Effect, writers: set[str]) -> None:
        """The bot wrote something, words of these writers among it."""
        thread = effect.params.get("message_thread_id")
        if thread is None:
            return
        whose = self.leads_to(name, int(thread))
        assert whose is not None, f"{effect.method} went into a topic of {name} that is nobody's"
        assert writers <= {whose}, f"words of {writers} went into the topic of {whose}"
        text = str(effect.params.get("text", effect.params.get("caption", "")))
        if effect.method == "copyMessage" and not text:
            above = effect.params.get("reply_parameters", {}).get("message_id")
            label = self._town.phones[name].chat.messages.get(int(above or 0))
            text = str(label.body.get("text", "")) if label is not None else ""
        assert self._aliases[whose] in text, f"{text!r} went into a topic without its alias"

    def read(self) -> None:
        """See what the bot knows by now."""
        for (mentor, thread), topic in self.made.items():
            topic.noted = topic.noted or self._town.topics_known(mentor, thread)[0]

    # --- what must have come of it ------------------------------------------------------------------------------------

    def conclude(self) -> None:
        """With a channel went its topic, and all that stood in it, whenever it was written."""
        for (mentor, thread), topic in self.made.items():
            chat = self._town.phones[mentor].chat
            if topic.noted and not self._is_open(mentor, topic):
                assert thread not in chat.topics, f"{mentor} still has the topic of {topic.participant}"
                left = [each for each in chat.messages.values() if each.topic == thread]
                assert all(each.deleted for each in left), f"what stood in the topic of {topic.participant} is there"
