"""`.env.example` shows every setting and no other; a fault is a sentence and exit code 2."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
TOKEN = "123456:" + "A" * 35
KEY = "A" * 43


def bashgah(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The program as an operator starts it."""
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return subprocess.run(
        [Path(sys.executable).with_name("bashgah"), *arguments],
        cwd=cwd,
        env=clean | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_example_shows_every_setting() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = {match[1] for line in lines if (match := re.match(r"(?:# )?([A-Z_]+)=", line))}
    assert shown == {name.upper() for name in Settings.model_fields}


def test_the_example_shows_the_defaults() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = dict(line[2:].split("=", 1) for line in lines if re.match(r"# [A-Z_]+=.", line))
    given = Settings(bot_token=TOKEN, data_key=KEY, _env_file=None)  # type: ignore[call-arg, arg-type]
    assert {name: str(getattr(given, name.lower())) for name in shown} == shown


@pytest.mark.parametrize(("text", "owners"), [("1,2", (1, 2)), ("7", (7,)), ("1, 2 3", (1, 2, 3))])
def test_owners_are_read(text: str, owners: tuple[int, ...]) -> None:
    settings = load_settings(_env_file=None, bot_token=TOKEN, data_key=KEY, owner_ids=text)
    assert settings.owner_ids == owners


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
def test_proxies_are_read(scheme: str) -> None:
    proxy = f"{scheme}://club:p%40ss@proxy.example:1080"
    settings = load_settings(_env_file=None, bot_token=TOKEN, data_key=KEY, http_proxy_url=proxy)
    assert settings.http_proxy_url == proxy


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "BOT_TOKEN is missing"),
        ({"BOT_TOKEN": TOKEN}, "DATA_KEY is missing; make one with `bashgah key`"),
        ({"BOT_TOKEN": "abc", "DATA_KEY": KEY}, "BOT_TOKEN: write it as BotFather gave it"),
        ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "OWNER_IDS": "x"}, "OWNER_IDS: write the numbers"),
        ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "LOG_LEVEL": "LOUD"}, "LOG_LEVEL: "),
        (
            {"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "SENDS_PER_SECOND": "31"},
            "SENDS_PER_SECOND above 30 is refused with Telegram itself.",
        ),
        ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "SENDS_PER_SECOND": "0"}, "SENDS_PER_SECOND: "),
        ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "BOT_API_URL": "x"}, "BOT_API_URL: write an addr"),
        (
            {"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "BOT_API_URL": "http://127.0.0.1:99999"},
            "BOT_API_URL: write an address",
        ),
        *(
            ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "HTTP_PROXY_URL": bad}, "HTTP_PROXY_URL: write")
            for bad in ("127.0.0.1:1080", "socks4://127.0.0.1:1080", "socks5://", "http://a:99999")
        ),
        ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "OWNER_IDS": "9" * 23}, "OWNER_IDS: write the"),
        ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "STAFF_CHAT_ID": "5"}, "STAFF_CHAT_ID: "),
        (
            {"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "CLOCK_START": "2018-09-23"},
            "CLOCK_START moves time for trials and is refused with Telegram itself",
        ),
        (
            {"BOT_TOKEN": TOKEN, "DATA_KEY": KEY, "TIME_TRAVEL": "1"},
            "TIME_TRAVEL moves time for trials and is refused with Telegram itself",
        ),
        ({"BOT_TOKEN": TOKEN, "DATA_KEY": KEY}, "PROGRAMME: programme.toml cannot be read"),
        (
            {"BOT_TOKEN": TOKEN, "DATA_KEY": "A" * 20, "PROGRAMME": str(ROOT / "programme.toml")},
            "DATA_KEY has the wrong length",
        ),
        (
            {
                "BOT_TOKEN": TOKEN,
                "DATA_KEY": KEY,
                "PROGRAMME": str(ROOT / "programme.toml"),
                "DATABASE_URL": "mysql://x/y",
            },
            "DATABASE_URL: write it like sqlite:///",
        ),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(
    settings: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = bashgah("run", cwd=tmp_path, **settings)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert said in done.stderr


def test_check_names_each_fault_with_its_place(tmp_path: Path) -> None:
    programme = (ROOT / "programme.toml").read_text()
    programme = programme.replace("per = 100_000", "pre = 100_000", 1)
    (tmp_path / "programme.toml").write_text(programme)
    done = bashgah("check", cwd=tmp_path, BOT_TOKEN=TOKEN, DATA_KEY=KEY)
    assert done.returncode == 2
    assert 'rules[purchase].pre: no such name here; did you mean "per"?' in done.stderr


def test_check_is_content_with_the_example(tmp_path: Path) -> None:
    (tmp_path / "programme.toml").write_text((ROOT / "programme.toml").read_text())
    key = bashgah("key", cwd=tmp_path).stdout.strip()
    done = bashgah("check", cwd=tmp_path, BOT_TOKEN=TOKEN, DATA_KEY=key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "in order" in done.stdout


def test_settings_come_from_the_env_file(tmp_path: Path) -> None:
    (tmp_path / "programme.toml").write_text((ROOT / "programme.toml").read_text())
    key = bashgah("key", cwd=tmp_path).stdout.strip()
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\nDATA_KEY={key}\nOWNER_IDS=1,2\n")
    assert bashgah("check", cwd=tmp_path).returncode == 0
