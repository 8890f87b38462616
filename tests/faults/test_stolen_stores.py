"""Both stores stolen, the root key not: they give up no Telegram id, no name, no alias, no text, no token, no code."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import MessageId, TelegramId
from mentorbot.programme.invite import CODE_LENGTH, CODE_LETTERS
from mentorbot.programme.notices import InviteCode, InviteMade, Relayed, Welcomed
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Words
from storage import audit, claims, inbox, invites, links, outbox
from storage.inbox import Arrival, UpdateState
from storage.transaction import Store, Transaction
from tests.people import OTTO, SQLITE_ONLY, Installation, an_invite, joined, paired

from .attack import Loot, Secret, betrayed, steal

NAMES = ["Aino Korhonen", "Mikael Lindqvist", "Sari Nieminen", "Eero Salonen"]
ALIASES = ["Koivuniemi", "Lindenblad", "Sammakko", "Haapavesi"]
SAID = ["Tarvitsen asunnon ennen perjantaita", "Jag ringer dig i morgon bitti", "See you at the library at noon"]


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that the thief knows already, of which nothing may be confirmed."""

    ids: list[Secret]
    others: list[Secret]


@pytest.fixture
async def known(store: Store) -> Known:
    """A programme in full use: people, invites, updates and notices, waiting and settled, and one person forgotten."""
    ids = [TelegramId(secrets.choice(range(5_000_000_000, 8_900_000_000))) for _ in NAMES]
    tokens = [secrets.token_urlsafe(16) for _ in NAMES]
    codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) for _ in NAMES]
    roles = [Role.PARTICIPANT, Role.MENTOR, Role.COORDINATOR, Role.PARTICIPANT]
    aino, mikael, sari, eero = [
        await joined(store, role, telegram_id=id_, alias=alias)
        for role, id_, alias in zip(roles, ids, ALIASES, strict=True)
    ]
    channel = await paired(store, aino, mikael)
    updates = [_update(id_, name, said) for id_, name in zip(ids, NAMES, strict=True) for said in SAID]
    kept = await inbox.keep(
        store,
        [
            Arrival(
                update_id=870_000_000 + number,
                identity=f"{number}:message:{update['message']['chat']['id']}".encode(),  # type: ignore[index]
                body=json.dumps(update).encode(),
            )
            for number, update in enumerate(updates)
        ],
    )

    def use(tx: Transaction) -> None:
        for row, _ in kept[::3]:
            inbox.settle(tx, row, UpdateState.DONE)
        for token, code in zip(tokens, codes, strict=True):
            invite = an_invite(Role.MENTOR, issuer=sari.pid)
            invite = replace(invite, code_digest=invites.code_digest(tx.root, invite.id, code))
            invites.add(tx, invite, token=token)
            outbox.put(tx, sari.pid, InviteMade(role=Role.MENTOR, token=token))
            outbox.put(tx, sari.pid, InviteCode(role=Role.MENTOR, code=code, expires_at=invite.expires_at))
            audit.append(tx, "invite_made", actor=sari.pid, subject=invite.id)
        for said in SAID:
            relayed = Relayed(alias=ALIASES[0], words=Words(text=said), part=1, parts=1, from_message=MessageId(17))
            outbox.put(tx, mikael.pid, relayed, owner=aino.pid, channel=channel.id)
            outbox.put(tx, eero.pid, Welcomed(role=eero.role, alias=eero.alias))
        links.link(tx, to=mikael.pid, to_message=MessageId(5), channel=channel.id, from_message=MessageId(17))
        tx.conn.execute(text("UPDATE leadership SET epoch = 1"))
        first = claims.claim(tx, mikael.pid, epoch=1)
        assert first is not None
        claims.finish(tx, first.id, Delivery.SENT, epoch=1)

    await store.transact(use)
    await store.keyring.forget(eero.pid)
    words = [word for name in NAMES for word in name.split()]
    return Known(ids=[*ids], others=[*words, *ALIASES, *SAID, *tokens, *codes])


def _update(id_: int, name: str, said: str) -> dict[str, object]:
    first, last = name.split()
    sender = {"id": id_, "is_bot": False, "first_name": first, "last_name": last, "username": f"{first}{last}".lower()}
    return {"message": {"message_id": 17, "from": sender, "chat": {"id": id_, "type": "private"}, "text": said}}


async def both_stores(installation: Installation, folder: Path) -> Loot:
    (folder / "loot").mkdir(exist_ok=True)
    return await steal(installation.data_url, folder / "loot") | await steal(installation.keys_url, folder / "loot")


async def test_stolen_stores_confirm_nothing(
    known: Known, store: Store, installation: Installation, tmp_path: Path
) -> None:
    loot = await both_stores(installation, tmp_path)
    assert len(loot.values) > 100
    assert betrayed(loot, [*known.ids, *known.others]) == set()


