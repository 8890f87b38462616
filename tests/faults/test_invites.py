"""Row 43: an invite that is replayed, has run out, is raced for or guessed. One winner; losers leave nothing."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.programme.invite import CODE_LETTERS, VALID_FOR, WRONG_CODES_ALLOWED
from mentorbot.programme.people import Role
from mentorbot.services import invitations
from mentorbot.services.invitations import Made
from tests.journeys.conftest import programme
from tests.journeys.programme import Programme, heard, saying
from tests.people import SQLITE_ONLY, Installation

from .house import rows
from .tables import changes, counts, nothing_of_anybody_waits

__all__ = ["programme"]


async def invited_by(programme: Programme, sari: Phone, role: Role = Role.PARTICIPANT) -> Made:
    issuer = (await programme.person(sari)).pid
    made = await programme.store.transact(lambda tx: invitations.make(tx, role, issuer=issuer))
    assert made is not None
    return made


def alarms(phone: Phone, state: str) -> int:
    """How often somebody was told that an invite in this state was tried."""
    pattern = saying("en", f"invites.alarm_{state}")
    return sum(bool(pattern.search(text)) for text in heard(phone))


def wrong(code: str) -> str:
    """Another code of the same make."""
    return "".join(CODE_LETTERS[(CODE_LETTERS.index(letter) + 1) % len(CODE_LETTERS)] for letter in code)


async def at_the_door(programme: Programme, made: Made, *names: str) -> list[Phone]:
    """People who have opened the link and are asked for the code."""
    phones = [programme.phone(name) for name in names]
    for phone in phones:
        phone.start(made.token)
    for phone in phones:
        await programme.told(phone, "joining.code_asked")
    await programme.settled()
    return phones


async def test_row_43_a_used_invite_lets_nobody_in_and_alarms_its_issuer(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    ritva = await programme.already("Ritva", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    aino = programme.phone("Aino")
    await programme.come_in(aino, made, Role.PARTICIPANT)
    await programme.settled()
    before, said = await counts(installation), heard(aino)

    otto = programme.phone("Otto")
    otto.start(made.token)
    await programme.told(otto, "stranger")
    otto.write(made.code)
    await programme.settled()
    assert heard(otto) == [programme.say(otto, "stranger")]
    assert (alarms(sari, "used"), alarms(ritva, "used")) == (1, 0)
    assert heard(aino) == said
    assert changes(before, await counts(installation)) == {"audit": 1}
    assert await nothing_of_anybody_waits(installation)


@SQLITE_ONLY
async def test_row_43_who_came_in_by_an_invite_may_open_its_link_again(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    aino = programme.phone("Aino")
    await programme.come_in(aino, made, Role.PARTICIPANT)
    aino.start(made.token)
    await programme.told(aino, "help_participant")
    await programme.settled()
    assert alarms(sari, "used") == 0


@SQLITE_ONLY
async def test_row_43_an_invite_that_has_run_out_lets_nobody_in(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    before = await counts(installation)
    (otto,) = await at_the_door(programme, made, "Otto")

    programme.clock.ahead = VALID_FOR + timedelta(seconds=1)
    otto.write(made.code)  # the link was opened in time, the code comes too late
    await programme.told(otto, "stranger")
    late = programme.phone("Late")
    late.start(made.token)
    await programme.told(late, "stranger")
    await programme.settled()
    assert alarms(sari, "expired") == 1
    assert await programme.is_unknown(otto)
    assert await programme.is_unknown(late)
    moved = changes(before, await counts(installation))
    assert {**moved, "day_keys": 0} == {"audit": 1, "day_keys": 0}
    assert await nothing_of_anybody_waits(installation)


@SQLITE_ONLY
async def test_row_43_control_until_then_it_does(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    programme.clock.ahead = VALID_FOR - timedelta(minutes=1)
    aino = programme.phone("Aino")
    await programme.come_in(aino, made, Role.PARTICIPANT)
    assert alarms(sari, "expired") == 0


@pytest.mark.parametrize("contenders", [2, 5])
async def test_row_43_of_those_who_tell_the_right_code_at_once_one_comes_in(
    programme: Programme, installation: Installation, contenders: int
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await invited_by(programme, sari, Role.MENTOR)
    before = await counts(installation)
    phones = await at_the_door(programme, made, *(f"Otto {number}" for number in range(contenders)))
    for phone in phones:
        phone.write(made.code)  # in one poll
    await asyncio.gather(*(phone.wait_for(decided) for phone in phones))
    await programme.settled()

    winners = [phone for phone in phones if programme.was_told(phone, "joining.language_asked")]
    losers = [phone for phone in phones if phone not in winners]
    assert len(winners) == 1
    assert all(heard(loser)[-1] == programme.say(loser, "stranger") for loser in losers)
    assert [await programme.is_unknown(loser) for loser in losers] == [True] * len(losers)
    assert alarms(sari, "used") == 1
    moved = changes(before, await counts(installation))
    assert {**moved, "day_keys": 0} == {"people": 1, "person_keys": 1, "audit": 2, "day_keys": 0}
    assert await nothing_of_anybody_waits(installation)

    language = await programme.told(winners[0], "joining.language_asked")
    winners[0].press(language.id, "English")
    await programme.told(winners[0], "joining.limits")


def decided(shown: ShownMessage) -> bool:
    """Whether this tells somebody that they are in, or that they are not."""
    return any(saying("en", id_).search(shown.text) for id_ in ("joining.language_asked", "stranger"))


async def test_row_43_five_wrong_codes_lock_the_invite_and_nothing_remains_of_all_at_its_door(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    ritva = await programme.already("Ritva", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    before = await counts(installation)
    otto, quiet = await at_the_door(programme, made, "Otto", "Quiet")
    for _ in range(WRONG_CODES_ALLOWED):
        otto.write(wrong(made.code))
    await programme.told(otto, "stranger")
    await programme.settled()
    assert (alarms(sari, "locked"), alarms(ritva, "locked")) == (1, 0)
    assert changes(before, await counts(installation)).items() <= {"audit": 1, "day_keys": 1}.items()
    assert await nothing_of_anybody_waits(installation)

    # Afterwards there is the one sentence, for all, whatever they bring.
    quiet.write(made.code)
    late = programme.phone("Late")
    late.start(made.token)
    for phone in (quiet, late):
        await programme.told(phone, "stranger")
    late.write(made.code)
    await programme.settled()
    assert heard(late) == [programme.say(late, "stranger")]
    assert [await programme.is_unknown(phone) for phone in (otto, quiet, late)] == [True, True, True]
    assert alarms(sari, "locked") == 1
    assert changes(before, await counts(installation)).items() <= {"audit": 1, "day_keys": 1}.items()
    assert await nothing_of_anybody_waits(installation)


@SQLITE_ONLY
async def test_row_43_control_after_four_the_right_code_still_opens(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    (aino,) = await at_the_door(programme, made, "Aino")
    for _ in range(WRONG_CODES_ALLOWED - 1):
        aino.write(wrong(made.code))
    aino.write(made.code)
    await programme.told(aino, "joining.language_asked")
    await programme.settled()
    assert alarms(sari, "locked") == 0


async def test_row_43_guessing_by_many_at_once_gives_no_more_than_five_guesses(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    before = await counts(installation)
    phones = await at_the_door(programme, made, "Otto", "Jussi", "Ville")
    for _ in range(3):
        for phone in phones:
            phone.write(wrong(made.code))
    await programme.settled()
    for phone in phones:
        phone.write(made.code)
    for phone in phones:
        await programme.told(phone, "stranger")
    await programme.settled()
    assert [await programme.is_unknown(phone) for phone in phones] == [True, True, True]
    tried = await rows(installation.data_url, "SELECT wrong_codes FROM invites ORDER BY wrong_codes DESC")
    assert tried[0] == (WRONG_CODES_ALLOWED,)
    assert alarms(sari, "locked") == 1
    moved = changes(before, await counts(installation))
    assert moved.items() <= {"audit": 1, "day_keys": 1}.items()
    assert await nothing_of_anybody_waits(installation)


@SQLITE_ONLY
async def test_row_43_a_guessed_token_is_met_with_the_one_sentence_and_kept_nowhere(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await invited_by(programme, sari)
    before = await counts(installation)
    token = made.token
    guesses = [token[:-1], token.swapcase(), token[::-1], f"{token}A", "x", "A" * 64, secrets.token_urlsafe(24)]
    phones = [programme.phone(f"Otto {number}") for number in range(len(guesses))]
    for phone, guess in zip(phones, guesses, strict=True):
        phone.start(guess)
        phone.write(made.code)
    for phone in phones:
        await programme.told(phone, "stranger")
    await programme.settled()
    assert [heard(phone) for phone in phones] == [[programme.say(phones[0], "stranger")]] * len(phones)
    assert await counts(installation) == before
    assert heard(sari) == []

    await at_the_door(programme, made, "Aino")  # the control: the right one opens
