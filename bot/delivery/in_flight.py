"""How many messages are under way side by side: booked as being sent, waiting or on the wire."""

IN_FLIGHT = 64  # So many messages are booked as being sent: so many are in doubt after a crash.
MOST_IN_FLIGHT = 400  # So many where the pace is fast, as each is on its way for a while …
IN_FLIGHT_S = 0.25  # … and this much of it may be.
WINDOW_S = 0.2  # So much of the pace is booked as being sent and waits for its moment;
FAST_WINDOW = 64  # where these are more than so many, they are so many,
FAST_WINDOW_S = 0.125  # or so much of the pace.


def in_flight_at(rate: int) -> int:
    """How many messages are booked as being sent at most, and in doubt after a crash."""
    return max(IN_FLIGHT, min(MOST_IN_FLIGHT, int(rate * IN_FLIGHT_S)))


def window_at(rate: float) -> int:
    """How many of them wait for their moment: few, since a pause and a kill find them waiting."""
    return max(min(max(2, int(rate * WINDOW_S)), FAST_WINDOW), int(rate * FAST_WINDOW_S))
