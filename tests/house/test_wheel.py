"""The wheel carries all it needs: installed elsewhere, it runs."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed program, in a folder far from the checkout."""
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(installed),
        "BOT_TOKEN": "123456:" + "A" * 35,
        "DATA_KEY": "A" * 43,
        "PROGRAMME": str(installed / "bot/programmes/bookshop.toml"),
    }
    # Isolated from the checkout, which an editable install would put on the path.
    start = f"import sys; sys.path.insert(0, {str(installed)!r}); from bot.cli import app; app()"
    return subprocess.run(
        [sys.executable, "-c", start, *arguments],
        cwd=cwd,
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_wheel_migrates_and_audits(installed: Path, tmp_path: Path) -> None:
    assert "went from empty" in run(installed, tmp_path, "migrate").stdout
    done = run(installed, tmp_path, "audit")
    assert done.returncode == 0
    assert done.stdout.startswith("0 moves, 0 members, 0 lots: in order.\n")
    assert (tmp_path / "var/club.sqlite").exists()


def test_the_wheel_carries_words_page_and_programmes(installed: Path) -> None:
    for file in (
        "templates/fa/joining/terms.html",
        "templates/labels.toml",
        "sandbox/page/index.html",
        "storage/migrations/script.py.mako",
        "bot/programmes/bookshop.toml",
        "bot/programmes/film-shop.toml",
    ):
        assert (installed / file).is_file(), file
