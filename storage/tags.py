"""Tags by hand: staff's word stands, whatever purchase brought the same tag before."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert
from storage.tables.members import TAGS


async def give(tx: AsyncConnection, member_id: int, tag: str) -> None:
    """The member has this tag, and keeps it when the purchase that brought it is undone."""
    statement = insert(tx, TAGS).values(tag=tag, member_id=member_id, purchase_id=None)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["tag", "member_id"], set_={"purchase_id": None}
        )
    )
