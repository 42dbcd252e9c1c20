"""Letters of the other class: not a campaign's, and said again where nobody knows."""

from datetime import UTC, datetime, timedelta

from club.letters import Letter
from storage import outbox as outbox_store
from tests.chaos.field import Field

NOTICE = "will expire within"
AGAIN = "You may have received this message before"
AHEAD = timedelta(days=30)


async def write_notices(field: Field, number: int) -> None:
    """A notice for everybody, kept as the daily tick keeps them; each number is another day's."""
    now = datetime.now(UTC)
    letters = [
        Letter(
            key=f"expiry:{number}:{now.date().isoformat()}:{member}",
            message="letters/expiry",
            member_id=member,
            facts={"points": 30, "expires_at": now + AHEAD, "days": AHEAD.days},
            expires_at=now + AHEAD,
        )
        for member in range(1, len(field.chats) + 1)
    ]
    async with field.db.write() as tx:
        await outbox_store.add(tx, letters, now)
