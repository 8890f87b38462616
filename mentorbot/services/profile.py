"""What an active person can change about themselves, and what they can look up."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

from mentorbot.programme import alias as rules
from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import AliasRefused, NotPermitted, NotThere, SealBroken
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import (
    AliasNotTaken,
    AliasShown,
    CodeAsked,
    Help,
    LanguageChanged,
    LanguageOffered,
    MeetForAnother,
    MeetYourParticipant,
    Privacy,
    RenamedOther,
)
from mentorbot.programme.people import Person, Stage
from storage import audit, channels, outbox, people, substitutions
from storage.transaction import Transaction

_INTRODUCTIONS = (MeetYourParticipant, MeetForAnother)


def show_alias(tx: Transaction, me: Person) -> None:
    _require_active(me)
    outbox.put(tx, me.pid, AliasShown(alias=me.alias, changed=False))


def change_alias(tx: Transaction, me: Person, typed: str, *, own_names: Collection[str]) -> None:
    """Take another alias, unless it is unfit, a name that Telegram shows (`own_names`), or somebody else's.

    The other end of each channel is told: somebody else may take the old alias.
    """
    _require_active(me)
    try:
        alias = rules.check(typed, own_names=own_names)
        if alias != me.alias:
            people.save(tx, me, replace(me, alias=alias))
    except AliasRefused:
        outbox.put(tx, me.pid, AliasNotTaken(alias=me.alias))
        return
    audit.append(tx, "alias_changed", actor=me.pid)
    outbox.put(tx, me.pid, AliasShown(alias=alias, changed=True))
    if alias != me.alias:
        for channel in channels.of_person(tx, me.pid):
            renamed = RenamedOther(old=me.alias, new=alias)
            outbox.put(tx, channel.other(me.pid), renamed, owner=channel.participant, channel=channel.id)
            running = substitutions.in_channel(tx, channel.id) if me.pid == channel.participant else None
            if running is not None:
                outbox.put(tx, running.mentor, renamed, owner=me.pid)
        for running in substitutions.for_mentor(tx, me.pid):
            renamed = RenamedOther(old=me.alias, new=alias)
            outbox.put(tx, running.participant, renamed, channel=running.channel)


def known_as(tx: Transaction, channel: Channel, participant: Person) -> str | None:
    """The alias under which the mentor has met a participant; None where they have not. When the channel ends, what is
    still on its way to them ends with it, and what is said after it must not tell it."""
    first = outbox.not_heard(tx, channel.mentor, channel.id, *_INTRODUCTIONS, RenamedOther)
    return None if isinstance(first, _INTRODUCTIONS) else alias_known_to(tx, channel.mentor, participant)


def alias_known_to(tx: Transaction, mentor: Pid, participant: Person) -> str:
    """The alias under which a mentor who has met a participant knows them."""
    for row in outbox.not_heard_of(tx, participant.pid, RenamedOther):
        if row.recipient == mentor and row.sealed is not None:
            with suppress(SealBroken, NotThere):  # it must not keep anybody from leaving
                renamed = outbox.open_notice(tx, row)
                if isinstance(renamed, RenamedOther):
                    return renamed.old
    return participant.alias


def offer_languages(tx: Transaction, me: Person) -> None:
    _require_active(me)
    outbox.put(tx, me.pid, LanguageOffered(pid=me.pid, version=me.version))


def change_language(tx: Transaction, me: Person, language: str, *, instead_of: MessageId | None) -> None:
    """Everything that is said from now on, also what waits already, is in this language."""
    _require_active(me)
    if me.language != language:
        people.save(tx, me, replace(me, language=language))
        outbox.put(tx, me.pid, LanguageChanged(replaces=instead_of))


def show_help(tx: Transaction, me: Person) -> None:
    _require_active(me)
    outbox.put(tx, me.pid, Help(role=me.role))


def show_privacy(tx: Transaction, me: Person) -> None:
    """The honest limits, for anybody who has told an invite's code; a link alone tells nothing."""
    outbox.put(tx, me.pid, CodeAsked() if me.stage is Stage.ARRIVED else Privacy())


def _require_active(me: Person) -> None:
    if not me.is_active:
        raise NotPermitted
