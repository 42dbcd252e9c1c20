"""Sends what waits in the outbox: every letter exactly one end."""
