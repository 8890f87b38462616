"""Being away for a while, and leaving."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.wording import isolated

render.register(notices.PauseOver, plain("absence.pause_over"))
render.register(notices.Stays, plain("leaving.stays"))


@render.register
def _(notice: notices.Waits, at: Setting) -> Rendered:
    if not notice.alias:
        return Rendered(text=at.say("absence.mentor_waits", emergency=at.emergency))
    id_ = "absence.participant_pauses" if notice.paused else "absence.participant_waits"
    return Rendered(text=at.say(id_, alias=isolated(notice.alias)))


@render.register
def _(notice: notices.ReachableAgain, at: Setting) -> Rendered:
    if not notice.alias:
        return Rendered(text=at.say("absence.mentor_again"))
    return Rendered(text=at.say("absence.participant_again", alias=isolated(notice.alias)))


@render.register
def _(notice: notices.PauseBegun, at: Setting) -> Rendered:
    keyboard = [[(at.say("absence.go_on"), Press(action=Action.RESUME))]]
    return Rendered(text=at.say("absence.pause_begun"), keyboard=keyboard)


@render.register
def _(notice: notices.LeaveAsked, at: Setting) -> Rendered:
    return Rendered(
        text=at.say("leaving.asked"),
        keyboard=[
            [(at.say("leaving.stay"), Press(action=Action.STAY))],
            [(at.say("leaving.leave"), Press(action=Action.LEAVE, version=notice.version))],
        ],
    )


@render.register
def _(notice: notices.HasLeft, at: Setting) -> Rendered:
    id_ = "leaving.has_left_mentor" if notice.to_mentor else "leaving.has_left"
    return Rendered(text=at.say(id_, alias=isolated(notice.alias)))
