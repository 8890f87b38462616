"""What a participant settles in /safety, and what follows from it."""

from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, newest


async def test_what_is_protected_cannot_be_forwarded_or_saved(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="fi")
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    mikael.write("Before")
    before = await aino.wait_for(lambda shown: shown.text == "Before")

    aino.write("/safety")
    menu = await programme.told(aino, "safety.shown")
    aino.press(menu.id, programme.say(aino, "safety.protect_on"))
    await aino.wait_for(lambda shown: programme.say(aino, "safety.protected_on") in shown.text)
    mikael.write("After")
    after = await aino.wait_for(lambda shown: shown.text == "After")
    assert (before.protected, after.protected) == (False, True)

    # It is Aino's own choice: what she writes is as it was for Mikael.
    aino.write("Hei")
    assert not (await mikael.wait_for(lambda shown: "Hei" in shown.text)).protected

    aino.press(menu.id, programme.say(aino, "safety.protect_off"))
    await aino.wait_for(lambda shown: programme.say(aino, "safety.protected_off") in shown.text)
    seen = newest(aino)
    mikael.write("Open again")
    assert not (await aino.wait_for(lambda shown: shown.text == "Open again", after=seen)).protected
