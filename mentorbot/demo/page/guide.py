"""What a newcomer to the page can try next: one step after the other, told by what stands in the chats."""

from collections.abc import Iterator
from dataclasses import dataclass

from mentorbot.demo.bot_process import Invitation
from mentorbot.demo.cast import Actor
from mentorbot.demo.doorway import INSIDE, Joining, doorway, joining, said
from mentorbot.demo.sayings import label_of
from mentorbot.demo.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Step:
    """`now` is what to do for it, `at` the key of the person whose turn it is."""

    title: str
    done: bool
    now: str
    at: str


_JOINING_NOW = {
    Joining.AWAY: "Open the invite link on {name}’s phone.",
    Joining.OUTSIDE: "Open the invite link on {name}’s phone.",
    Joining.CODE: "Write the code that {name} was told on the phone.",
    Joining.LANGUAGE: "Choose a language for {name}.",
    Joining.LIMITS: "{name} reads how private it is, then joins. Or not: that is fine too.",
    Joining.JOINED: "",
}


def steps(stage: Stage, first: Invitation) -> list[Step]:
    cast = stage.cast
    return [
        _joins(cast.sari),
        *_invited_and_joined(stage, cast.mikael, first),
        *_invited_and_joined(stage, cast.aino, first),
        _paired(cast.sari, cast.aino),
        Step(
            title="Aino writes",
            # A mentor who was followed by another has nothing of hers any more.
            done=any(label_of(message.text) for message in cast.mikael.phone.history),
            now="Write something as Aino. Mikael sees it under her alias, never her name.",
            at=cast.aino.key,
        ),
        Step(
            title="Mikael answers",
            done=_answered(cast.aino),
            now="Answer as Mikael. He just writes, too.",
            at=cast.mikael.key,
        ),
    ]


def _joins(actor: Actor) -> Step:
    how_far = joining(actor.phone)
    return Step(
        title=f"{actor.name} joins",
        done=how_far is Joining.JOINED,
        now=_JOINING_NOW[how_far].format(name=actor.name),
        at=actor.key,
    )


def _invited_and_joined(stage: Stage, actor: Actor, first: Invitation) -> Iterator[Step]:
    joins = _joins(actor)
    sari = stage.cast.sari
    yield Step(
        title=f"Invite {actor.name}",
        done=joining(actor.phone) in INSIDE or doorway(stage, actor, first) is not None,
        now=f"{sari.name} invites a {actor.role}: tap /invite in her chat, then “A {actor.role}”.",
        at=sari.key,
    )
    yield joins


def _paired(sari: Actor, aino: Actor) -> Step:
    return Step(
        title="Pair them",
        done=any(said(message) == "pairing.meet_mentor" for message in aino.phone.history),
        now=f"{aino.name} waits for a mentor: press “Choose a mentor” in {sari.name}’s chat, then an alias.",
        at=sari.key,
    )


def _answered(aino: Actor) -> bool:
    """A mentor's words come as they are: they are the only messages of the bot that it did not make up."""
    return any(message.from_bot and not said(message) and not label_of(message.text) for message in aino.phone.history)
