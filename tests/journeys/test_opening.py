"""The installed commands, as their operator types them, on a database without tables."""

from tests.town import Town


async def test_a_club_opens_on_an_empty_database_and_its_book_is_proven(unmade_town: Town) -> None:
    await unmade_town.bot.started(cold=True)
    await unmade_town.member("سارا", genres=("شعر",))
    await unmade_town.bot.stopped()
    report = await unmade_town.bot.command("audit", cold=True)
    assert (report.exit_code, report.errors) == (0, ""), report
    proven, sealed = report.output.splitlines()
    assert proven == "1 moves, 1 members, 1 lots: in order."
    assert sealed.startswith(("1 moves sealed, 0 not yet", "0 moves sealed, 1 not yet")), sealed
