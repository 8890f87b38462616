"""Deletion on request: a person's rows go, and with their key everything that was ever sealed under it."""

from mentorbot.programme.errors import NotPermitted, NotThere
from mentorbot.programme.ids import Pid
from mentorbot.programme.people import Role
from storage import audit, channels, people, substitutions
from storage.transaction import Store, Transaction


async def erase(store: Store, alias: str) -> None:
    """Erase the person who goes by this alias. The bot must not be running: it keeps keys in memory.

    The rows go first and the key after them; a crash in between leaves a key without rows, which the next start
    destroys. Raises NotThere when nobody has the alias, NotPermitted while a mentor still has participants.
    """

    def unit(tx: Transaction) -> Pid:
        person = people.find_by_alias(tx, alias)
        if person is None:
            raise NotThere(f"nobody is called {alias}")
        is_mentor = person.role is Role.MENTOR
        if is_mentor and (channels.of_mentor(tx, person.pid) or substitutions.for_mentor(tx, person.pid)):
            raise NotPermitted(f"{alias} still has participants")
        channels.remove_closed(tx, person.pid)
        people.remove(tx, person.pid)
        audit.append(tx, "erased", actor=None, subject=person.pid)
        return person.pid

    pid = await store.transact(unit)
    await store.keyring.forget(pid)
    await store.data.scrub()
