"""The settings: read once at the start from the environment and `.env`, checked, and not changed after that.

Whatever is wrong with one is a SettingWrong of one line: it names the setting and the mend, never the value.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from mentorbot.programme.errors import SettingWrong

PREFIX = "MENTORBOT_"
ENV_FILE = Path(".env")

Language = Literal["fi", "sv", "en"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
DatabaseUrl = Annotated[str, Field(repr=False)]
"""A SQLAlchemy URL; it may hold a password."""

_TOKEN_SHAPE = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{30,}")
_TELEPHONE = re.compile(r"\+?[0-9](?:[ -]?[0-9]){1,18}")
_MENDS = {
    "token": "set it to @BotFather's token, or name a file that holds the token in MENTORBOT_TOKEN_FILE",
    "token_file": "name a file that holds nothing but @BotFather's token",
    "api_url": "give an address that begins with https:// or http://, or leave it out for Telegram's own",
    "database_url": "give sqlite+aiosqlite:///path or postgresql+asyncpg://user@host/name",
    "keys_url": "give sqlite+aiosqlite:///path or postgresql+asyncpg://user@host/name",
    "locale": "choose fi, sv or en",
    "timezone": "give an IANA name, such as Europe/Helsinki",
    "emergency_number": "give a telephone number, such as 112",
    "unanswered_hours": "give whole hours, from 1 to 168",
    "log_level": "choose DEBUG, INFO, WARNING or ERROR",
}


class Settings(BaseSettings):
    """What `.env.example` explains. `token` is there whichever of the two settings it came by."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        # A misspelt name in `.env` must not pass for a default. The environment is not held to that: others
        # put names with our prefix there, such as Kubernetes for a service called mentorbot.
        dotenv_filtering="match_prefix",
        extra="forbid",
        frozen=True,
        validate_default=False,
        hide_input_in_errors=True,
    )

    token: SecretStr
    token_file: Path | None = None
    api_url: str = "https://api.telegram.org"
    database_url: DatabaseUrl = "sqlite+aiosqlite:///data/mentorbot.db"
    keys_url: DatabaseUrl = "sqlite+aiosqlite:///data/keys.db"
    root_key_file: Path = Path("data/root.key")
    locale: Language = "fi"
    timezone: ZoneInfo = ZoneInfo("Europe/Helsinki")
    emergency_number: str = "112"
    unanswered_hours: int = Field(default=24, ge=1, le=168)
    log_level: Level = "INFO"

    @model_validator(mode="before")
    @classmethod
    def _read_token_file(cls, given: dict[str, Any]) -> dict[str, Any]:
        if "token_file" not in given:
            return given
        if "token" in given:
            raise SettingWrong("MENTORBOT_TOKEN and MENTORBOT_TOKEN_FILE are both set: keep one of them")
        try:
            token = Path(given["token_file"]).read_text().strip()
        except OSError as error:
            raise wrong("token_file", f"cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            token = ""
        if not looks_like_a_token(token):
            raise wrong("token_file", "names a file without a token")
        return given | {"token": token}

    @field_validator("token")
    @classmethod
    def _looks_like_telegrams(cls, token: SecretStr) -> SecretStr:
        if not looks_like_a_token(token.get_secret_value()):
            raise wrong("token", "does not look like a bot's token")
        return token

    @field_validator("api_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or "?" in url or "#" in url:
            raise wrong("api_url", "is not the address of a web server")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _data_store_can_be_opened(cls, url: str) -> str:
        return _checked_url("database_url", url)

    @field_validator("keys_url")
    @classmethod
    def _keys_store_can_be_opened(cls, url: str) -> str:
        return _checked_url("keys_url", url)

    @field_validator("timezone", mode="before")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):  # OSError: the name of a folder of zones
            raise wrong("timezone", "is not a known time zone") from None

    @field_validator("emergency_number")
    @classmethod
    def _can_be_called(cls, number: str) -> str:
        if _TELEPHONE.fullmatch(number) is None:
            raise wrong("emergency_number", "is not a telephone number")
        return number

    @model_validator(mode="after")
    def _stores_are_two(self) -> "Settings":
        if make_url(self.database_url) == make_url(self.keys_url):
            raise SettingWrong(
                "MENTORBOT_KEYS_URL is the same as MENTORBOT_DATABASE_URL: "
                "keep people's identities in a store of their own"
            )
        return self

    def as_lines(self) -> str:
        """What was set, as lines of `.env`. They hold the token."""
        names = [name for name in type(self).model_fields if name in self.model_fields_set]
        if self.token_file is not None:
            names.remove("token")
        values = {name: getattr(self, name) for name in names}
        if "token" in values:
            values["token"] = self.token.get_secret_value()
        return "".join(f"{setting(name)}={_quoted(str(value))}\n" for name, value in values.items())


def load_settings(**given: Any) -> Settings:
    """The settings of this start; what is `given`, by field name, goes before the environment and `.env`."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise _explained(str(first["loc"][0]), first["type"]) from None
    except UnicodeDecodeError:
        raise SettingWrong(f"{ENV_FILE} is not UTF-8 text: write it anew, after .env.example") from None
    except OSError as error:
        raise SettingWrong(f"{ENV_FILE} cannot be read: {error.strerror}") from None


def looks_like_a_token(text: str) -> bool:
    return _TOKEN_SHAPE.fullmatch(text) is not None


def setting(field: str) -> str:
    return PREFIX + field.upper()


def wrong(field: str, what: str) -> SettingWrong:
    """`what` is wrong with a setting, and its mend."""
    return SettingWrong(f"{setting(field)} {what}: {_MENDS[field]}")


def _explained(field: str, kind: str) -> SettingWrong:
    if kind == "extra_forbidden":
        return SettingWrong(f"{setting(field)} in {ENV_FILE} is no setting: correct its name or take it out")
    if kind == "missing" and not ENV_FILE.exists():
        return SettingWrong(
            f"{setting(field)} is missing, and there is no {ENV_FILE} here: begin with `mentorbot init`, "
            f"or set it or {setting('token_file')}"
        )
    return wrong(field, "is missing" if kind == "missing" else "has a value that is not one of its choices")


def _checked_url(field: str, text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise wrong(field, "is not a database URL") from None
    if url.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise wrong(field, "is not the URL of a database that can be used")
    if not url.database or ":memory:" in url.database:
        raise wrong(field, "names no database")
    return text


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
