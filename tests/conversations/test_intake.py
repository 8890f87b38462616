"""Nothing is acknowledged before it is stored; strangers are turned away at the door without a trace."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from handlers.telegram.alarms import Alarms
from handlers.telegram.api import Api, TokenRevoked
from handlers.telegram.intake import Intake
from handlers.telegram.pace import Limits, Pace
from handlers.telegram.strangers import Strangers
from handlers.telegram.updates import ALLOWED
from handlers.telegram.work import Update
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.updates import UPDATE_KINDS
from mentorbot.locale.catalogue import Say
from mentorbot.programme.notices import Alarm
from mentorbot.programme.people import Role
from mentorbot.services import invitations
from storage import inbox
from storage.tables import inbox as table
from storage.transaction import Store
from tests.conversations.parts import Fragile, Somebody, somebody
from tests.usecases.queue import heard

ZONE = ZoneInfo("Europe/Helsinki")


@dataclass
class Desk:
    """Takes what intake hands over, and keeps it."""

    taken: list[Update] = field(default_factory=list)
    resumed: int = 0

    async def take(self, update: Update) -> None:
        self.taken.append(update)

    async def resume(self) -> None:
        self.resumed += 1

    @property
    def texts(self) -> list[str]:
        return [update.raw["message"]["text"] for update in self.taken]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@contextlib.asynccontextmanager
async def polling(store: Store, api: Api, desk: Desk) -> AsyncIterator["asyncio.Task[None]"]:
    strangers = Strangers(api, Pace(Limits()), default_language="en", zone=ZONE)
    alarms = Alarms(store, api, Pace(Limits()), zone=ZONE)
    intake = Intake(
        store,
        api,
        strangers=strangers,
        alarms=alarms,
        take=desk.take,
        resume=desk.resume,
        has_in_hand=lambda sender: False,
    )
    task = asyncio.create_task(intake.run())
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, TokenRevoked):
        await task
    await strangers.finish()


async def quiet(bot_api: BotApi) -> None:
    """Everything was fetched and acknowledged, and the next poll is being held."""
    async with asyncio.timeout(30):
        await bot_api.telegram.updates.drained()
        await bot_api.telegram.updates.held()


async def kept(store: Store) -> list[str]:
    """The texts that are stored and wait, oldest first."""
    rows = await store.transact(inbox.waiting)
    return [json.loads(await inbox.unseal(store.keyring, row))["message"].get("text", "") for row in rows]


async def aino_of(store: Store, bot_api: BotApi) -> Somebody:
    return await somebody(store, bot_api, "Aino", Role.PARTICIPANT)


async def test_what_known_people_write_is_stored_and_handed_over_in_order(
    store: Store, api: Api, bot_api: BotApi, desk: Desk
) -> None:
    aino = await aino_of(store, bot_api)
    texts = [f"Number {number}" for number in range(5)]
    for text in texts:
        aino.phone.write(text)
    async with polling(store, api, desk):
        await quiet(bot_api)
    assert desk.texts == texts
    assert await kept(store) == texts
    assert aino.phone.messages[-1].text == texts[-1], "intake itself answers nobody who is known"


async def test_what_was_written_is_sealed(store: Store, api: Api, bot_api: BotApi, desk: Desk) -> None:
    aino = await aino_of(store, bot_api)
    aino.phone.write("A secret of mine")
    async with polling(store, api, desk):
        await quiet(bot_api)
    (row,) = await store.transact(lambda tx: list(tx.conn.execute(select(table))))
    assert b"secret" not in row.body
    assert str(aino.phone.id).encode() not in row.body + row.mark


async def test_an_outsider_is_turned_away_without_a_row(store: Store, api: Api, bot_api: BotApi, desk: Desk) -> None:
    otto = bot_api.telegram.person("Otto")
    otto.write("Hello?")
    otto.start("not-a-token-of-ours")
    async with polling(store, api, desk):
        await quiet(bot_api)
        await otto.wait_for(lambda shown: shown.from_bot)
    assert [shown.text for shown in otto.messages if shown.from_bot] == [Say("en", ZONE)("stranger")]
    assert desk.taken == []
    assert await kept(store) == []
    assert await store.keyring.everyone() == []


async def test_whoever_holds_a_link_of_ours_is_let_as_far_as_the_desk(
    store: Store, api: Api, bot_api: BotApi, desk: Desk
) -> None:
    made = await store.transact(lambda tx: invitations.make(tx, Role.PARTICIPANT, issuer=None))
    assert made is not None
    newcomer = bot_api.telegram.person("Newcomer")
    newcomer.start(made.token)
    async with polling(store, api, desk):
        await quiet(bot_api)
    assert desk.texts == [f"/start {made.token}"]
    assert [shown for shown in newcomer.messages if shown.from_bot] == []


async def test_the_bot_leaves_groups_and_channels_and_stores_nothing_of_them(
    store: Store, api: Api, bot_api: BotApi, desk: Desk
) -> None:
    aino = await aino_of(store, bot_api)
    group = bot_api.telegram.group("Friends")
    async with polling(store, api, desk):
        group.add_bot(aino.phone)
        group.write(aino.phone, "Look, a bot")
        bot_api.telegram.channel_post("News", "Hello all")
        await quiet(bot_api)
        await group.chat.changes.until(lambda: None if group.bot_is_member else True)
    assert await kept(store) == []
    assert bot_api.transcript.calls("sendMessage") == []


async def test_the_same_update_twice_is_handed_over_once(store: Store, api: Api, bot_api: BotApi, desk: Desk) -> None:
    aino = await aino_of(store, bot_api)
    bot_api.faults.deliver_twice(2)
    aino.phone.write("Once")
    aino.phone.write("Twice")
    async with polling(store, api, desk):
        await quiet(bot_api)
    assert desk.texts == ["Once", "Twice"]


async def test_numbers_that_begin_anew_lose_nothing(store: Store, api: Api, bot_api: BotApi, desk: Desk) -> None:
    aino = await aino_of(store, bot_api)
    async with polling(store, api, desk):
        aino.phone.write("Before")
        await quiet(bot_api)
        bot_api.faults.restart_update_ids(at=17)
        aino.phone.write("After")
        await quiet(bot_api)
    assert desk.texts == ["Before", "After"]


@pytest.mark.parametrize(
    "poison",
    [
        b'{"update_id": $UPDATE_ID, "message": {"message_id": 1, "date": 1, "text": "/start \\ud800",'
        b' "chat": {"id": 77, "type": "private"}, "from": {"id": 77}}}',
        b'{"update_id": $UPDATE_ID, "message": {"message_id": 1, "date": 1, "text": "x",'
        b' "chat": {"id": 77, "type": "private"}, "from": {"id": 77, "language_code": 5}}}',
        b'{"update_id": $UPDATE_ID, "message": {"chat": {"id": 99999999999999999999, "type": "private"},'
        b' "from": {"id": 99999999999999999999}}}',
        b'{"update_id": $UPDATE_ID, "message": [1, 2]}',
        b'{"update_id": $UPDATE_ID, "callback_query": {"message": "x", "from": 7}}',
        b'{"update_id": $UPDATE_ID, "of_a_new_kind": {}}',
    ],
)
async def test_one_odd_update_does_not_stop_the_rest(
    store: Store, api: Api, bot_api: BotApi, desk: Desk, poison: bytes
) -> None:
    aino = await aino_of(store, bot_api)
    aino.phone.write("Before")
    bot_api.faults.inject(poison)
    aino.phone.write("After")
    async with polling(store, api, desk) as task:
        await quiet(bot_api)
        assert not task.done()
    assert desk.texts == ["Before", "After"]


@pytest.mark.parametrize(
    "body", [b'{"ok": tru', b"<html>", b'{"ok": true, "result": true}', b'{"ok": true, "result": [7, {}]}']
)
async def test_an_odd_answer_is_passed_over_and_polled_again(
    store: Store, api: Api, bot_api: BotApi, desk: Desk, body: bytes
) -> None:
    aino = await aino_of(store, bot_api)
    fault = bot_api.faults.poison_poll(body)
    aino.phone.write("Still here")
    async with polling(store, api, desk):
        await fault.happened()
        await quiet(bot_api)
    assert desk.texts == ["Still here"]


async def test_nothing_is_acknowledged_while_nothing_can_be_stored(
    fragile: Fragile, api: Api, bot_api: BotApi, desk: Desk
) -> None:
    aino = await aino_of(fragile.store, bot_api)
    sari = await somebody(fragile.store, bot_api, "Sari", Role.COORDINATOR)
    fragile.data.full = True
    aino.phone.write("Do not lose this")
    async with polling(fragile.store, api, desk):
        await sari.phone.wait_for(lambda shown: shown.text == Say("en", ZONE)("alarm.storage_failed"))
        assert desk.taken == []
        assert len(bot_api.telegram.updates.waiting) == 1
        fragile.data.full = False
        await quiet(bot_api)
    assert desk.texts == ["Do not lose this"]


async def test_what_was_stored_by_a_commit_that_seemed_to_fail_is_looked_for(
    fragile: Fragile, api: Api, bot_api: BotApi, desk: Desk
) -> None:
    aino = await aino_of(fragile.store, bot_api)
    async with polling(fragile.store, api, desk):
        await quiet(bot_api)
        assert desk.resumed == 1, "before the first poll"
        fragile.data.unheard = 1
        aino.phone.write("Stored, but who knows")
        await quiet(bot_api)
    assert await kept(fragile.store) == ["Stored, but who knows"]
    assert desk.taken == [], "Telegram's second delivery is known already"
    assert desk.resumed == 2, "so it is the database that is asked"


async def test_a_second_poller_is_an_alarm_and_polling_goes_on(
    store: Store, api: Api, bot_api: BotApi, desk: Desk
) -> None:
    sari = await somebody(store, bot_api, "Sari", Role.COORDINATOR)
    aino = await aino_of(store, bot_api)
    conflict = bot_api.faults.conflict()
    aino.phone.write("I am still here")
    async with polling(store, api, desk):
        await conflict.happened()
        await quiet(bot_api)
    assert await heard(store) == {sari.person.pid: [Alarm(what="second_poller")]}
    assert desk.texts == ["I am still here"]


async def test_a_revoked_token_ends_the_polling(store: Store, api: Api, bot_api: BotApi, desk: Desk) -> None:
    async with polling(store, api, desk) as task:
        await quiet(bot_api)
        bot_api.faults.revoke_token()
        with pytest.raises(TokenRevoked):
            await asyncio.wait_for(task, timeout=20)


async def test_only_the_kinds_that_are_handled_are_asked_for(
    store: Store, api: Api, bot_api: BotApi, desk: Desk
) -> None:
    aino = await aino_of(store, bot_api)
    async with polling(store, api, desk):
        await quiet(bot_api)
        aino.phone.write("Hello")
        asked_for = {kind for kind in UPDATE_KINDS if bot_api.telegram.updates.push(kind, {}) is not None}
        await quiet(bot_api)
    assert asked_for == set(ALLOWED)
    assert desk.texts == ["Hello"]
