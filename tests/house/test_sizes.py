"""No file over 300 lines, no function over 50: look for the second noun in it."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_LINES = 300
FUNCTION_LINES = 50


def tracked(*patterns: str) -> list[Path]:
    """Files of the checkout, also those that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def long_functions(source: str) -> list[str]:
    """Functions of more than FUNCTION_LINES lines, by name."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, kinds) and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]


def test_no_file_is_too_long() -> None:
    files = tracked("*.py", "*.js", "*.css", "*.html")
    assert len(files) > 100, "the house is here"
    long = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert {name: lines for name, lines in long.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    found = {
        str(file.relative_to(ROOT)): names
        for file in tracked("*.py")
        if (names := long_functions(file.read_text()))
    }
    assert found == {}


def test_a_long_function_is_seen() -> None:
    body = "    x = 1\n" * FUNCTION_LINES
    assert long_functions(f"def f():\n{body}") == ["f"]
    assert long_functions(f"def f():\n{body.removesuffix('    x = 1' + chr(10))}") == []
