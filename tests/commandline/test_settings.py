"""A setting that is missing or wrong: one line that names it and the mend, and never its value."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from mentorbot.config import Language, Settings, load_settings
from mentorbot.demo.bot_api.server import DEMO_TOKEN
from mentorbot.locale.catalogue import LANGUAGES
from mentorbot.programme.errors import SettingWrong
from tests.guards import ROOT

from .command import TOKEN, mentorbot

SECRET = "Salainen-sana"
OTHER_STORE = "postgresql+asyncpg://bot@db/other"
SAME_STORE = "postgresql+asyncpg://bot@db/mentorbot"

# What is set, the setting that must be named, and a word of the mend.
WRONG: list[tuple[Mapping[str, str], str, str]] = [
    ({}, "MENTORBOT_TOKEN is missing", "mentorbot init"),
    ({"TOKEN": ""}, "MENTORBOT_TOKEN is missing", "MENTORBOT_TOKEN_FILE"),
    ({"TOKEN": SECRET}, "MENTORBOT_TOKEN", "@BotFather"),
    ({"TOKEN": f"{TOKEN} {SECRET}"}, "MENTORBOT_TOKEN", "@BotFather"),
    ({"TOKEN": f"{TOKEN}\n"}, "MENTORBOT_TOKEN", "@BotFather"),
    ({"TOKEN": TOKEN, "TOKEN_FILE": "token"}, "MENTORBOT_TOKEN and MENTORBOT_TOKEN_FILE", "keep one"),
    ({"TOKEN_FILE": "nowhere"}, "MENTORBOT_TOKEN_FILE cannot be read", "name a file"),
    ({"TOKEN_FILE": "."}, "MENTORBOT_TOKEN_FILE cannot be read", "name a file"),
    ({"TOKEN_FILE": "secret"}, "MENTORBOT_TOKEN_FILE names a file without a token", "name a file"),
    ({"TOKEN_FILE": "picture"}, "MENTORBOT_TOKEN_FILE names a file without a token", "name a file"),
    ({"API_URL": f"ftp://{SECRET}"}, "MENTORBOT_API_URL", "https://"),
    ({"API_URL": SECRET}, "MENTORBOT_API_URL", "https://"),
    ({"API_URL": f"https://[{SECRET}"}, "MENTORBOT_API_URL", "https://"),
    ({"API_URL": f"https://x:{SECRET}/"}, "MENTORBOT_API_URL", "https://"),
    ({"API_URL": f"https://x/?{SECRET}"}, "MENTORBOT_API_URL", "https://"),
    ({"DATABASE_URL": f"mysql://aino:{SECRET}@db/x"}, "MENTORBOT_DATABASE_URL", "sqlite+aiosqlite:///"),
    ({"DATABASE_URL": f"sqlite:///{SECRET}"}, "MENTORBOT_DATABASE_URL", "sqlite+aiosqlite:///"),
    ({"DATABASE_URL": SECRET}, "MENTORBOT_DATABASE_URL", "sqlite+aiosqlite:///"),
    ({"DATABASE_URL": "sqlite+aiosqlite://"}, "MENTORBOT_DATABASE_URL", "sqlite+aiosqlite:///"),
    ({"KEYS_URL": "sqlite+aiosqlite:///:memory:"}, "MENTORBOT_KEYS_URL", "sqlite+aiosqlite:///"),
    ({"KEYS_URL": f"postgresql+asyncpg://a:{SECRET}@db:x/y"}, "MENTORBOT_KEYS_URL", "postgresql+asyncpg://"),
    ({"KEYS_URL": f"postgresql+asyncpg://a:{SECRET}@db"}, "MENTORBOT_KEYS_URL", "postgresql+asyncpg://"),
    ({"DATABASE_URL": SAME_STORE, "KEYS_URL": SAME_STORE}, "MENTORBOT_KEYS_URL", "a store of their own"),
    ({"LOCALE": "de"}, "MENTORBOT_LOCALE", "fi, sv or en"),
    ({"TIMEZONE": "Europe"}, "MENTORBOT_TIMEZONE", "Europe/Helsinki"),
    ({"TIMEZONE": f"Europe/{SECRET}"}, "MENTORBOT_TIMEZONE", "Europe/Helsinki"),
    ({"TIMEZONE": "../../etc/passwd"}, "MENTORBOT_TIMEZONE", "Europe/Helsinki"),
    ({"EMERGENCY_NUMBER": SECRET}, "MENTORBOT_EMERGENCY_NUMBER", "such as 112"),
    ({"UNANSWERED_HOURS": "0"}, "MENTORBOT_UNANSWERED_HOURS", "from 1 to 168"),
    ({"UNANSWERED_HOURS": SECRET}, "MENTORBOT_UNANSWERED_HOURS", "from 1 to 168"),
    ({"LOG_LEVEL": "loud"}, "MENTORBOT_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR"),
]
WITHOUT_TOKEN = {"TOKEN", "TOKEN_FILE"}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: no `.env`, only files that hold no token."""
    monkeypatch.chdir(tmp_path)
    Path("secret").write_text(f"{SECRET}\n")
    Path("picture").write_bytes(b"\x89PNG\xff")
    return tmp_path


