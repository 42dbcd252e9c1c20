"""The first words of the program, before the long list of imports begins."""

import os
import signal

PRIVATE = 0o077


def main() -> None:
    """Run the command line. Ctrl-C ends it quietly, however early; its files are its user's own."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.umask(PRIVATE)
    from bot.cli import app

    app()
