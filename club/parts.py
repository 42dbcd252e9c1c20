"""What the programme's tables are made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["fa", "en"]
Points = Annotated[int, Field(ge=0, le=1_000_000_000)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,19}$")]


class Part(BaseModel):
    """A table of the programme; a name it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Words(Part):
    """One name in both languages."""

    fa: Annotated[str, Field(min_length=1, max_length=40)]
    en: Annotated[str, Field(min_length=1, max_length=40)]

    def in_language(self, language: str) -> str:
        """The name for a reader of that language."""
        return self.fa if language == "fa" else self.en
