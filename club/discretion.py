"""How much of a member's private data a role may see."""

from club.staff import Role

SHOWN_AHEAD, SHOWN_BEHIND = 4, 3
DOTS = "•••"


def phone_for(role: Role, phone: str) -> str:
    """The whole phone for managers and owners; for cashiers enough to ask "is it this one?"."""
    if role is Role.CASHIER:
        return phone[:SHOWN_AHEAD] + DOTS + phone[-SHOWN_BEHIND:]
    return phone
