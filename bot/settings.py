"""What the operator sets, by environment or `.env`; a fault is told by name and mend."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.delivery.connections import PROXIES
from club.programme import Programme, ProgrammeFault, parse_programme

TELEGRAM = "https://api.telegram.org"
TELEGRAM_PER_SECOND = 30  # What it takes from a bot that pays for no more.
SHIPPED = "programmes"
TOKEN = re.compile(r"[0-9]{1,15}:[A-Za-z0-9_-]{30,}")
LARGEST_ID = 2**52


class Settings(BaseSettings):
    """One field a variable; `.env.example` shows them all."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    bot_token: SecretStr
    data_key: SecretStr
    bot_api_url: str = TELEGRAM
    database_url: str = "sqlite:///var/club.sqlite"
    programme: Path = Path("programme.toml")
    staff_chat_id: Annotated[int, Field(gt=-LARGEST_ID, lt=0)] | None = None
    owner_ids: Annotated[tuple[int, ...], NoDecode] = ()
    http_proxy_url: str | None = None
    clock_start: datetime | None = None
    time_travel: bool = False
    sends_per_second: Annotated[int, Field(ge=1, le=1000)] = TELEGRAM_PER_SECOND
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            owners = tuple(int(part) for part in value.replace(",", " ").split())
        except ValueError:
            owners = (0,)
        if not all(0 < owner < LARGEST_ID for owner in owners):
            raise ValueError("write the numbers of the owners' accounts like 1,2")
        return owners

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        if not TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("write it as BotFather gave it, like 123456:AAE…")
        return value

    @field_validator("bot_api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:  # No port is that high.
            known = False
        if not known:
            raise ValueError("write an address like https://api.telegram.org")
        return value.rstrip("/")

    @field_validator("http_proxy_url")
    @classmethod
    def _proxy(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            known = parts.scheme in PROXIES and parts.hostname and parts.port != 0
        except ValueError:  # No port is that high.
            known = False
        if not known:
            raise ValueError(
                "write an address like http://127.0.0.1:3128 or socks5://127.0.0.1:1080"
            )
        return value

    @field_validator("clock_start")
    @classmethod
    def _zoned(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value

    @model_validator(mode="after")
    def _real_people_live_in_real_time(self) -> "Settings":
        moved = [name for name in ("clock_start", "time_travel") if getattr(self, name)]
        if moved and urlsplit(self.bot_api_url).hostname == urlsplit(TELEGRAM).hostname:
            raise ValueError(
                f"{moved[0].upper()} moves time for trials and is refused with Telegram itself"
            )
        return self

    @model_validator(mode="after")
    def _telegram_is_not_hurried(self) -> "Settings":
        at_telegram = urlsplit(self.bot_api_url).hostname == urlsplit(TELEGRAM).hostname
        if at_telegram and self.sends_per_second > TELEGRAM_PER_SECOND:
            raise ValueError(
                f"SENDS_PER_SECOND above {TELEGRAM_PER_SECOND} is refused with Telegram itself"
            )
        return self

    @property
    def bot_id(self) -> int:
        """The bot's own account, which the token begins with."""
        return int(self.bot_token.get_secret_value().partition(":")[0])


class BadSettings(ValueError):
    """The program cannot start; `faults` name each setting and how to mend it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


def load_settings(**given: Any) -> Settings:
    """The settings; raises BadSettings with every fault in one clear sentence each."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise BadSettings([_fault(fault) for fault in error.errors(include_url=False)]) from None
    except UnicodeDecodeError:
        raise BadSettings([".env is not UTF-8; save it once more with that encoding."]) from None


def load_programme(path: Path) -> Programme:
    """The programme of that file; raises BadSettings with the place of every fault."""
    try:
        return parse_programme(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not there" if isinstance(error, FileNotFoundError) else str(error)
        raise BadSettings(
            [f"PROGRAMME: {path} cannot be read ({reason}); begin with a copy of {shipped()}"]
        ) from error
    except ProgrammeFault as error:
        raise BadSettings([f"{path}: {fault}" for fault in error.faults]) from error


def shipped(name: str = "bookshop.toml") -> Path:
    """An example programme that came with the program, in a checkout or an installed wheel."""
    here = Path(__file__).parent
    installed = here / SHIPPED / name
    if installed.exists():
        return installed
    checkout = here.parent
    return checkout / "programme.toml" if name == "bookshop.toml" else checkout / "examples" / name


def _fault(fault: Mapping[str, Any]) -> str:
    """One fault as a sentence: the variable, what is wrong, how to mend it."""
    if not fault["loc"]:  # About several settings, and it names them.
        return f"{str(fault['msg']).removeprefix('Value error, ')}."
    name = str(fault["loc"][0]).upper()
    if fault["type"] == "missing":
        mend = {
            "BOT_TOKEN": "get one from @BotFather",
            "DATA_KEY": "make one with `bashgah key` and keep it safe",
        }.get(name, "set it in .env")
        return f"{name} is missing; {mend}."
    return f"{name}: {str(fault['msg']).removeprefix('Value error, ')}."
