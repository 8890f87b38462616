"""A sealed field opens in its own place, whole, under its own key; anywhere else it does not."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, strategies as st

from mentorbot.programme.errors import SealBroken
from storage.envelope import key_id_of, place_of, seal, unseal
from storage.sealed_fields import PEOPLE_ALIAS, SEALED_FIELDS, SealedField

KEY = AESGCM(bytes(32))
AINO, MIKAEL = b"A" * 16, b"M" * 16
PLACE = place_of("people", "alias", AINO, AINO)


@given(st.binary(max_size=2000), st.integers(min_value=0, max_value=2**32 - 1))
def test_any_bytes_come_back_as_they_were(plaintext: bytes, key_id: int) -> None:
    sealed = seal(KEY, plaintext, key_id=key_id, place=PLACE)
    assert unseal(KEY, sealed, place=PLACE) == plaintext
    assert key_id_of(sealed) == key_id


@given(st.text(max_size=300))
def test_a_sealed_text_is_nowhere_in_its_envelope(said: str) -> None:
    sealed = seal(KEY, said.encode(errors="surrogatepass"), key_id=1, place=PLACE)
    assert len(said) < 4 or said.encode(errors="surrogatepass") not in sealed


def test_any_flipped_bit_is_refused() -> None:
    sealed = seal(KEY, b"Koivu", key_id=1, place=PLACE)
    opened = []
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            unseal(KEY, bytes(flipped), place=PLACE)
        except SealBroken:
            continue
        opened.append(bit)
    assert opened == []
    assert unseal(KEY, sealed, place=PLACE) == b"Koivu"  # the control: it is the flipping that is refused


def test_any_shortened_envelope_is_refused() -> None:
    sealed = seal(KEY, b"Koivu", key_id=1, place=PLACE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            unseal(KEY, sealed[:length], place=PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        place_of("outbox", "alias", AINO, AINO),
        place_of("people", "body", AINO, AINO),
        place_of("people", "alias", MIKAEL, AINO),
        place_of("people", "alias", AINO, MIKAEL),
        place_of("people", "alias", AINO + AINO, b""),  # the same bytes, cut elsewhere
        place_of("peoplealias", "", AINO, AINO),
    ],
)
def test_an_envelope_in_another_place_is_refused(elsewhere: bytes) -> None:
    sealed = seal(KEY, b"Koivu", key_id=1, place=PLACE)
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, place=elsewhere)


def test_another_key_is_refused() -> None:
    sealed = seal(KEY, b"Koivu", key_id=1, place=PLACE)
    with pytest.raises(SealBroken):
        unseal(AESGCM(bytes(31) + b"\1"), sealed, place=PLACE)


def test_the_length_is_hidden_within_256_bytes() -> None:
    lengths = [len(seal(KEY, bytes(length), key_id=1, place=PLACE)) for length in range(600)]
    assert set(lengths[:253]) == {lengths[0]}  # four of the 256 bytes say how long the text is
    assert set(lengths[253:509]) == {lengths[0] + 256}
    assert set(lengths[509:]) == {lengths[0] + 512}


def test_the_same_text_is_never_sealed_the_same() -> None:
    assert len({seal(KEY, b"Koivu", key_id=1, place=PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize("foreign", [b"", b"\1\1", b"\2\1\0\0\0\1" + bytes(40), b"\1\2\0\0\0\1" + bytes(40)])
def test_the_key_id_of_what_is_no_envelope_is_refused(foreign: bytes) -> None:
    with pytest.raises(SealBroken):
        key_id_of(foreign)


@pytest.mark.parametrize(
    "other", [field for field in SEALED_FIELDS if field is not PEOPLE_ALIAS], ids=lambda f: f.holds
)
def test_no_sealed_field_opens_what_another_one_sealed(other: SealedField) -> None:
    sealed = PEOPLE_ALIAS.seal(KEY, b"Koivu", row=AINO, pid=AINO)
    assert PEOPLE_ALIAS.unseal(KEY, sealed, row=AINO, pid=AINO) == b"Koivu"
    with pytest.raises(SealBroken):
        other.unseal(KEY, sealed, row=AINO, pid=AINO)
