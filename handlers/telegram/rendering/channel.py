"""The channel."""

from dataclasses import replace
from itertools import accumulate

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, render
from mentorbot.programme import notices
from mentorbot.programme.wording import LABEL_MARK, Format, isolated, units, without_label_marks

MOST_LINES = 20
"""Participants of whom /people says how things stand: with more it would not fit into one message."""
ROOM_FOR_LINES, ROOM_FOR_ELSEWHERE = 2_900, 800
"""Code units in all for those lines, and for those that say who else is there for somebody."""


def label(notice: notices.Passed, at: Setting, *remarks: str) -> Rendered:
    """What stands above a person's words: their alias in bold, if need be the mark of a possible repeat, remarks."""
    lines = []
    if notice.alias:
        part = ""
        if isinstance(notice, notices.Relayed) and notice.parts > 1:
            part = f" ({notice.part}/{notice.parts})"
        lines.append(f"{LABEL_MARK} {isolated(notice.alias)}{part}")
    bold = tuple(Format(kind="bold", offset=0, length=units(line)) for line in lines)
    if at.possible_repeat:
        lines.append(at.say("channel.possible_repeat"))
    if notice.doubtful:
        lines.append(at.say("code_word.doubtful"))
    if notice.withheld:
        lines.append(at.say("code_word.withheld"))
    return Rendered(text="\n".join((*lines, *remarks)), formats=bold)


def passed(notice: notices.Passed, at: Setting, *remarks: str) -> Rendered:
    """A person's words below their label."""
    above = label(notice, at, *remarks)
    head = f"{above.text}\n" if above.text else ""
    behind = units(head)
    moved = (replace(form, offset=form.offset + behind) for form in notice.words.formats)
    if not notice.words.text:
        return above
    return Rendered(text=head + without_label_marks(notice.words.text), formats=(*above.formats, *moved))


render.register(notices.Relayed, passed)


@render.register
def _(notice: notices.AskedFirst, at: Setting) -> Rendered:
    message = notice.to_message.to_bytes(16)
    as_photo = [(at.say("channel.send_as_photo"), Press(action=Action.SEND_AS_PHOTO, object=message))]
    reasons = (at.say(f"channel.concern_{concern}") for concern in notice.concerns)
    return Rendered(
        text="\n\n".join((*reasons, at.say("channel.asked_first"))),
        keyboard=[
            [(at.say("channel.send_anyway"), Press(action=Action.SEND_ASKED, object=message))],
            *([as_photo] if notice.as_photo else []),
            [(at.say("channel.do_not_send"), Press(action=Action.DROP_ASKED, object=message))],
        ],
    )


@render.register
def _(notice: notices.Refused, at: Setting) -> Rendered:
    return Rendered(text=at.say("channel.refused", what=at.say(f"content.{notice.kind}")))


@render.register
def _(notice: notices.ForWhom, at: Setting) -> Rendered:
    message = notice.to_message.to_bytes(16)
    keyboard = [
        [(who.alias, Press(action=Action.SEND_HELD, subject=who.channel, object=message))] for who in notice.people
    ]
    nobody = (at.say("channel.nobody"), Press(action=Action.DROP_HELD, object=message))
    return Rendered(text=at.say("channel.for_whom"), keyboard=[*keyboard, [nobody]])


@render.register
def _(notice: notices.PeopleShown, at: Setting) -> Rendered:
    elsewhere = _fitting(
        [_with_another(who, at) for who in notice.elsewhere], len(notice.elsewhere), ROOM_FOR_ELSEWHERE, at
    )
    if not notice.people:
        return Rendered(text="\n".join(elsewhere or [at.say("people.none")]))
    chosen = next((who.alias for who in notice.people if who.channel == notice.chosen), None)
    if chosen is None:
        text = at.say("people.nobody_chosen")
    elif notice.until is None:
        text = at.say("people.only_one", alias=isolated(chosen))
    else:
        text = at.say("people.chosen", alias=isolated(chosen), until=at.say.moment(notice.until))
    keyboard = [
        [
            (
                f"✓ {isolated(who.alias)}" if who.channel == notice.chosen else who.alias,
                Press(action=Action.CHOOSE_PERSON, subject=who.channel),
            )
        ]
        for who in notice.people
    ]
    lines = _fitting([_stands(who, at) for who in notice.people[:MOST_LINES]], len(notice.people), ROOM_FOR_LINES, at)
    return Rendered(text="\n".join((text, "", *lines, *elsewhere)), keyboard=keyboard)


def _fitting(lines: list[str], of_how_many: int, room: int, at: Setting) -> list[str]:
    """As many lines as there is room for, and one that says how many more there are."""
    lengths = accumulate(units(line) + 1 for line in lines)
    found = [line for line, length in zip(lines, lengths, strict=True) if length <= room]
    more = of_how_many - len(found)
    return [*found, at.say.count("people.more", more)] if more else found


def _with_another(who: notices.WithAnother, at: Setting) -> str:
    names = {"alias": isolated(who.alias), "substitute": isolated(who.substitute)}
    return at.say("people.with_another", **names, day=at.say.day(who.until))


def _stands(who: notices.Listed, at: Setting) -> str:
    """How things stand with a participant, in one line."""
    facts = [isolated(who.alias)]
    if who.until is not None:
        facts.append(at.say("people.for_another", mentor=isolated(who.instead_of), day=at.say.day(who.until)))
    if who.waits_since is not None:
        facts.append(at.say.count("people.wait", who.unanswered, since=at.say.moment(who.waits_since)))
    elif who.heard_at is not None:
        facts.append(at.say("people.last_heard", moment=at.say.moment(who.heard_at)))
    if who.paused or who.unreachable:
        id_ = "people.takes_a_break" if who.paused else "people.cannot_be_reached"
        facts.append(at.say(id_))
    return " · ".join(facts)


@render.register
def _(notice: notices.SentTo, at: Setting) -> Rendered:
    return Rendered(text=at.say("channel.sent_to", alias=isolated(notice.alias)))
