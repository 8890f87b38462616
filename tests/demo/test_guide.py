"""What the page says to try next."""

from mentorbot.demo.page.guide import steps
from mentorbot.demo.stage import Stage
from mentorbot.programme.wording import isolated
from tests.demo.conftest import FIRST, Say


async def test_that_aino_wrote_stays_so_when_it_is_taken_from_a_former_mentors_chat(
    quiet_stage: Stage, say: Say
) -> None:
    def done() -> bool:
        return next(step.done for step in steps(quiet_stage, FIRST) if step.title == "Aino writes")

    mikael = quiet_stage.cast.mikael
    mikael.phone.start()
    assert not done()
    copy = await say(mikael, f"▌ {isolated('Quiet Birch')}\nHello")
    assert done()
    mikael.phone.delete(copy["message_id"])
    assert done()
