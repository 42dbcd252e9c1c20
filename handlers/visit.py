"""One update being answered: who is in front of us, in which words, and how it ended.

The messenger library makes a new context for its error handler, so the visit travels beside it.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from club.members import Member
from club.staff import Role
from handlers.signing import Press
from templates.render import Reader


@dataclass(slots=True)
class Visit:
    """What is known of this update; filled by the gate."""

    reader: Reader
    user_id: int = 0
    chat_id: int = 0
    update_id: int = 0
    member: Member | None = None
    role: Role | None = None
    press: Press | None = None
    query_id: str | None = None  # The press that waits for an answer …
    message_id: int | None = None  # … and the message whose button it was.
    answered: bool = False  # The press of a button has had its answer.
    fault: BaseException | None = None  # Why this update must be tried again.


VISIT: ContextVar[Visit] = ContextVar("visit")
