"""What readme and docs show is there, and works when it is typed."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
import typer

from bot.cli import app
from tests.forks import DEADLINE_S

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")])
COMMANDS = typer.main.get_command(app)


def said() -> str:
    """All pages."""
    return "\n".join(page.read_text() for page in PAGES)


def names() -> set[str]:
    """The commands of `bashgah`, those of its groups with the group's name."""
    assert isinstance(COMMANDS, typer.core.TyperGroup)
    found = set()
    for name, command in COMMANDS.commands.items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {one}" for one in inner} if inner else {name}
    return found


def test_every_command_that_is_named_is_there() -> None:
    shown = set(re.findall(r"`(?:\.venv/bin/)?bashgah ((?:import |campaign )?[a-z]+)", said()))
    assert shown <= names(), shown - names()
    assert {"run", "key", "check", "audit", "import purchases"} <= shown


def test_every_target_of_make_is_there() -> None:
    shown = set(re.findall(r"(?:^|`)make ([a-z]+)", said(), re.MULTILINE))
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test", "check", "install"} <= shown <= made


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_map_of_the_house_is_the_house() -> None:
    text = (ROOT / "README.md").read_text()
    shown = set(re.findall(r"^([a-z]+)/ ", text.partition("```text")[2], re.MULTILINE))
    assert {"bot", "club", "storage"} <= shown
    assert all((ROOT / room).is_dir() for room in shown)
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms <= shown | {"tests"}


@pytest.mark.parametrize("name", sorted(names()))
def test_every_command_explains_itself(name: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("bashgah"), *name.split(), "--help"],
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage" in done.stdout.lower()


def test_make_demo_opens_goes_on_and_begins_anew(tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", ROOT, tmp_path / "club"], check=True)
    (tmp_path / "club/.venv").symlink_to(Path(sys.executable).parents[1])
    first = demo(tmp_path / "club")
    assert (tmp_path / "club/var/demo/club.sqlite").exists()
    assert demo(tmp_path / "club") == first, "the same bot goes on"
    assert demo(tmp_path / "club", "FRESH=1") != first


def demo(folder: Path, *more: str) -> str:
    """Type `make demo`, look at the page, press Ctrl-C; the bot's token."""
    # The clone's own .venv is this one: nothing is installed anew.
    command = ["make", "--old-file=.venv/runtime", "demo", "PORT=0", *more]
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        try:
            address = re.findall(r"http://127\.0\.0\.1:[0-9]+", first)[0]
            assert "is open" in process.stdout.readline()
            with urlopen(address) as page:
                assert b"<html" in page.read()
            with urlopen(f"{address}/api/town") as town:
                token = re.findall(r'"token":"([^"]+)"', town.read().decode())[0]
        finally:
            os.killpg(process.pid, signal.SIGINT)  # What Ctrl-C does.
            rest = process.communicate(timeout=DEADLINE_S)[0]
    assert "Traceback" not in rest, rest
    return str(token)
