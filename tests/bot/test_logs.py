"""Log lines are plain, and carry no secrets and no phones."""

import json
import logging
import re
import subprocess
import sys

import pytest

from bot.logs import Lines, place_of, redact
from storage.vault import CannotOpen, Vault, make_key

TOKEN = "7000000001:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcK"


def line(message: str, *args: object, **facts: object) -> str:
    """What stands on stderr, without its time."""
    record = logging.LogRecord("bot.test", logging.INFO, __file__, 1, message, args, None)
    vars(record).update(facts)
    written = Lines().format(record)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", written)
    return written[21:]


@pytest.mark.parametrize(
    ("message", "facts", "written"),
    [
        ("The club is open.", {}, "INFO     The club is open."),
        (
            "A tick was worked.",
            {"action": "tick_done", "changed": 3},
            "INFO     A tick was worked.  action=tick_done changed=3",
        ),
        ("A\nB", {"name_": "two words"}, 'INFO     A B  name_="two words"'),
        ("Said.", {"words": "سلام\nدنیا"}, 'INFO     Said.  words="سلام\\nدنیا"'),
    ],
)
def test_a_record_is_one_plain_line(message: str, facts: dict[str, object], written: str) -> None:
    assert line(message, **facts) == written


@pytest.mark.parametrize(
    ("secret", "left"),
    [
        (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot[token]/getMe"),
        (f"/bot{TOKEN.replace(':', '%3A')}/getMe", "/bot[token]/getMe"),
        ("+989121234567", "[number]"),
        ("09121234567 and ۰۹۱۲۱۲۳۴۵۶۷", "[number] and [number]"),
        ("+98 912 123 4567", "[number]"),
        ("member 100234 at 2026-03-21 08:30:00", "member 100234 at 2026-03-21 08:30:00"),
    ],
)
def test_tokens_and_phones_are_taken_out(secret: str, left: str) -> None:
    assert redact(secret) == left


def test_arguments_facts_and_tracebacks_are_redacted_too() -> None:
    record = logging.makeLogRecord({"msg": "Asked %s.", "args": (TOKEN,), "phone": "09121234567"})
    try:
        raise ValueError(f"no answer from {TOKEN} for +989121234567")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    written = Lines().format(record)
    assert "Traceback" in written
    assert "AAFD39" not in written
    assert "912123" not in written


def test_only_our_own_words_at_the_lowest_level() -> None:
    program = (
        "import logging; from bot.logs import set_up; set_up('debug')\n"
        "for name in ('httpx', 'telegram.ext', 'apscheduler.scheduler', 'bot.intake'):\n"
        "    logging.getLogger(name).debug('from %s', name)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout == ""
    assert [text[21:] for text in ran.stderr.splitlines()] == ["DEBUG    from bot.intake"]


def test_a_fault_is_placed_in_our_house_without_its_values() -> None:
    with pytest.raises(CannotOpen) as fault:
        Vault(make_key()).open(Vault(make_key()).seal("Sara"))
    assert re.fullmatch(r"CannotOpen at storage/vault\.py:\d+", place_of(fault.value))
    with pytest.raises(json.JSONDecodeError) as foreign:
        json.loads("Sara")
    assert place_of(foreign.value) == "JSONDecodeError"
    assert place_of(OSError("never raised")) == "OSError"
