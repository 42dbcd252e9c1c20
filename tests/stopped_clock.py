"""A PostgreSQL whose clock stands still until a test moves it, however busy the machine is."""

from sqlalchemy import text

from storage.db import Database

AT_FIRST = (
    "CREATE SCHEMA given",
    "CREATE TABLE given.clock AS SELECT clock_timestamp() AS at",
    *(
        f"CREATE FUNCTION given.{name}() RETURNS timestamptz LANGUAGE sql STABLE"
        " AS 'SELECT at FROM given.clock'"
        for name in ("statement_timestamp", "clock_timestamp")
    ),
    # The system's own functions are found first, unless it is said where their turn is.
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = given, public, pg_catalog',"
    " current_database()); END $$",
)


class StoppedClock:
    """The time of one database, for all connections that are opened after it was stopped."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def stop(self) -> None:
        """From now on it is now."""
        await self._do(*AT_FIRST)

    async def move(self, seconds: float) -> None:
        """It is so much later."""
        await self._do(f"UPDATE given.clock SET at = at + interval '{seconds} seconds'")

    async def _do(self, *statements: str) -> None:
        db = Database(self._url)
        async with db.write() as tx:
            for statement in statements:
                await tx.execute(text(statement))
        await db.close()
