"""Every sealed column, declared once. A test holds this list against the live schema, both ways."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage import envelope


@dataclass(frozen=True)
class SealedField:
    """One sealed column: where it is, under which kind of key, and what it holds."""

    table: str
    column: str
    key: str
    holds: str

    def seal(self, key: AESGCM, plaintext: bytes, *, row: bytes, pid: bytes = b"", key_id: int = 1) -> bytes:
        """The envelope for the row with the id `row` that belongs to `pid`."""
        return envelope.seal(key, plaintext, key_id=key_id, place=envelope.place_of(self.table, self.column, row, pid))

    def unseal(self, key: AESGCM, sealed: bytes, *, row: bytes, pid: bytes = b"") -> bytes:
        """The plaintext; SealBroken when it was sealed for another place or under another key."""
        return envelope.unseal(key, sealed, place=envelope.place_of(self.table, self.column, row, pid))


KEYS_PROOF = SealedField("keys_identity", "proof", "root", "a constant: proves the root key")
PERSON_DATA_KEY = SealedField("person_keys", "data_key", "root", "the person's own key")
PERSON_TELEGRAM_ID = SealedField("person_keys", "telegram_id", "root", "the person's Telegram id")
DAY_KEY = SealedField("day_keys", "data_key", "root", "the key of one day's raw updates")
PEOPLE_ALIAS = SealedField("people", "alias", "person", "the alias")
INBOX_BODY = SealedField("inbox", "body", "day", "a raw update from Telegram, until it is done")
HELD_BODY = SealedField("held", "body", "person", "a message that waits until its writer has answered a question")
COVERED_BODY = SealedField("covered", "body", "person", "what stands behind a neutral line in a participant's chat")
OUTBOX_BODY = SealedField("outbox", "body", "person", "what a notice says, until it is sent")

SEALED_FIELDS = (
    KEYS_PROOF,
    PERSON_DATA_KEY,
    PERSON_TELEGRAM_ID,
    DAY_KEY,
    PEOPLE_ALIAS,
    INBOX_BODY,
    HELD_BODY,
    COVERED_BODY,
    OUTBOX_BODY,
)
