"""The browser in which the chat page is tested and pictured."""

import os
import shutil

HOW_TO_GET_IT = "no Chromium: the page's tests need it, `apt-get install chromium` brings it"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Where Debian's Chromium is, or another one on the path."""
    return shutil.which("chromium", path=f"/usr/bin:{os.environ.get('PATH', '')}")
