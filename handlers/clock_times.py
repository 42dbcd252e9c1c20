"""Times of the day as people read them on clocks."""

from club.promotions import Quiet


def quiet_words(quiet: Quiet | None, start: str, until: str) -> dict[str, object]:
    """From when until when it is quiet, under these names; None for both where it never is."""
    if quiet is None:
        return {start: None, until: None}
    return {start: _clock_time(quiet.start), until: _clock_time(quiet.until)}


def _clock_time(minute: int) -> str:
    return "{:02}:{:02}".format(*divmod(minute, 60))
