"""The choices of a survey's question in words: its own, or those of its kind."""

from club.surveys import RATINGS, Kind, Phrase, Question
from templates.labels import label


def names_of(question: Question) -> tuple[Phrase, ...]:
    """The words of all that an answer may choose, in both languages."""
    match question.kind:
        case Kind.YES_NO:
            keys = ("yes", "no")
            return tuple({"fa": label(key, "fa"), "en": label(key, "en")} for key in keys)
        case Kind.RATING:
            stars = (str(rating) for rating in range(1, RATINGS + 1))
            return tuple({"fa": star, "en": star} for star in stars)
        case _:
            return question.choices
