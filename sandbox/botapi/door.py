"""The bot's door: finds the method by its name and answers, without a framework in between.

A test of speed sends thousands of messages a second through here; the rest of the sandbox
may be comfortable, this may not.
"""

import hmac
import logging
import time
from collections.abc import Callable
from typing import Literal

from starlette.types import Receive, Scope, Send

from sandbox.botapi import (
    albums,
    answering,
    clock,
    editing,
    forums,
    identity,
    looking,
    pinning,
    polling,
    sending,
    unchecked,
    webhook,
)
from sandbox.botapi.errors import ApiError
from sandbox.botapi.params import Params, read_answer, read_params
from sandbox.botapi.suffering import NeverAnswered, cut_off, suffer
from sandbox.botapi.table import spelling, unusual
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
    "getmyname": identity.get_my_name,
    "setmydescription": identity.set_my_description,
    "getmydescription": identity.get_my_description,
    "setmyshortdescription": identity.set_my_short_description,
    "getmyshortdescription": identity.get_my_short_description,
    "setwebhook": webhook.set_webhook,
    "getwebhookinfo": webhook.get_webhook_info,
    "deletewebhook": webhook.delete_webhook,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendmediagroup": albums.send_media_group,
    "copymessage": sending.copy_message,
    "forwardmessage": sending.forward_message,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": editing.edit_message_text,
    "editmessagecaption": editing.edit_message_caption,
    "editmessagemedia": editing.edit_message_media,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "deletemessage": editing.delete_message,
    "pinchatmessage": pinning.pin_chat_message,
    "unpinchatmessage": pinning.unpin_chat_message,
    "unpinallchatmessages": pinning.unpin_all_chat_messages,
    "answercallbackquery": answering.answer_callback_query,
    "getchat": looking.get_chat,
    "getchatmember": looking.get_chat_member,
    "getchatadministrators": looking.get_chat_administrators,
    "getfile": looking.get_file,
    "createforumtopic": forums.create_forum_topic,
    "editforumtopic": forums.edit_forum_topic,
    "closeforumtopic": forums.close_forum_topic,
    "reopenforumtopic": forums.reopen_forum_topic,
    "deleteforumtopic": forums.delete_forum_topic,
    "setsandboxclock": clock.set_sandbox_clock,
}
POLL = "getupdates"
KNOWN = {name: spelling(name) for name in (POLL, *METHODS)}
NOT_BY_ANSWER = ("get", "setwebhook", "deletewebhook")
SEND = "sendmessage"
JSON_TYPE = (b"content-type", b"application/json")


class BotDoor:
    """Answers /bot<token>/<method> and /file/bot<token>/<path>."""

    def __init__(self, town: Town, *, strict: bool = True) -> None:
        """`strict=False`: what only sends is not checked and not kept, but counted."""
        self._town = town
        town.postman.carry_out = self.carry_out
        self._strict = strict

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call of a method, logged and on disk before it is answered."""
        token, _, method = scope["path"].removeprefix("/bot").partition("/")
        params, began = Params({}), time.perf_counter()
        try:
            self._check(token)
            params = await read_params(scope, receive)
            if not self._strict and method.lower() == SEND:
                await respond(send, 200, unchecked.take(self._town, params))
                return
            if self._town.mishaps.awake:
                await self._befall("before", method, params, receive)
            result = await self._call(method, params, receive)
            await self._town.journal.kept()
            if self._town.mishaps.awake:
                await self._befall("after", method, params, receive)
        except ConnectionResetError:
            return
        except NeverAnswered as end:
            self._town.calls.add(method, params.logged(), began, description=str(end))
        except ApiError as error:
            await self._note(method, params, began, error)
            await respond(send, error.code, encode(error.as_answer()).encode())
        except Exception:
            log.exception("The sandbox failed in %s.", method)
            failure = ApiError(500, "Internal Server Error")
            await self._note(method, params, began, failure)
            await respond(send, failure.code, encode(failure.as_answer()).encode())
        else:
            message = result if isinstance(result, Record) else None
            shown = message.message if message else result
            told = message.encoded if message else encode(result)
            self._town.calls.add(method, params.logged(), began, result=shown)
            await respond(send, 200, f'{{"ok":true,"result":{told}}}'.encode())

    async def _note(
        self, method: str, params: Params, began: float, error: ApiError | None
    ) -> None:
        """Note how a call ended. A refused one may have changed something too."""
        await self._town.journal.kept()
        code, said = (error.code, error.description) if error else (None, None)
        self._town.calls.add(method, params.logged(), began, code=code, description=said)

    async def _befall(
        self, when: Literal["before", "after"], method: str, params: Params, receive: Receive
    ) -> None:
        """Let happen what the faults want to happen to this call."""
        mishaps = self._town.mishaps
        asked = mishaps.before if when == "before" else mishaps.after
        if mishap := asked(method.lower(), params.values):
            await suffer(mishap, receive, when, self._town.closing)

    async def carry_out(self, content_type: str, body: bytes) -> None:
        """Call the method that the bot's answer to an update names; it hears nothing of it."""
        params = await read_answer(content_type, body)
        method = params.text("method")
        if not method or method.lower().startswith(NOT_BY_ANSWER):
            return
        refusal, began = None, time.perf_counter()
        try:
            self._find(method)(self._town, params)
        except ApiError as error:
            refusal = error
        except Exception:
            log.exception("The sandbox failed in %s.", method)
            refusal = ApiError(500, "Internal Server Error")
        await self._note(method, params, began, refusal)

    def _check(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self._town.bot.token.encode()):
            raise ApiError(401, "Unauthorized")

    async def _call(self, name: str, params: Params, receive: Receive) -> object:
        for place in unusual(name.lower(), params.values):
            self._town.calls.add_unknown(*place)
        if name.lower() == POLL:
            return await polling.get_updates(self._town, params, receive)
        return self._find(name)(self._town, params)

    @staticmethod
    def _find(name: str) -> Method:
        method = METHODS.get(name.lower())
        if method is None:
            raise ApiError(404, "Not Found")
        return method

    async def answer_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The bytes of a file, by the path that getFile gave."""
        if self._town.mishaps.outage_left_s:
            await cut_off(receive)
            return
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
