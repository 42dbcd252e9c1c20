"""Door 1: people in chats."""
