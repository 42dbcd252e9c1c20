"""The bot's door: finds the method by its name and answers, without a framework in between.

A test of speed sends thousands of messages a second through here; the rest of the sandbox
may be comfortable, this may not.
"""

import hmac
import logging
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from sandbox.botapi import answering, clock, editing, identity, looking, polling, sending, unchecked
from sandbox.botapi.errors import ApiError
from sandbox.botapi.params import Params, read_params
from sandbox.messages import Record
from sandbox.state import encode
from sandbox.town import Town

log = logging.getLogger(__name__)
Method = Callable[[Town, Params], object]
METHODS: dict[str, Method] = {
    "getme": identity.get_me,
    "setmycommands": identity.set_my_commands,
    "getmycommands": identity.get_my_commands,
    "deletemycommands": identity.delete_my_commands,
    "setmydescription": identity.set_my_description,
    "setmyshortdescription": identity.set_my_short_description,
    "getwebhookinfo": polling.get_webhook_info,
    "deletewebhook": polling.delete_webhook,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "copymessage": sending.copy_message,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": editing.edit_message_text,
    "editmessagecaption": editing.edit_message_caption,
    "editmessagemedia": editing.edit_message_media,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "deletemessage": editing.delete_message,
    "answercallbackquery": answering.answer_callback_query,
    "getchat": looking.get_chat,
    "getchatmember": looking.get_chat_member,
    "getchatadministrators": looking.get_chat_administrators,
    "getfile": looking.get_file,
    "setsandboxclock": clock.set_sandbox_clock,
}
POLL = "getupdates"
SEND = "sendmessage"
JSON_TYPE = (b"content-type", b"application/json")


class BotDoor:
    """Answers /bot<token>/<method> and /file/bot<token>/<path>."""

    def __init__(self, town: Town, *, strict: bool = True) -> None:
        """`strict=False`: what only sends is not checked and not kept, but counted."""
        self._town = town
        self._strict = strict

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call of a method, logged and on disk before it is answered."""
        token, _, method = scope["path"].removeprefix("/bot").partition("/")
        params = Params({})
        try:
            self._check(token)
            params = await read_params(scope, receive)
            if not self._strict and method.lower() == SEND:
                await respond(send, 200, unchecked.take(self._town, params))
                return
            result = await self._call(method, params, receive)
            await self._town.journal.kept()
        except ConnectionResetError:
            return
        except ApiError as error:
            # A refused request may still have changed something, such as the allowed updates.
            await self._town.journal.kept()
            self._town.calls.add(method, params.logged(), error.code, error.description)
            await respond(send, error.code, encode(error.as_answer()).encode())
        except Exception:
            log.exception("The sandbox failed in %s.", method)
            failure = ApiError(500, "Internal Server Error")
            self._town.calls.add(method, params.logged(), failure.code, failure.description)
            await respond(send, failure.code, encode(failure.as_answer()).encode())
        else:
            self._town.calls.add(method, params.logged(), None, None)
            told = result.encoded if isinstance(result, Record) else encode(result)
            await respond(send, 200, f'{{"ok":true,"result":{told}}}'.encode())

    def _check(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self._town.bot.token.encode()):
            raise ApiError(401, "Unauthorized")

    async def _call(self, name: str, params: Params, receive: Receive) -> object:
        lowered = name.lower()
        if lowered == POLL:
            return await polling.get_updates(self._town, params, receive)
        method = METHODS.get(lowered)
        if method is None:
            raise ApiError(404, "Not Found")
        return method(self._town, params)

    async def answer_file(self, scope: Scope, send: Send) -> None:
        """The bytes of a file, by the path that getFile gave."""
        token, _, path = scope["path"].removeprefix("/file/bot").partition("/")
        try:
            self._check(token)
            file = self._town.files.at(path)
            if file is None:
                raise ApiError(404, "Not Found")
        except ApiError as error:
            await respond(send, error.code, encode(error.as_answer()).encode())
        else:
            content = self._town.files.content(file)
            await respond(send, 200, content, (b"content-type", b"application/octet-stream"))


async def respond(
    send: Send, status: int, body: bytes, content_type: tuple[bytes, bytes] = JSON_TYPE
) -> None:
    headers = [content_type, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
