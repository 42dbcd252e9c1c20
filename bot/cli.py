"""`bashgah`: the program as its operator meets it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.campaigns import campaigns
from bot.console import end, err, loaded, plainly, say
from bot.demo import become_sandbox, town, warnings
from bot.letters import letters
from bot.logs import set_up
from bot.reports import import_report
from bot.settings import BadSettings, Settings, load_programme, load_settings
from bot.wiring import opened, run
from club.imports import BadFile
from club.programme import Programme
from services.audit import Audit, AuditReport
from services.imports import ImportDone, ImportForeseen, foresee_import, run_import
from storage.db import BadDatabaseUrl, Database, parse_url
from storage.migrations import head, migrate, version
from storage.vault import BadDataKey, Vault, make_key

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A loyalty club in a chat.")
imports = typer.Typer(no_args_is_help=True, help="Bring in what happened before the club.")
app.add_typer(imports, name="import")
app.add_typer(campaigns, name="campaign")
app.command("letters")(letters)
SETTLE_S = 0.1  # The transport's thread must be at rest before Python ends, or it may break it.
Import = Callable[
    [Settings, Programme, Path, str, bool], Coroutine[None, None, ImportDone | ImportForeseen]
]


def _open(settings: Settings, programme: Programme) -> None:
    """Run the club on the fastest loop that this machine has."""
    make_loop: Callable[[], asyncio.AbstractEventLoop]
    try:
        from uvloop import new_event_loop as make_loop
    except ImportError:  # There is none for Windows.
        make_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(run(settings, programme, say))
    time.sleep(SETTLE_S)


@app.command("run")
def run_club() -> None:
    """Run the club with the settings of the environment and of .env."""
    with plainly():
        settings, programme = loaded()
        set_up(settings.log_level)
        _open(settings, programme)


@app.command()
def demo(
    fresh: Annotated[bool, typer.Option(help="Begin anew.")] = False,
    port: Annotated[int, typer.Option(help="Where the chat page is shown.")] = 8780,
) -> None:
    """Try the club in the browser: a small messenger and a bookshop on this machine."""
    with plainly(), town(make_key, fresh=fresh, port=port) as (address, given):
        settings = load_settings(_env_file=None, **given)
        set_up("WARNING")
        programme = load_programme(settings.programme)
        say(f"Open {address} in your browser. Ctrl-C ends it.")
        _open(settings, programme)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def sandbox(context: typer.Context) -> None:
    """A small messenger on this machine, for trials; options as `python -m sandbox --help` says."""
    become_sandbox(context.args)


@app.command()
def check() -> None:
    """Look at settings and programme, and say what to mend."""
    faults: list[str] = []
    try:
        settings = load_settings()
    except BadSettings as error:
        raise end("\n".join(error.faults)) from None
    try:
        load_programme(settings.programme)
    except BadSettings as error:
        faults += error.faults
    try:
        Vault(settings.data_key.get_secret_value())
    except BadDataKey as error:
        faults.append(f"DATA_KEY {error}.")
    try:
        parse_url(settings.database_url)
    except BadDatabaseUrl as error:
        faults.append(f"DATABASE_URL: {error}.")
    if faults:
        raise end("\n".join(faults))
    say("Settings and programme are in order.")
    for warning in warnings():
        say(warning)


@app.command()
def key() -> None:
    """Make a DATA_KEY."""
    print(make_key())  # noqa: T201 (to be captured by a script)


@app.command("migrate")
def migrate_database() -> None:
    """Bring the database to this program's version."""

    async def work(settings: Settings) -> str | None:
        db = Database(settings.database_url)
        try:
            before = await version(db)
            await migrate(db)
        finally:
            await db.close()
        return before

    with plainly():
        before = asyncio.run(work(load_settings()))
    say(f"The database went from {before or 'empty'} to {head()}.")


@imports.command("purchases")
def import_purchases(
    file: Annotated[Path, typer.Argument(help="A CSV file with receipt, customer, at, amount.")],
    source: Annotated[
        str | None,
        typer.Option(help="Where these customers come from; the file's name if left out."),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the good rows, and name the bad ones.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
    ] = False,
) -> None:
    """Bring in purchases from before the club. The same file again changes nothing."""
    name = source or file.stem.lower()
    try:
        with plainly():
            work: Import = _foresee if dry_run else _import
            told = asyncio.run(work(*loaded(), file, name, skip_bad))
    except BadFile as error:
        named = "\n".join(str(fault) for fault in error.shown)
        raise end(f"{named}\nNothing was imported: {error}.", 1) from None
    done = told.done if isinstance(told, ImportForeseen) else told
    for fault in done.faults:
        err.print(str(fault), markup=False)
    say(import_report(told))


async def _foresee(
    settings: Settings, programme: Programme, file: Path, source: str, skip_bad: bool
) -> ImportForeseen:
    async with opened(settings, hold=False) as (db, vault, clock):
        return await foresee_import(
            db, vault, programme, clock.club_time, file, source, skip_bad=skip_bad
        )


async def _import(
    settings: Settings, programme: Programme, file: Path, source: str, skip_bad: bool
) -> ImportDone:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )
    async with opened(settings, hold=False) as (db, vault, clock):
        with bar:
            task = bar.add_task("Purchases", total=None)
            return await run_import(
                db,
                vault,
                programme,
                clock.club_time,
                file,
                source,
                lambda done, total: bar.update(task, completed=done, total=total),
                skip_bad=skip_bad,
            )


@app.command()
def audit() -> None:
    """Prove the book: two sides to every move, sums zero, lots and tiers as the moves say."""

    async def work(settings: Settings, programme: Programme) -> AuditReport:
        async with opened(settings, hold=False, make=False) as (db, _, _):
            return await Audit(db, programme).run()

    with plainly():
        report = asyncio.run(work(*loaded()))
    verdict = f"{len(report.faults):,} faults" if report.faults else "in order"
    say(f"{report.transfers:,} moves, {report.members:,} members, {report.lots:,} lots: {verdict}.")
    say(f"{report.sealed:,} moves sealed, {report.unsealed:,} not yet; last seal {report.head}.")
    for fault in report.faults:
        err.print(str(fault), markup=False)
    raise typer.Exit(1 if report.faults else 0)


@app.command("version")
def show_version() -> None:
    """The version of this program."""
    print(installed_version("bashgah"))  # noqa: T201 (to be captured by a script)
