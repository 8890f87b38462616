"""Topics on the page: whose each message is, and where the next one goes."""

from mentorbot.demo.page.state import documents
from mentorbot.demo.stage import Stage
from tests.demo.conftest import FIRST, Call, Say


async def test_a_message_says_in_which_topic_it_stands_and_the_topics_own_beginning_is_no_message(
    quiet_stage: Stage, call: Call, say: Say
) -> None:
    quiet_stage.api.telegram.has_topics_enabled = True
    mikael = quiet_stage.cast.mikael
    mikael.phone.start()
    topic = await call("createForumTopic", chat_id=mikael.phone.id, name="Early Island")
    thread = topic["message_thread_id"]
    await say(mikael, "Hello", message_thread_id=thread)
    await say(mikael, "To you all")
    shown = documents(quiet_stage, FIRST)[mikael.key]
    assert shown["topics"] == [{"id": thread, "name": "Early Island"}]
    assert [(message["text"], message["topic"]) for message in shown["messages"]] == [
        ("/start", None),
        ("Hello", {"id": thread, "name": "Early Island"}),
        ("To you all", None),
    ]
