"""What is sealed can be opened with its key, after a rotation too, and by nobody else."""

import pytest

from storage.vault import BadDataKey, CannotOpen, Vault, make_key


def test_what_is_sealed_can_be_opened() -> None:
    vault = Vault(make_key())
    sealed = vault.seal("سارا")
    assert vault.open(sealed) == "سارا"
    assert "سارا".encode() not in sealed
    assert vault.seal("سارا") != sealed


def test_a_changed_value_is_not_opened() -> None:
    vault = Vault(make_key())
    sealed = bytearray(vault.seal("09121234567"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        vault.open(bytes(sealed))


def test_keys_can_be_rotated() -> None:
    old, new = make_key(), make_key()
    before, after = Vault(old), Vault(f"{new},{old}")
    assert after.open(before.seal("Sara")) == "Sara"
    assert after.lookup_hash("+98912") == before.lookup_hash("+98912")
    with pytest.raises(CannotOpen):
        before.open(after.seal("Sara"))


@pytest.mark.parametrize("text", ["", ",", "short", "!" * 43])
def test_a_bad_key_is_refused(text: str) -> None:
    with pytest.raises(BadDataKey):
        Vault(text)
