"""Pressed buttons: opened, authorised again, acted on once, always answered."""

from telegram import CallbackQuery, Update

from handlers.telegram import answering, auto_erase, change, code_words, safety, substitutes, topics, wiping
from handlers.telegram.absence import leave_now
from handlers.telegram.buttons import Act, Action, ButtonForged, Press, open_token
from handlers.telegram.context import Context, Desk
from mentorbot.locale.catalogue import LANGUAGES, Say
from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.ids import ChannelId, InviteId, MessageId, Pid
from mentorbot.programme.people import Person, Role
from mentorbot.services import absence, changing, invitations, joining, leaving, messaging, pairing, profile
from storage import audit
from storage.transaction import Transaction


async def press(update: Update, context: Context) -> None:
    """Any button. A forged, foreign or stale one is refused and audited; its presser sees one and the same answer."""
    query, desk = update.callback_query, context.desk
    if query is None or desk.pid is None:
        await desk.settle()
        return
    try:
        opened = open_token(desk.store.root.buttons, desk.pid, query.data or "")
        under = MessageId(query.message.message_id if query.message else 0)
        if opened.action is Action.LEAVE:
            await leave_now(desk, opened, under)
        else:
            await desk.decide(lambda tx, me: _ACTS[opened.action](tx, me, opened, under))
        answer = None
    except (ButtonForged, NotPermitted, NotThere, Stale):
        answer = await desk.decide(_refuse)
    _answer(query, answer, desk)


def _refuse(tx: Transaction, me: Person) -> str:
    audit.append(tx, "button_refused", actor=me.pid)
    return me.language


def _answer(query: CallbackQuery, refused_in: str | None, desk: Desk) -> None:
    """Stop the button's spinner. Telegram forgets a query soon; that an answer never came harms nobody."""
    text = None if refused_in is None else Say(refused_in, desk.surroundings.zone)("button.old")
    desk.surroundings.answers.begin(query.answer(text=text))


def _choose_language(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    joining.choose_language(tx, me, _language(press), instead_of=under)


def _accept(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    joining.accept(tx, me, instead_of=under)


def _postpone(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    joining.postpone(tx, me, instead_of=under)


def _change_language(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    profile.change_language(tx, me, _language(press), instead_of=under)


def _invite_mentor(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    invitations.make_for(tx, me, Role.MENTOR, InviteId(press.subject))


def _invite_participant(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    invitations.make_for(tx, me, Role.PARTICIPANT, InviteId(press.subject))


def _pair_participant(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    pairing.offer_mentors(tx, me, Pid(press.subject), press.version, instead_of=under)


def _pair_with(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    pairing.pair(tx, me, Pid(press.subject), press.version, Pid(press.object), instead_of=under)


def _choose_person(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    messaging.choose(tx, me, ChannelId(press.subject), instead_of=under)


def _send_held(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    messaging.send_held(tx, me, ChannelId(press.subject), _message(press), instead_of=under)


def _drop_held(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    messaging.drop_held(tx, me, _message(press), instead_of=under)


def _send_asked(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    messaging.send_asked(tx, me, _message(press), instead_of=under)


def _send_as_photo(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    messaging.send_asked(tx, me, _message(press), instead_of=under, as_photo=True)


def _drop_asked(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    messaging.drop_asked(tx, me, _message(press), instead_of=under)


def _delete_there(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    changing.take_back(tx, me, _message(press), instead_of=under)


def _close_options(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    changing.close_options(tx, me, instead_of=under)


def _resume(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    absence.resume(tx, me, instead_of=under)


def _stay(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    leaving.stay(tx, me, instead_of=under)


_ACTS: dict[Action, Act] = {
    Action.CHOOSE_LANGUAGE: _choose_language,
    Action.ACCEPT: _accept,
    Action.POSTPONE: _postpone,
    Action.CHANGE_LANGUAGE: _change_language,
    Action.INVITE_MENTOR: _invite_mentor,
    Action.INVITE_PARTICIPANT: _invite_participant,
    Action.PAIR_PARTICIPANT: _pair_participant,
    Action.PAIR_WITH: _pair_with,
    Action.CHOOSE_PERSON: _choose_person,
    Action.SEND_HELD: _send_held,
    Action.DROP_HELD: _drop_held,
    Action.SEND_ASKED: _send_asked,
    Action.SEND_AS_PHOTO: _send_as_photo,
    Action.DROP_ASKED: _drop_asked,
    Action.DELETE_THERE: _delete_there,
    Action.CLOSE_OPTIONS: _close_options,
    Action.RESUME: _resume,
    Action.STAY: _stay,
    Action.SET_PROTECTED: safety.set_protected,
    Action.SET_DISCREET: safety.set_discreet,
    Action.SHOW_COVERED: safety.show_covered,
    Action.COVER_AGAIN: safety.cover_again,
    Action.SET_ANSWERING: answering.set_hours,
    Action.WIPE: wiping.wipe_now,
    Action.DROP_WIPE: wiping.drop,
    Action.SET_WIPE_ASKS: wiping.set_asks,
    Action.CHOOSE_HOURS: safety.choose_hours,
    Action.SET_HOURS: safety.set_hours,
    Action.CHOOSE_ERASE: auto_erase.choose,
    Action.SET_ERASE: auto_erase.settle,
    Action.PROPOSE_ERASE_THERE: auto_erase.propose_there,
    Action.AGREE_ERASE_THERE: auto_erase.agree_there,
    Action.DECLINE_ERASE_THERE: auto_erase.decline_there,
    Action.END_ERASE_THERE: auto_erase.end_there,
    **code_words.ACTS,
    **change.ACTS,
    **substitutes.ACTS,
    Action.GO_AWAY: answering.go_away,
    Action.COME_BACK: answering.come_back,
    Action.SET_TOPICS: topics.settle,
}


def _language(press: Press) -> str:
    language = press.object.rstrip(b"\0").decode()
    if language not in LANGUAGES:
        raise Stale
    return language


def _message(press: Press) -> MessageId:
    return MessageId(int.from_bytes(press.object))
