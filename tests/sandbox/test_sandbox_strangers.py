"""Only pages and programs of this machine come in, and what browsers get is harmless."""

import pytest

from tests.sandbox.running import Town


@pytest.mark.parametrize(
    ("host", "origin", "welcome"),
    [
        ("127.0.0.1:{port}", None, True),
        ("127.0.0.1", None, True),
        ("localhost:{port}", "http://localhost:{port}", True),
        ("LOCALHOST:{port}", "http://localhost:{port}", True),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", True),
        ("evil.example", None, False),
        ("evil.example:{port}", "http://evil.example:{port}", False),
        ("127.0.0.1:1", None, False),
        ("127.0.0.1:{port}", "http://evil.example", False),
        ("127.0.0.1:{port}", "http://localhost:{port}", False),
        ("127.0.0.1:{port}", "https://127.0.0.1:{port}", False),
        ("127.0.0.1:{port}", "null", False),
        ("127.0.0.1:{port}", "http://127.0.0.1:1", False),
    ],
)
def test_foreign_pages_are_not_let_in(
    town: Town, host: str, origin: str | None, welcome: bool
) -> None:
    port = town.address.rpartition(":")[2]
    headers = {"host": host.format(port=port)}
    if origin is not None:
        headers["origin"] = origin.format(port=port)
    for path in ("/api/town", f"/bot{town.token}/getMe"):
        answer = town.web.get(path, headers=headers)
        assert answer.status_code == (200 if welcome else 403)
        assert (town.token in answer.text) == (welcome and path == "/api/town")


def test_what_browsers_are_told(town: Town) -> None:
    for path in ("/", "/api/town", "/page/index.html", "/api/files/none"):
        headers = town.web.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
    assert town.web.get("/").headers["content-type"].startswith("text/html")


def test_the_page_folder_gives_nothing_else(town: Town) -> None:
    for path in ("/page/../app.py", "/page/%2e%2e/app.py", "/page/..%2fapp.py", "/page/none.js"):
        answer = town.web.get(path)
        assert answer.status_code == 404
        assert "error" in answer.json()


def test_too_much_is_refused(town: Town) -> None:
    body = b"x" * (52 * 2**20)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = town.web.post(f"/bot{town.token}/sendMessage", content=body, headers=headers)
    assert answer.status_code == 413
    assert town.result("getMe")
