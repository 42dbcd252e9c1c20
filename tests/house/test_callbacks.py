"""Every button of ours fits into the 64 bytes that the messenger gives it."""

import ast
import re
from pathlib import Path

from telegram.ext import CallbackQueryHandler

from handlers.keyboards import Button, inline, menu
from handlers.routes import SUBJECTS
from handlers.signing import MAX_BYTES, Press, Signer

ROOT = Path(__file__).parents[2]
LONGEST_NUMBER = str(2**63 - 1)
LONGEST_KEY = "g" * 20  # A genre's key, as club/programme.py bounds it.
LONGEST_PART = "genres"  # What stands in for a name that the code puts together.
PLACES = {"subject": 1, "verb": 2}


def buttons() -> list[tuple[str, str, str]]:
    """File, subject and verb of every Button(…) in handlers/."""
    found = []
    for file in sorted((ROOT / "handlers").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Button":
                subject, verb = (written(node, place) for place in PLACES.values())
                found.append((file.name, subject, verb))
    return found


def written(call: ast.Call, place: int) -> str:
    """An argument as the code writes it; the longest it can be where it is put together."""
    part = call.args[place]
    if isinstance(part, ast.Constant):
        return str(part.value)
    if isinstance(part, ast.JoinedStr):
        return "".join(
            str(piece.value) if isinstance(piece, ast.Constant) else LONGEST_PART
            for piece in part.values
        )
    return LONGEST_PART


def test_every_callback_fits() -> None:
    found = buttons()
    assert len(found) > 20, "the buttons are found"
    signer = Signer(b"k" * 32)
    for _, subject, verb in found:
        for target in (LONGEST_NUMBER, LONGEST_KEY):
            signed = signer.sign(Press(subject, verb, target), -1_009_999_999_999)
            assert len(signed.encode()) <= MAX_BYTES, signed


def test_every_button_has_somebody_who_takes_its_press() -> None:
    patterns = [
        handler.pattern
        for subject in SUBJECTS
        for handler in subject.HANDLERS
        if isinstance(handler, CallbackQueryHandler)
    ]
    for file, subject, verb in buttons():
        said = f"{subject}:{verb}:1:signature"
        takers = [one for one in patterns if isinstance(one, re.Pattern) and one.match(said)]
        assert len(takers) == 1, f"{file}: {said} is taken by {takers}"


def test_a_callback_is_bound_to_its_reader() -> None:
    signer = Signer(b"k" * 32)
    signed = signer.sign(Press("join", "agree", ""), 5)
    assert signer.read(signed, 5) == Press("join", "agree", "")
    assert signer.read(signed, 6) is None
    assert Signer(b"x" * 32).read(signed, 5) is None
    for forged in ("", "join:agree:", signed[:-1], signed + "A", signed.replace("agree", "promo")):
        assert signer.read(forged, 5) is None


def test_rows_run_right_to_left_for_a_persian_reader() -> None:
    row = [Button("yes", "a", "b"), Button("no", "a", "c")]
    signer = Signer(b"k" * 32)
    english = inline([row], "en", signer, 5).inline_keyboard[0]
    persian = inline([row], "fa", signer, 5).inline_keyboard[0]
    assert [key.text for key in english] == ["Yes", "No"]
    assert [key.text for key in persian] == ["نه", "بله"]
    last_english = menu("en").keyboard[0][-1].text
    assert last_english.endswith("Points")
    assert menu("fa").keyboard[0][0].text.endswith("امتیازها")
