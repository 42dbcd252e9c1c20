"""Facts come out of the database as they went in."""

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from club.facts import Sealed, decode_all, encode_all
from club.money import Money

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(max_size=9)
    | st.builds(Sealed, st.binary(max_size=9))
    | st.builds(Money, st.integers(0, 10**12), st.sampled_from(["IRT", "USD"])),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_what_goes_in_comes_out(facts: dict[str, object]) -> None:
    assert decode_all(json.loads(json.dumps(encode_all(facts)))) == facts


def test_moments_keep_their_millisecond() -> None:
    at = datetime(2025, 10, 4, 12, 30, 5, 123_000, tzinfo=UTC)
    assert decode_all(encode_all({"at": at})) == {"at": at}
