"""The root key: 32 random bytes and an epoch number in a file apart from both stores.

Everything else is derived from it (HKDF-SHA256): the key that wraps people's data keys, and those of the blind index,
invites, buttons, the marks of updates and albums, and the audit chain.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mentorbot.programme.errors import RootKeyWrong, SettingWrong
from mentorbot.programme.ids import Pid

_FIRST_LINE = "mentorbot root key"


@dataclass(frozen=True)
class RootKey:
    """The root key's derivations. `epoch` grows by one at each rotation."""

    epoch: int
    secret: bytes = field(repr=False)

    @cached_property
    def wrap(self) -> AESGCM:
        return AESGCM(self._derive(b"wrap", 32))

    @cached_property
    def index(self) -> bytes:
        return self._derive(b"index", 32)

    @cached_property
    def invite(self) -> bytes:
        return self._derive(b"invite", 32)

    @cached_property
    def buttons(self) -> AESSIV:
        return AESSIV(self._derive(b"button", 64))

    @cached_property
    def inbox(self) -> bytes:
        return self._derive(b"inbox", 32)

    @cached_property
    def audit(self) -> bytes:
        return self._derive(b"audit", 32)

    @cached_property
    def album(self) -> bytes:
        return self._derive(b"album", 32)

    @cached_property
    def code_word(self) -> bytes:
        return self._derive(b"code word", 32)

    @cached_property
    def log(self) -> bytes:
        return self._derive(b"log", 32)

    def name_in_log(self, pid: Pid) -> str:
        """How a person appears in the log (`person-3fa91c`): the same in every line, and no way back to who it is."""
        return f"person-{hmac.digest(self.log, pid, hashlib.sha256).hex()[:6]}"

    def _derive(self, purpose: bytes, length: int) -> bytes:
        info = b"mentorbot/" + purpose
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self.secret)


def make_root_key(path: Path) -> RootKey:
    """A new root key, written to `path` with mode 0600. Never overwrites: FileExistsError."""
    key = RootKey(epoch=1, secret=secrets.token_bytes(32))
    text = f"{_FIRST_LINE}\nepoch {key.epoch}\n{base64.b64encode(key.secret).decode()}\n"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return key


def read_root_key(path: Path) -> RootKey:
    """The root key in `path`. Raises RootKeyWrong when the file is not one, SettingWrong when it is not there."""
    try:
        first, epoch, secret = path.read_text().split("\n")[:3]
        key = RootKey(epoch=int(epoch.removeprefix("epoch ")), secret=base64.b64decode(secret, validate=True))
    except FileNotFoundError:
        raise SettingWrong(
            f"MENTORBOT_ROOT_KEY_FILE: {path} is missing: restore it, or run `mentorbot init` for a new installation"
        ) from None
    except OSError as error:
        raise SettingWrong(f"MENTORBOT_ROOT_KEY_FILE: {path} cannot be read: {error.strerror}") from None
    except (ValueError, UnicodeDecodeError, binascii.Error):
        raise RootKeyWrong(f"{path} is not a root key: restore the right file") from None
    if first != _FIRST_LINE or len(key.secret) != 32:
        raise RootKeyWrong(f"{path} is not a root key: restore the right file")
    return key
