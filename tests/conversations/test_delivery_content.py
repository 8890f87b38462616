"""What is sent: in which language, under what, in whose place."""

from sqlalchemy import update

from mentorbot.locale.catalogue import Say
from mentorbot.programme.content import Form
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    Carried,
    EditNotCarried,
    NoMentorYet,
    Privacy,
    Relayed,
    SentToNobody,
)
from mentorbot.programme.wording import Words
from storage import links
from storage.tables import people as people_table
from tests.conversations.parts import Somebody
from tests.conversations.post import ZONE, Post, say, texts


async def test_it_is_said_in_the_language_that_holds_at_that_moment(post: Post) -> None:
    await post.put(post.liisa, NoMentorYet())
    await post.store.transact(
        lambda tx: tx.conn.execute(
            update(people_table).where(people_table.c.pid == post.liisa.person.pid).values(language="sv")
        )
    )
    await post.deliver()
    assert texts(post.liisa) == [Say("sv", ZONE)("channel.no_mentor_yet", emergency="112")]


async def test_a_mentors_message_is_copied_with_nothing_added(post: Post) -> None:
    await post.carry("See you at six")
    await post.deliver()
    shown = post.aino.phone.messages[-1]
    assert shown.text == "See you at six"
    assert not shown.forwarded
    assert texts(post.liisa) == []


async def test_a_copy_that_may_be_a_repeat_says_so(post: Post) -> None:
    """In the caption where there is one, else in a message of its own that the copy replies to."""
    await post.carry("See you at six")
    post.bot_api.faults.drop("copyMessage", effect=True)
    await post.deliver()
    post.later(600)
    await post.deliver()
    repeat = say(post.aino, "channel.possible_repeat")
    assert texts(post.aino) == ["See you at six", repeat, "See you at six"]
    copied = Carried(
        sender=post.aino.person.pid,
        form=Form.CAPTION,
        from_message=MessageId(post.aino.phone.send_file("photo", b"p", caption="My house")),
        alias=post.aino.person.alias,
        words=Words(text="My house"),
    )
    await post.put(post.mikael, copied, channel=post.channel.id)
    post.bot_api.faults.drop("copyMessage", effect=True)
    await post.deliver()
    post.later(600)
    await post.deliver()
    label, mark = f"▌ \u2068{post.aino.person.alias}\u2069", say(post.mikael, "channel.possible_repeat")
    assert texts(post.mikael) == [f"{label}\nMy house", f"{label}\n{mark}\nMy house"]


async def test_a_reply_lands_as_a_reply_with_its_quote_where_that_still_stands(post: Post) -> None:
    answered = MessageId(post.aino.phone.write("At six, or at seven?"))
    await post.relay("At six, or at seven?", answered)
    await post.deliver()
    (there,) = [shown.id for shown in post.mikael.phone.messages]
    for quote in ("at seven", "at eight"):
        reply = Relayed(words=Words(text="Yes"), from_message=MessageId(77), answers=MessageId(there), quote=quote)
        await post.put(post.aino, reply, channel=post.channel.id)
    await post.deliver()
    replies = [shown for shown in post.aino.phone.messages if shown.from_bot]
    assert [(shown.reply_to, shown.quote) for shown in replies] == [(answered, "at seven"), (answered, None)]


async def test_a_reply_to_what_is_gone_is_carried_without_the_thread(post: Post) -> None:
    answered = MessageId(post.aino.phone.write("Forget it"))
    await post.relay("Forget it", answered)
    await post.deliver()
    (there,) = [shown.id for shown in post.mikael.phone.messages]
    post.aino.phone.delete(answered)
    for unknown in (there, 4_711):
        reply = Relayed(words=Words(text="What?"), from_message=MessageId(77), answers=MessageId(unknown))
        await post.put(post.aino, reply, channel=post.channel.id)
    await post.deliver()
    assert [shown.reply_to for shown in post.aino.phone.messages if shown.from_bot] == [None, None]


async def test_what_came_through_a_channel_is_linked_to_it_in_the_recipients_chat_only(post: Post) -> None:
    await post.relay("Hello")
    await post.deliver()
    await post.put(post.mikael, Privacy())
    await post.deliver()
    relayed, own = [shown.id for shown in post.mikael.phone.messages]

    async def channel_of(who: Somebody, message: int) -> ChannelId | None:
        return await post.store.transact(lambda tx: links.linked(tx, who.person.pid, MessageId(message)))

    assert await channel_of(post.mikael, relayed) == post.channel.id
    assert await channel_of(post.mikael, own) is None
    assert await channel_of(post.aino, relayed) is None


async def test_a_notice_takes_the_place_of_the_message_it_names(post: Post) -> None:
    await post.put(post.mikael, Privacy())
    await post.deliver()
    (shown,) = post.mikael.phone.messages
    for _ in range(2):  # the second time it stands there already
        await post.put(post.mikael, SentToNobody(replaces=MessageId(shown.id)))
        await post.deliver()
    assert texts(post.mikael) == [say(post.mikael, "channel.sent_to_nobody")]
    assert await post.states() == [Delivery.SENT] * 3


async def test_where_the_place_is_gone_it_is_sent_anew(post: Post) -> None:
    await post.put(post.mikael, SentToNobody(replaces=MessageId(99_999)))
    await post.deliver()
    assert texts(post.mikael) == [say(post.mikael, "channel.sent_to_nobody")]


async def test_an_answer_is_a_reply_and_comes_without_one_where_the_message_is_gone(post: Post) -> None:
    message = post.aino.phone.write("At six")
    await post.put(post.aino, EditNotCarried(to_message=MessageId(message)))
    await post.deliver()
    assert post.aino.phone.messages[-1].reply_to == message
    post.aino.phone.delete(message)
    await post.put(post.aino, EditNotCarried(to_message=MessageId(message)))
    await post.deliver()
    assert post.aino.phone.messages[-1].reply_to is None
    assert len(texts(post.aino)) == 2
