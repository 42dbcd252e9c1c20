"""A small Telegram on this machine: the Bot API over HTTP and a chat page in the browser."""
