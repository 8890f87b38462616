"""The story's checks: each can fail."""

from collections.abc import Callable
from datetime import UTC

import pytest

from mentorbot.demo.samples import picture
from mentorbot.demo.stage import Stage
from mentorbot.demo.witness import (
    StoryWrong,
    file_only_between,
    hears_only,
    never_seen_by_others,
    no_account_shows,
    only_between,
    only_marked_repeats,
    reaction_only_on,
    shows_only_what_is_seen,
)
from mentorbot.locale.catalogue import Say as Catalogue
from mentorbot.programme.wording import isolated
from tests.demo.conftest import Call, Say

SAY = Catalogue("en", UTC)
LABEL = f"▌ {isolated('Quiet Birch')}\n"


@pytest.fixture(autouse=True)
def everyone_has_written(quiet_stage: Stage) -> None:
    for actor in quiet_stage.cast:
        actor.phone.start()


async def test_a_look_at_nothing_fails(quiet_stage: Stage) -> None:
    with pytest.raises(StoryWrong, match="nothing to anybody"):
        no_account_shows(quiet_stage.cast)


@pytest.mark.parametrize(
    "leak",
    [
        lambda stage: "Aino",
        lambda stage: f"{LABEL}Hello\naino wrote this",
        lambda stage: "by Korhonen, A.",
        lambda stage: "write to @aino_korhonen",
        lambda stage: f"tg://user?id={stage.cast.aino.phone.id}",
    ],
)
async def test_an_account_in_somebody_elses_chat_is_found(
    quiet_stage: Stage, say: Say, leak: Callable[[Stage], str]
) -> None:
    await say(quiet_stage.cast.mikael, "Ainoa asia")
    assert no_account_shows(quiet_stage.cast) == 1
    await say(quiet_stage.cast.mikael, leak(quiet_stage))
    with pytest.raises(StoryWrong, match="Mikael's chat shows"):
        no_account_shows(quiet_stage.cast)


async def test_an_account_behind_a_mention_or_on_a_button_is_found(quiet_stage: Stage, say: Say) -> None:
    aino, mikael = quiet_stage.cast.aino, quiet_stage.cast.mikael
    button = {"inline_keyboard": [[{"text": "Aino", "callback_data": "x"}]]}
    await say(mikael, "Choose", reply_markup=button)
    with pytest.raises(StoryWrong, match="“Aino”"):
        no_account_shows(quiet_stage.cast)
    mentioned = {"type": "text_mention", "offset": 0, "length": 3, "user": aino.phone.user}
    await say(quiet_stage.cast.otto, "You", entities=[mentioned])
    with pytest.raises(StoryWrong, match="chat shows"):
        no_account_shows(quiet_stage.cast)


async def test_words_in_the_wrong_chat_or_in_too_few_are_found(quiet_stage: Stage, say: Say) -> None:
    cast = quiet_stage.cast
    cast.aino.phone.write("tonight at ten")
    with pytest.raises(StoryWrong, match="Mikael does not see"):
        only_between(cast, "tonight at ten", cast.aino, cast.mikael)
    await say(cast.mikael, f"{LABEL}tonight at ten")
    only_between(cast, "tonight at ten", cast.aino, cast.mikael)
    await say(cast.sari, "tonight at ten")
    with pytest.raises(StoryWrong, match="Sari sees"):
        only_between(cast, "tonight at ten", cast.aino, cast.mikael)


async def test_words_that_somebody_else_saw_are_found_also_where_they_are_gone(quiet_stage: Stage, say: Say) -> None:
    cast = quiet_stage.cast
    cast.aino.phone.write("tonight at ten")
    await say(cast.maria, f"{LABEL}tonight at ten")
    never_seen_by_others(cast, "tonight at ten", cast.aino, cast.maria)
    seen = await say(cast.mikael, f"{LABEL}tonight at ten")
    cast.mikael.phone.delete(seen["message_id"])
    only_between(cast, "tonight at ten", cast.aino, cast.maria)
    with pytest.raises(StoryWrong, match="Mikael saw"):
        never_seen_by_others(cast, "tonight at ten", cast.aino, cast.maria)


async def test_a_file_in_the_wrong_chat_or_in_too_few_is_found(quiet_stage: Stage) -> None:
    cast, data = quiet_stage.cast, picture("lake.jpg")
    cast.aino.phone.send_file("photo", data)
    with pytest.raises(StoryWrong, match="Mikael does not see"):
        file_only_between(cast, data, cast.aino, cast.mikael)
    cast.mikael.phone.send_file("photo", data)
    file_only_between(cast, data, cast.aino, cast.mikael)
    cast.otto.phone.delete(cast.otto.phone.send_file("document", data))
    with pytest.raises(StoryWrong, match="Otto sees"):
        file_only_between(cast, data, cast.aino, cast.mikael)


