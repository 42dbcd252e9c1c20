"""Tags that staff give: what they mean, however they are typed."""

from club.errors import ClubError
from club.money import plain_digits
from club.orders import plain_line
from club.programme import Programme

TAG_LENGTH = 24


class BadTag(ClubError):
    """A tag is one word or two, of letters and digits."""

    code = "bad_tag"


def read_tag(text: str, programme: Programme) -> str:
    """The tag: a genre's key for any of its spellings, else folded words; raises BadTag.

    `#VIP`, `vip` and `Vip` are one tag; so are «کتابِ کودک» with and without its half-space.
    """
    line = plain_line(plain_digits(text)).lstrip("#").replace("_", " ")
    if genre := programme.genre(line):
        return genre.key
    folded = line.replace("\u200c", " ").replace("ي", "ی").replace("ك", "ک").casefold()
    tag = "-".join(folded.replace("-", " ").split())
    if not 0 < len(tag) <= TAG_LENGTH or not tag.replace("-", "").isalnum():
        raise BadTag(text=line[:64], limit=TAG_LENGTH)
    return tag
