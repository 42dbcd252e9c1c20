"""The people's door: JSON for the chat page and for tests that act as people."""
