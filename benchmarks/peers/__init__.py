"""Others who can send: each a program of its own, in an environment of its own."""