async def test_a_picture_with_a_hidden_note_is_found(quiet_stage: Stage) -> None:
    phone = quiet_stage.cast.aino.phone
    phone.send_file("photo", picture("lake.jpg"))
    shows_only_what_is_seen(phone.messages[-1])
    phone.send_file("photo", picture("lake-with-place.jpg"))
    with pytest.raises(StoryWrong, match="more than what is seen"):
        shows_only_what_is_seen(phone.messages[-1])


async def test_a_reaction_in_the_wrong_place_or_in_none_is_found(quiet_stage: Stage, call: Call, say: Say) -> None:
    cast = quiet_stage.cast
    heart = [{"type": "emoji", "emoji": "❤"}]
    said = cast.mikael.phone.write("I am proud of you")
    with pytest.raises(StoryWrong, match="Mikael does not see ❤"):
        reaction_only_on(cast, "❤", (cast.mikael, said))
    await call("setMessageReaction", chat_id=cast.mikael.phone.id, message_id=said, reaction=heart)
    reaction_only_on(cast, "❤", (cast.mikael, said))
    await say(cast.sari, "Somebody sent a ❤")
    with pytest.raises(StoryWrong, match="Sari sees ❤ where"):
        reaction_only_on(cast, "❤", (cast.mikael, said))


async def test_a_reaction_in_somebody_elses_chat_is_found(quiet_stage: Stage, call: Call) -> None:
    cast = quiet_stage.cast
    heart = [{"type": "emoji", "emoji": "❤"}]
    said = cast.mikael.phone.write("I am proud of you")
    other = cast.maria.phone.write("Good evening")
    for actor, message in ((cast.mikael, said), (cast.maria, other)):
        await call("setMessageReaction", chat_id=actor.phone.id, message_id=message, reaction=heart)
    with pytest.raises(StoryWrong, match="Maria sees ❤ where"):
        reaction_only_on(cast, "❤", (cast.mikael, said))


async def test_an_account_on_a_card_or_above_a_forward_is_found(quiet_stage: Stage, call: Call) -> None:
    aino, mikael = quiet_stage.cast.aino, quiet_stage.cast.mikael
    card = {"phone_number": "+358401234567", "first_name": "Aino"}
    sent = await call("sendContact", chat_id=mikael.phone.id, **card)
    with pytest.raises(StoryWrong, match="“Aino”"):
        no_account_shows(quiet_stage.cast)
    assert sent["contact"]["first_name"] == "Aino"
    said = aino.phone.write("hello")
    await call("forwardMessage", chat_id=quiet_stage.cast.sari.phone.id, from_chat_id=aino.phone.id, message_id=said)
    with pytest.raises(StoryWrong, match="Sari's chat shows"):
        no_account_shows(quiet_stage.cast)


async def test_another_word_to_an_outsider_is_found(quiet_stage: Stage, say: Say) -> None:
    otto = quiet_stage.cast.otto
    await say(otto, SAY("stranger"))
    hears_only(otto, "stranger")
    await say(otto, SAY("joining.code_asked"))
    with pytest.raises(StoryWrong, match="Otto was told more"):
        hears_only(otto, "stranger")


async def test_words_lost_or_repeated_without_a_mark_are_found(quiet_stage: Stage, say: Say) -> None:
    mikael = quiet_stage.cast.mikael
    with pytest.raises(StoryWrong, match="never reached Mikael"):
        only_marked_repeats(mikael, "half past nine")
    await say(mikael, f"{LABEL}half past nine")
    only_marked_repeats(mikael, "half past nine")
    await say(mikael, f"{LABEL}{SAY('channel.possible_repeat')}\nhalf past nine")
    only_marked_repeats(mikael, "half past nine")
    await say(mikael, f"{LABEL}half past nine")
    with pytest.raises(StoryWrong, match="more than once"):
        only_marked_repeats(mikael, "half past nine")


async def test_a_repeat_without_a_label_has_its_mark_above_it(quiet_stage: Stage, say: Say) -> None:
    aino = quiet_stage.cast.aino
    await say(aino, "see you")
    await say(aino, f"{SAY('channel.possible_repeat')}\nsee you")
    only_marked_repeats(aino, "see you")
    await say(aino, "see you")
    with pytest.raises(StoryWrong, match="more than once"):
        only_marked_repeats(aino, "see you")
