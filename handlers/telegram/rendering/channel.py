"""The channel."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, render
from mentorbot.programme import notices
from mentorbot.programme.wording import LABEL_MARK, Format, isolated, units, without_label_marks


@render.register
def _(notice: notices.Relayed, at: Setting) -> Rendered:
    """The writer's alias on a line of its own, in bold; if need be the mark of a possible repeat; their words."""
    part = f" ({notice.part}/{notice.parts})" if notice.parts > 1 else ""
    label = f"{LABEL_MARK} {isolated(notice.alias)}{part}"
    head = f"{label}\n{at.say('channel.possible_repeat')}\n" if at.possible_repeat else f"{label}\n"
    behind = units(head)
    moved = (
        Format(
            kind=form.kind,
            offset=form.offset + behind,
            length=form.length,
            url=form.url,
            language=form.language,
        )
        for form in notice.words.formats
    )
    bold = Format(kind="bold", offset=0, length=units(label))
    return Rendered(text=head + without_label_marks(notice.words.text), formats=(bold, *moved))


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
    if not notice.people:
        return Rendered(text=at.say("people.none"))
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
    return Rendered(text=text, keyboard=keyboard)


@render.register
def _(notice: notices.SentTo, at: Setting) -> Rendered:
    return Rendered(text=at.say("channel.sent_to", alias=isolated(notice.alias)))
