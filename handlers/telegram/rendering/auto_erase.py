"""Messages that go by themselves from a participant's own chat."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.safety import ERASE_CHOICES
from mentorbot.programme.wording import isolated

render.register(notices.AutoEraseNotUnderstood, plain("auto_erase.not_understood"))


render.register(notices.EraseThereAsked, plain("auto_erase.there_asked"))
render.register(notices.EraseThereDeclined, plain("auto_erase.there_declined"))


@render.register
def _(notice: notices.AutoEraseShown, at: Setting) -> Rendered:
    choices = [(at.say("auto_erase.never"), 0), *((at.say.count("auto_erase.choice", n), n) for n in ERASE_CHOICES)]
    chosen = notice.hours or 0
    keyboard = [[(f"✓ {label}" if hours == chosen else label, _press(hours))] for label, hours in choices]
    texts = [in_words(notice.hours, at), at.say("auto_erase.explained")]
    if notice.there is not None:
        texts.append(at.say("auto_erase.there_too"))
        keyboard.append([(at.say("auto_erase.end_there"), Press(action=Action.END_ERASE_THERE))])
    elif notice.hours is not None:
        keyboard.append([(at.say("auto_erase.propose_there"), Press(action=Action.PROPOSE_ERASE_THERE))])
    return Rendered(text="\n\n".join(texts), keyboard=keyboard)


@render.register
def _(notice: notices.EraseThereProposed, at: Setting) -> Rendered:
    channel, hours = notice.channel, bytes([notice.hours])
    agree = Press(action=Action.AGREE_ERASE_THERE, subject=channel, object=hours)
    decline = Press(action=Action.DECLINE_ERASE_THERE, subject=channel, object=hours)
    return Rendered(
        text=at.say.count("auto_erase.proposed", notice.hours, alias=isolated(notice.alias)),
        keyboard=[[(at.say("auto_erase.agree"), agree)], [(at.say("auto_erase.decline"), decline)]],
    )


@render.register
def _(notice: notices.EraseThereAgreed, at: Setting) -> Rendered:
    return Rendered(
        text=at.say.count("auto_erase.agreed", notice.hours, alias=isolated(notice.alias)),
        keyboard=[[(at.say("auto_erase.end"), Press(action=Action.END_ERASE_THERE, subject=notice.channel))]],
    )


@render.register
def _(notice: notices.EraseThereAnswered, at: Setting) -> Rendered:
    if notice.agreed:
        return Rendered(text=at.say.count("auto_erase.they_agree", notice.hours))
    return Rendered(text=at.say("auto_erase.they_decline"))


@render.register
def _(notice: notices.EraseThereEnded, at: Setting) -> Rendered:
    if not notice.alias:
        return Rendered(text=at.say("auto_erase.there_ended"))
    return Rendered(text=at.say("auto_erase.ended", alias=isolated(notice.alias)))


def in_words(hours: int | None, at: Setting) -> str:
    return at.say("auto_erase.stays") if hours is None else at.say.count("auto_erase.line", hours)


def _press(hours: int) -> Press:
    return Press(action=Action.SET_ERASE, object=bytes([hours]))
