"""The Bot API: what a bot sees of the town."""