def complete(settings: Mapping[str, str]) -> dict[str, str]:
    """The same settings as environment variables, with a token unless they are about the token."""
    about_the_token = not settings or WITHOUT_TOKEN & settings.keys()
    given = settings if about_the_token else {"TOKEN": TOKEN, **settings}
    return {f"MENTORBOT_{name}": value for name, value in given.items()}


@pytest.mark.parametrize(("settings", "named", "mend"), WRONG)
def test_a_wrong_setting_is_named_with_its_mend_and_without_its_value(
    settings: Mapping[str, str], named: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in complete(settings).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingWrong) as caught:
        load_settings()
    line = str(caught.value)
    assert line.startswith(named)
    assert mend in line
    assert SECRET not in line
    assert "\n" not in line
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(("settings", "named", "mend"), [WRONG[0], WRONG[2], WRONG[5], WRONG[15], WRONG[25]])
async def test_a_command_says_it_in_one_line_and_ends_with_1(
    settings: Mapping[str, str], named: str, mend: str, nowhere: Path
) -> None:
    complaint = (await mentorbot("run", cwd=nowhere, **complete(settings))).complaint
    assert complaint.startswith(named)
    assert mend in complaint
    assert SECRET not in complaint


def test_a_misspelt_setting_in_env_is_not_passed_over() -> None:
    Path(".env").write_text(f"MENTORBOT_TOKEN={TOKEN}\nMENTORBOT_TIMEZNE={SECRET}\nOTHER_PROGRAM=1\n")
    with pytest.raises(SettingWrong) as caught:
        load_settings()
    assert str(caught.value).startswith("MENTORBOT_TIMEZNE in .env is no setting")
    assert SECRET not in str(caught.value)


def test_what_others_put_into_the_environment_is_no_concern_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENTORBOT_SERVICE_HOST", "10.0.0.7")
    Path(".env").write_text(f"MENTORBOT_TOKEN={TOKEN}\nOTHER_PROGRAM=1\n")
    assert load_settings().token.get_secret_value() == TOKEN


@pytest.mark.parametrize("content", [b"MENTORBOT_TOKEN=\xff\xfe", None])
def test_an_env_file_that_cannot_be_read_is_named(content: bytes | None) -> None:
    if content is None:
        Path(".env").symlink_to("/proc/self/mem")  # opens, and gives an error when it is read
    else:
        Path(".env").write_bytes(content)
    with pytest.raises(SettingWrong, match=r"^\.env "):
        load_settings()


def test_the_environment_goes_before_env(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"MENTORBOT_TOKEN={TOKEN}\nMENTORBOT_LOCALE=sv\nMENTORBOT_TIMEZONE=Europe/Stockholm\n")
    monkeypatch.setenv("MENTORBOT_LOCALE", "en")
    settings = load_settings()
    assert (settings.locale, settings.timezone.key) == ("en", "Europe/Stockholm")


def test_the_token_may_lie_in_a_file() -> None:
    Path("token").write_text(f"{TOKEN}\n")
    assert load_settings(token_file="token").token.get_secret_value() == TOKEN


@pytest.mark.parametrize("token", [DEMO_TOKEN, "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"])
def test_a_token_as_telegram_gives_them_is_taken(token: str) -> None:
    assert load_settings(token=token).token.get_secret_value() == token


def test_nothing_secret_is_in_the_repr() -> None:
    settings = load_settings(token=TOKEN, database_url=f"postgresql+asyncpg://aino:{SECRET}@db/x")
    assert SECRET not in f"{settings!r} {settings}"
    assert TOKEN not in f"{settings!r} {settings}"
    assert settings.api_url in repr(settings)  # the control: other settings are


def test_settings_do_not_change() -> None:
    settings = load_settings(token=TOKEN)
    with pytest.raises(ValueError, match="frozen"):
        settings.locale = "sv"


def test_the_languages_are_those_of_the_catalogue() -> None:
    assert set(get_args(Language)) == set(LANGUAGES)


def test_the_example_names_every_setting_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text()
    named = dict(re.findall(r"^(?:# )?MENTORBOT_(\w+)=(.*)$", example, re.MULTILINE))
    assert named.keys() == {name.upper() for name in Settings.model_fields}
    defaults = load_settings(token=TOKEN)
    for name, value in named.items():
        if name not in WITHOUT_TOKEN:
            assert str(getattr(defaults, name.lower())) == value


def test_what_init_writes_is_read_back_the_same() -> None:
    awkward = "postgresql+asyncpg://aino:it's#a\\pass word@db/x"
    given = load_settings(token=TOKEN, database_url=awkward, timezone="Asia/Tokyo", log_level="ERROR")
    Path(".env").write_text(given.as_lines())
    assert load_settings() == given
