"""The root key's file: made once, readable by its owner alone, and nothing else is taken for it."""

import base64
import stat
from pathlib import Path

import pytest

from mentorbot.programme.errors import RootKeyWrong, SettingWrong
from storage.root_key import RootKey, make_root_key, read_root_key


def test_what_was_made_is_what_is_read(tmp_path: Path) -> None:
    made = make_root_key(tmp_path / "deep" / "root.key")
    assert read_root_key(tmp_path / "deep" / "root.key") == made


def test_its_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_root_key(tmp_path / "deep" / "root.key")
    assert stat.S_IMODE((tmp_path / "deep" / "root.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700


def test_a_root_key_is_never_overwritten(tmp_path: Path) -> None:
    made = make_root_key(tmp_path / "root.key")
    with pytest.raises(FileExistsError):
        make_root_key(tmp_path / "root.key")
    assert read_root_key(tmp_path / "root.key") == made


def test_a_missing_root_key_names_its_setting_and_the_mend(tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match=r"MENTORBOT_ROOT_KEY_FILE: .* is missing: restore it, or run"):
        read_root_key(tmp_path / "root.key")


def test_a_root_key_that_cannot_be_read_names_its_setting(tmp_path: Path) -> None:
    (tmp_path / "root.key").mkdir()
    with pytest.raises(SettingWrong, match=r"MENTORBOT_ROOT_KEY_FILE: .* cannot be read"):
        read_root_key(tmp_path / "root.key")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"mentorbot root key\nepoch 1\n",
        b"mentorbot root key\nepoch 1\n" + base64.b64encode(bytes(31)) + b"\n",
        b"mentorbot root key\nepoch one\n" + base64.b64encode(bytes(32)) + b"\n",
        b"some other key\nepoch 1\n" + base64.b64encode(bytes(32)) + b"\n",
        b"mentorbot root key\nepoch 1\nnot base64!\n",
        bytes(range(256)),
    ],
)
def test_another_file_is_not_taken_for_a_root_key(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "root.key").write_bytes(text)
    with pytest.raises(RootKeyWrong, match="restore the right file"):
        read_root_key(tmp_path / "root.key")


def test_each_purpose_has_a_key_of_its_own() -> None:
    root = RootKey(epoch=1, secret=bytes(32))
    derived = {root.index, root.invite, root.inbox, root.audit, root.log, root.secret}
    assert len(derived) == 6
    sealed = root.wrap.encrypt(bytes(12), b"Koivu", None)
    assert RootKey(epoch=2, secret=bytes(32)).wrap.decrypt(bytes(12), sealed, None) == b"Koivu"


def test_a_root_key_shows_itself_nowhere() -> None:
    assert "secret" not in repr(RootKey(epoch=1, secret=b"s" * 32))
    assert "ssss" not in f"{RootKey(epoch=1, secret=b's' * 32)}"
