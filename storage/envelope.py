"""The envelope of a sealed field: `version ‖ algorithm ‖ key id(4) ‖ nonce(12) ‖ AES-256-GCM`.

The plaintext is padded to steps of 256 bytes, so that its length tells little. The additional data (table, column, row
id, person), each length-prefixed, ties the ciphertext to its place: moved anywhere else it does not open.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mentorbot.programme.errors import SealBroken

VERSION = 1
AES_256_GCM = 1
_STEP = 256
_HEADER = struct.Struct(">BBI")
_NONCE = 12
_LENGTH = struct.Struct(">I")


def seal(key: AESGCM, plaintext: bytes, *, key_id: int, place: bytes) -> bytes:
    """The envelope of `plaintext` (any length) under a 256-bit `key`, for the place given by `place_of`."""
    nonce = os.urandom(_NONCE)
    header = _HEADER.pack(VERSION, AES_256_GCM, key_id)
    padding = -(_LENGTH.size + len(plaintext)) % _STEP
    padded = _LENGTH.pack(len(plaintext)) + plaintext + bytes(padding)
    return header + nonce + key.encrypt(nonce, padded, header + place)


def unseal(key: AESGCM, envelope: bytes, *, place: bytes) -> bytes:
    """The plaintext; SealBroken when a bit was flipped, the key is another, or the place is another."""
    header, nonce = envelope[: _HEADER.size], envelope[_HEADER.size : _HEADER.size + _NONCE]
    try:
        padded = key.decrypt(nonce, envelope[_HEADER.size + _NONCE :], header + place)
    except (InvalidTag, ValueError):
        raise SealBroken from None
    (length,) = _LENGTH.unpack_from(padded)
    return padded[_LENGTH.size : _LENGTH.size + length]


def key_id_of(envelope: bytes) -> int:
    """The id of the key that an envelope was sealed under; SealBroken when it is none of ours."""
    try:
        version, algorithm, key_id = _HEADER.unpack_from(envelope)
    except struct.error:
        raise SealBroken from None
    if (version, algorithm) != (VERSION, AES_256_GCM):
        raise SealBroken
    return int(key_id)


def place_of(table: str, column: str, row: bytes, pid: bytes) -> bytes:
    """The additional data for one field of one row of one person."""
    parts = (table.encode(), column.encode(), row, pid)
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)
