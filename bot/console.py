"""How the commands speak to their operator, and what ends them with one clear sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot.demo import NoTown
from bot.losing import FileLost
from bot.polling import IntakeStopped
from bot.settings import BadSettings, Settings, load_programme, load_settings
from club.programme import Programme
from services.updates import AnotherBot
from storage.db import BadDatabaseUrl, DatabaseInUse
from storage.migrations import WrongVersion
from storage.vault import BadDataKey

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)
BAD_SETTINGS = 2
LARGEST = 2**53  # No number of ours is greater.
CONSOLE = 0  # Who did it, in the log of what staff do: nobody's account has this number.


def say(sentence: str) -> None:
    """Tell the operator."""
    out.print(sentence, markup=False)


def end(sentence: str, code: int = BAD_SETTINGS) -> typer.Exit:
    """Say why in one sentence and give the exit."""
    err.print(sentence, markup=False)
    return typer.Exit(code)


@contextmanager
def plainly() -> Iterator[None]:
    """What an operator can mend ends the program with one clear sentence."""
    try:
        yield
    except BadSettings as error:
        raise end("\n".join(error.faults)) from None
    except BadDataKey as error:
        raise end(f"DATA_KEY {error}.") from None
    except BadDatabaseUrl as error:
        raise end(f"DATABASE_URL: {error}.") from None
    except DatabaseInUse as error:
        raise end(f"Another `bashgah run` works on {error}; stop it first.") from None
    except AnotherBot as error:
        mend = "set that bot's BOT_TOKEN, or another DATABASE_URL"
        raise end(f"This database belongs to the bot {error.owner_id}; {mend}.") from None
    except WrongVersion as error:
        mend = "type `bashgah migrate`" if error.found == "older" else "install the newer bashgah"
        raise end(f"The database is {error.found} than this program; {mend}.") from None
    except (FileLost, IntakeStopped, NoTown) as error:
        raise end(str(error), 1) from None
    except DBAPIError as error:
        raise end(f"DATABASE_URL: the database cannot be used: {error.orig}.") from None
    except OSError as error:
        place = error.filename or "The database or the network"
        raise end(f"{place} cannot be used: {error.strerror or error}.") from None


def loaded() -> tuple[Settings, Programme]:
    """Settings and programme; raises BadSettings."""
    settings = load_settings()
    return settings, load_programme(settings.programme)
