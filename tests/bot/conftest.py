"""A club's database with the settings of its operator, who types commands beside it."""

from pathlib import Path

import pytest

from tests.bot.operator import settings


@pytest.fixture
def url(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the club's database; the commands find it in the environment."""
    monkeypatch.chdir(tmp_path)
    for name, value in settings(migrated_url).items():
        monkeypatch.setenv(name, value)
    return migrated_url
