"""Messages that are sent on: their content, and whose it was."""

from sandbox.messages import Record
from sandbox.state import Json

TEXT_PARTS = ("text", "entities", "link_preview_options")
CAPTION_PARTS = ("caption", "caption_entities")
CONTENT = (*TEXT_PARTS, "photo", "document", "contact", *CAPTION_PARTS)


def content_of(record: Record) -> Json:
    """What a message says and shows; nothing for a service message."""
    return {name: record.message[name] for name in CONTENT if name in record.message}


def is_protected(record: Record) -> bool:
    return bool(record.message.get("has_protected_content"))


def origin_of(record: Record) -> Json:
    """Where a message comes from; what was forwarded before keeps its first origin."""
    message = record.message
    if origin := message.get("forward_origin"):
        return dict(origin)
    date = message["date"]
    chat = message.get("sender_chat")
    if chat is None:
        return {"type": "user", "sender_user": message["from"], "date": date}
    if chat["type"] == "channel":
        return {"type": "channel", "chat": chat, "message_id": record.message_id, "date": date}
    return {"type": "chat", "sender_chat": chat, "date": date}