async def test_the_data_store_knows_no_telegram_id_even_with_the_root_key(
    known: Known, store: Store, installation: Installation, tmp_path: Path
) -> None:
    """Who has the root key and a backup of the data, and not the keys store, cannot tell whose data it is."""
    root = store.root
    purposes = (b"wrap", b"index", b"invite", b"inbox", b"audit", b"log", b"button")
    keys = [root.secret, *(root._derive(purpose, 32) for purpose in purposes)]
    domains = [b"", b"telegram", b"alias", b"token", b"code"]
    loot = await steal(installation.data_url, tmp_path)
    found = {id_ for id_ in known.ids for key in keys if _keyed(loot, id_, key, domains)}
    assert found | betrayed(loot, known.ids, keys=keys) == set()

    # The control: in the keys store the same attack finds everybody who is still known.
    loot = await steal(installation.keys_url, tmp_path)
    assert {id_ for id_ in known.ids if _keyed(loot, id_, root.index, domains)} == set(known.ids[:3])


def _keyed(loot: Loot, id_: Secret, key: bytes, domains: list[bytes]) -> bool:
    assert isinstance(id_, int)
    forms = (id_.to_bytes(8, "big"), str(id_).encode())
    return any(hmac.digest(key, domain + form, "sha256") in loot.content for domain in domains for form in forms)


# --- controls: the attack finds what is there -------------------------------------------------------------------------

Plant = Callable[[int, bytes], object]
PLANTS: dict[str, Plant] = {
    "a number": lambda id_, _: id_,
    "decimal text": lambda id_, _: str(id_),
    "text among others": lambda id_, _: f'{{"id": {id_}, "type": "private"}}',
    "big-endian": lambda id_, _: id_.to_bytes(8, "big"),
    "utf-16": lambda id_, _: str(id_).encode("utf-16-le"),
    "little-endian": lambda id_, _: id_.to_bytes(8, "little"),
    "hexadecimal": lambda id_, _: id_.to_bytes(8, "big").hex(),
    "sha256 of the decimal": lambda id_, _: hashlib.sha256(str(id_).encode()).digest(),
    "sha256 in hexadecimal": lambda id_, _: hashlib.sha256(str(id_).encode()).hexdigest(),
    "md5, cut short": lambda id_, _: hashlib.md5(str(id_).encode(), usedforsecurity=False).digest()[:12],
    "salted with a constant": lambda id_, constant: hashlib.sha1(constant + str(id_).encode()).digest(),  # noqa: S324
    "salted behind": lambda id_, constant: hashlib.blake2b(id_.to_bytes(8, "big") + constant).digest(),
    "keyed with a constant": lambda id_, constant: hmac.digest(constant, id_.to_bytes(8, "big"), "sha256"),
    "keyed with the beginning of one": lambda id_, constant: hmac.digest(constant[:16], str(id_).encode(), "sha1"),
}


async def test_the_attack_finds_everything_that_is_planted(
    known: Known, store: Store, installation: Installation, tmp_path: Path
) -> None:
    constant = await store.data.run(lambda conn: conn.execute(text("SELECT seal FROM audit_head")).scalar_one())
    planted = {5_600_000_123 + 1_000_003 * number: plant for number, plant in enumerate(PLANTS.values())}
    kinds = {int: "BIGINT", str: "VARCHAR(200)", bytes: "BYTEA" if "postgresql" in installation.data_url else "BLOB"}

    def plant_all(conn: object) -> None:
        for kind, name in kinds.items():
            conn.execute(text(f"CREATE TABLE planted_{kind.__name__} (value {name})"))  # type: ignore[attr-defined]
        for id_, plant in planted.items():
            value = plant(id_, bytes(constant))
            into = text(f"INSERT INTO planted_{type(value).__name__} VALUES (:value)")  # noqa: S608
            conn.execute(into, {"value": value})  # type: ignore[attr-defined]

    await store.data.run(plant_all)
    loot = await both_stores(installation, tmp_path)
    for kind in kinds:
        await store.data.run(lambda conn, kind=kind: conn.execute(text(f"DROP TABLE planted_{kind.__name__}")))  # type: ignore[misc]
    assert betrayed(loot, [*planted, OTTO, *known.ids]) == set(planted)


@SQLITE_ONLY
async def test_the_attack_looks_into_the_log_too(
    known: Known, store: Store, installation: Installation, tmp_path: Path
) -> None:
    """What was deleted from the database again is still in its write-ahead log."""
    await store.data.run(lambda conn: conn.execute(text("CREATE TABLE planted (value TEXT)")))
    await store.data.run(lambda conn: conn.execute(text("INSERT INTO planted VALUES ('Otto Virtanen')")))
    await store.data.run(lambda conn: conn.execute(text("DELETE FROM planted")))
    loot = await both_stores(installation, tmp_path)
    assert b"Otto Virtanen" not in loot.values
    assert betrayed(loot, ["Otto Virtanen", *known.others]) == {"Otto Virtanen"}


def test_an_attack_without_knowledge_or_keys_fails() -> None:
    with pytest.raises(AssertionError, match="nothing was looked for"):
        betrayed(Loot(content=b"a stolen file", values=frozenset({b"a value"})), [])
    with pytest.raises(AssertionError, match="nothing to try"):
        betrayed(Loot(content=b"a stolen file", values=frozenset()), ["Aino"])
