"""What needs nothing filled in, and what fits everywhere."""

from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices

for _kind, _id in (
    (notices.CodeAsked, "joining.code_asked"),
    (notices.LanguageChanged, "profile.language_changed"),
    (notices.NoParticipantYet, "channel.no_participant_yet"),
    (notices.SentToNobody, "channel.sent_to_nobody"),
    (notices.Privacy, "privacy"),
    (notices.NotSent, "channel.not_sent"),
    (notices.Sent, "channel.sent"),
    (notices.EditNotCarried, "channel.edit_not_carried"),
    (notices.NotCarried, "channel.not_carried"),
    (notices.NotUnderstood, "not_understood"),
    (notices.SetAside, "set_aside"),
):
    render.register(_kind, plain(_id))


@render.register
def _(notice: notices.NoMentorYet, at: Setting) -> Rendered:
    return Rendered(text=at.say("channel.no_mentor_yet", emergency=at.emergency))


@render.register
def _(notice: notices.Alarm, at: Setting) -> Rendered:
    return Rendered(text=at.say(f"alarm.{notice.what}"))
