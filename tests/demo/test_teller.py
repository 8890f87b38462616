"""What the story prints of messages that are more than words."""

import io

from rich.console import Console

from mentorbot.demo.samples import picture
from mentorbot.demo.stage import Stage
from mentorbot.demo.teller import Teller
from tests.demo.conftest import Call, Say


async def test_files_replies_edits_reactions_and_deletions_are_told(quiet_stage: Stage, call: Call, say: Say) -> None:
    aino, printed = quiet_stage.cast.aino, io.StringIO()
    teller = Teller(quiet_stage, Console(file=printed, width=80))

    def told() -> str:
        teller.catch_up()
        text = printed.getvalue()
        printed.seek(0)
        printed.truncate()
        return " ".join(text.split())

    photo = aino.phone.send_file("photo", picture("lake.jpg"), caption="the lake")
    assert "[photo] the lake" in told()
    answer = await say(aino, "I see it", reply_parameters={"message_id": photo, "quote": "lake"})
    assert "(reply: “lake”) I see it" in told()
    aino.phone.edit(photo, "our lake")
    assert "(edited) [photo] our lake" in told()
    aino.phone.react(answer["message_id"], "❤")
    assert "❤ on: I see it" in told()
    await call("deleteMessage", chat_id=aino.phone.id, message_id=answer["message_id"])
    assert "deleted: I see it" in told()
    assert told() == ""
