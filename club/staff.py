"""Who may do what in the staff group."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from club.errors import NotAllowed

UNDO_WINDOW = timedelta(minutes=10)
CLAIM_LIFE = timedelta(minutes=15)
CLAIM_TRIES = 5
REPEAT_WINDOW = timedelta(minutes=2)


class Role(StrEnum):
    """Roles, each allowed all that the ones after it are."""

    OWNER = "owner"
    MANAGER = "manager"
    CASHIER = "cashier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person with a role in the staff group."""

    user_id: int
    role: Role
    added_at: datetime


_RANK = {Role.OWNER: 3, Role.MANAGER: 2, Role.CASHIER: 1}


def require(role: Role, at_least: Role) -> None:
    """Pass when the role is that high; else raises NotAllowed."""
    if _RANK[role] < _RANK[at_least]:
        raise NotAllowed(role=at_least.value)


def may_undo(
    role: Role, user_id: int, booked_by: int | None, booked_at: datetime, at: datetime
) -> bool:
    """Managers always; a cashier their own purchase, for UNDO_WINDOW."""
    if _RANK[role] >= _RANK[Role.MANAGER]:
        return True
    return booked_by == user_id and at - booked_at <= UNDO_WINDOW
