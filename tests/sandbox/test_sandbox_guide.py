"""The guide's examples, typed as they stand there."""

import os
import re
import subprocess
import sys
import tomllib

import pytest

from sandbox.botapi.door import KNOWN
from sandbox.faults import Fault, checked
from tests.sandbox.running import PATIENCE_S, REPO, Town

GUIDE = (REPO / "docs/sandbox.md").read_text()
EXAMPLES = re.findall(
    r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", GUIDE, re.MULTILINE | re.DOTALL
)


def test_every_example_does_what_it_says(own_town: Town) -> None:
    assert len(EXAMPLES) == 5
    for typed, told in EXAMPLES:
        done = subprocess.run(
            ["bash", "-euc", typed],
            env={**os.environ, "ADDRESS": own_town.address, "TOKEN": own_town.token},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert '"error"' not in done.stdout
        for line in told.splitlines():
            assert line in done.stdout, done.stdout
    refused = {call["description"] for call in own_town.get("calls") if not call["ok"]}
    assert refused == {"hang after accepting"}


@pytest.mark.parametrize(
    "example", re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
)
def test_the_faults_that_are_shown_can_be_had(example: str) -> None:
    assert len(checked(tomllib.loads(example), KNOWN).fault) == 3


def test_every_key_and_count_is_explained(own_town: Town) -> None:
    shown = set(re.findall(r"`([a-z_]+)`", GUIDE.partition("## When things go wrong")[2]))
    assert set(Fault.model_fields) | set(own_town.get("counts")) <= shown


def test_every_option_is_explained() -> None:
    command = [sys.executable, "-m", "sandbox", "--help"]
    said = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"--[a-z-]+", said)) - {"--help", "--host"}
    assert options <= set(re.findall(r"--[a-z-]+", GUIDE))
