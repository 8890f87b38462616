"""What a button carries: an opaque token, sealed for one person, one action and one version of what it acts on.

    action(1) ‖ version(2) ‖ subject(16) ‖ object(16)  ->  AES-SIV with the person's pid  ->  base85: 64 characters

Telegram takes 64 bytes of callback data, and these are exactly as many. A token that was changed, made up, or meant for
somebody else does not open. What it opens to is still authorised and compared with the present state at every press.
"""

import base64
import binascii
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from mentorbot.programme.errors import MentorbotError, ValueRefused
from mentorbot.programme.hours import Hours, days_of
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.people import Person
from storage.transaction import Transaction

_LAYOUT = struct.Struct(">BH16s16s")


class ButtonForged(MentorbotError):
    """This button was not made for this person."""


class Action(IntEnum):
    """What pressing does. The numbers are in buttons out there: never reuse one."""

    CHOOSE_LANGUAGE = 1  # object: language
    ACCEPT = 2
    POSTPONE = 3
    CHANGE_LANGUAGE = 4  # object: language
    INVITE_MENTOR = 5  # subject: the new invite's id
    INVITE_PARTICIPANT = 6  # subject: the new invite's id
    PAIR_PARTICIPANT = 7  # subject: participant
    PAIR_WITH = 8  # subject: participant, object: mentor
    CHOOSE_PERSON = 9  # subject: channel
    SEND_HELD = 10  # subject: channel, object: message
    DROP_HELD = 11  # object: message
    SEND_ASKED = 12  # object: message
    DROP_ASKED = 13  # object: message
    DELETE_THERE = 20  # object: message
    CLOSE_OPTIONS = 21
    ASK_MENTOR = 30  # subject: channel
    ASK_MENTOR_SURELY = 31  # subject: channel
    CHANGE_LIST = 32
    CHANGE_CHOOSE = 33  # subject: channel
    CHANGE_TO = 34  # subject: channel, object: mentor
    CHANGE_NOW = 35  # subject: channel, object: mentor
    CHANGE_NOTE = 36  # subject: channel, object: mentor
    NO_NOTE = 37  # subject: channel
    RESUME = 40
    LEAVE = 41
    STAY = 42
    CHOOSE_SUBSTITUTE = 43  # object: page
    NO_SUBSTITUTE = 44
    ASK_SUBSTITUTE = 45  # subject: mentor
    ANSWER_FOR_ANOTHER = 46  # subject: what is asked, object: not empty for yes
    TAKE_SUBSTITUTE = 47  # subject: what is asked, object: channel
    DECLINE_SUBSTITUTE = 48
    END_SUBSTITUTION = 49  # subject: channel
    SEND_AS_PHOTO = 50  # object: message
    SET_PROTECTED = 60  # object: not empty for yes
    SET_DISCREET = 62  # object: not empty for yes
    SHOW_COVERED = 63
    COVER_AGAIN = 64
    WIPE = 70
    DROP_WIPE = 71
    SET_WIPE_ASKS = 72  # object: not empty for yes
    CHOOSE_ERASE = 73
    SET_ERASE = 74  # object: hours, 0 for never
    PROPOSE_ERASE_THERE = 75
    AGREE_ERASE_THERE = 76  # subject: channel, object: hours
    DECLINE_ERASE_THERE = 77  # subject: channel, object: hours
    END_ERASE_THERE = 78  # subject: channel, for the mentor
    SET_ANSWERING = 80  # object: days and hours; empty for none
    GO_AWAY = 81  # object: for how many days
    COME_BACK = 82
    SET_TOPICS = 83  # object: not empty for yes
    CHOOSE_HOURS = 65
    SET_HOURS = 66  # object: days and hours; empty for at any time
    SHOW_CODE_WORD = 67
    REMOVE_CODE_WORD = 68
    LIFT_HOLD = 69  # subject: channel, object: since when


@dataclass(frozen=True, kw_only=True)
class Press:
    """One action on one thing. `subject` and `object` are at most 16 bytes; `version` counts modulo 65,536."""

    action: Action
    subject: bytes = b""
    object: bytes = b""
    version: int = 0


Act = Callable[[Transaction, Person, Press, MessageId], None]
"""What a press does. The last argument is the message that the button stands under."""


def token_for(key: AESSIV, pid: Pid, press: Press) -> str:
    """The callback data of a button that `pid` may press."""
    plain = _LAYOUT.pack(press.action, press.version & 0xFFFF, press.subject, press.object)
    return base64.b85encode(key.encrypt(plain, [pid])).decode()


def open_token(key: AESSIV, pid: Pid, token: str) -> Press:
    """What a button that `pid` pressed means; both ids come back with 16 bytes. ButtonForged for any other."""
    try:
        sealed = base64.b85decode(token)
        if base64.b85encode(sealed).decode() != token:  # the last letter has room for other spellings of the same
            raise ButtonForged
        plain = key.decrypt(sealed, [pid])
        action, version, subject, object_ = _LAYOUT.unpack(plain)
        return Press(action=Action(action), version=version, subject=subject, object=object_)
    except (InvalidTag, ValueError, struct.error, binascii.Error):
        raise ButtonForged from None


_DAYS_AND_HOURS = struct.Struct(">BHH")


def days_and_hours(hours: Hours | None) -> bytes:
    """Hours as the object of a button; nothing for none."""
    return b"" if hours is None else _DAYS_AND_HOURS.pack(hours.day_bits, hours.opens, hours.closes)


def days_and_hours_in(object_: bytes) -> Hours | None:
    """What `days_and_hours` made; ButtonForged for anything else."""
    days, opens, closes = _DAYS_AND_HOURS.unpack_from(object_)
    try:
        return Hours(opens=opens, closes=closes, days=days_of(days)) if days else None
    except ValueRefused:
        raise ButtonForged from None
