"""Who a campaign is for, as a value that can be stored and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Members with any of these tags. Consent and reachability are not part of it: always asked."""

    any_of: tuple[str, ...]

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {"any_of": list(self.any_of)}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Audience":
        """What stored() gave."""
        return cls(any_of=tuple(stored["any_of"]))
