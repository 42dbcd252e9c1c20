"""The running program: it puts the rooms together."""
